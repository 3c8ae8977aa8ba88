//! The steps of a request, one at a time, for a diagnosis. There are no retries, and the requests are not paced.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use http::header::DATE;
use hyper::client::conn::http1;
use hyper_util::client::proxy::matcher::Intercept;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::either::Either;

use super::attempt_error::{AttemptError, Delivery};
use super::body::IncomingBody;
use super::connect::{Connector, server_name};
use super::connect_error::connect_error;
use super::deadline::Deadline;
use super::helper_thread::run_on_thread;
use super::message::{Message, RequestTemplate};
use super::request::Request;
use super::response::{self, Response};
use super::runtime;
use super::stream::{BoxError, ProxyStream, Stream};
use super::timeouts::CONNECT_TIMEOUT;
use super::trust::Trust;
use crate::config::Settings;
use crate::error::{Error, ErrorKind, Result};
use crate::redact::{Redactor, quote};

/// Executes single steps of a request to one service.
#[derive(Clone)]
pub(crate) struct Probe(Arc<Inner>);

struct Inner {
    target: Uri,
    unencrypted: bool,
    proxy: Option<Intercept>,
    connector: Connector,
    tls: Arc<ClientConfig>,
    tls_to_any: Arc<ClientConfig>,
    template: Arc<RequestTemplate>,
    redactor: Arc<Redactor>,
    timeout: Duration,
}

/// A TLS handshake with a server that is trusted.
pub(crate) struct Handshake {
    pub(crate) version: String,
    pub(crate) cipher_suite: String,
}

/// A response, with what the rest of the library does not need.
pub(crate) struct ProbeResponse {
    pub(crate) response: Response,
    /// The header Date.
    pub(crate) date: Option<String>,
    /// The number of requests in a window, the window, and the number of requests that are left in it.
    pub(crate) rate_limit: Option<(u32, Duration, u32)>,
}

impl Probe {
    pub(crate) fn new(settings: &Settings, trust: &Trust) -> Result<Self> {
        let tls = trust.client_config()?;
        let redactor = Arc::new(Redactor::new(&settings.secret_key));
        Ok(Self(Arc::new(Inner {
            target: settings.api_url.uri().clone(),
            unencrypted: settings.api_url.is_unencrypted(),
            proxy: settings.proxy.clone(),
            connector: Connector::new(settings, Arc::clone(&tls), Arc::clone(&redactor))?,
            tls,
            tls_to_any: trust.any().client_config()?,
            template: Arc::new(RequestTemplate::new(settings, Arc::clone(&redactor))?),
            redactor,
            timeout: settings.timeout,
        })))
    }

    /// The proxy's address, without credentials.
    pub(crate) fn proxy(&self) -> Option<String> {
        self.0.proxy.as_ref().map(|proxy| proxy.uri().to_string())
    }

    pub(crate) fn is_unencrypted(&self) -> bool {
        self.0.unencrypted
    }

    /// The host that a TCP connection is opened to: the proxy or the service.
    pub(crate) fn peer_host(&self) -> String {
        let proxy = self.0.proxy.as_ref().map(Intercept::uri);
        let host = proxy.unwrap_or(&self.0.target).host().unwrap_or_default();
        host.trim_matches(['[', ']']).to_owned()
    }

    /// The addresses of [`Probe::peer_host`].
    pub(crate) fn look_up(&self) -> Result<Vec<IpAddr>> {
        let host = self.peer_host();
        let found = self.block_on(async move {
            let name = host.clone();
            let look_up = move || (name.as_str(), 0).to_socket_addrs();
            let found = run_on_thread("scwkms-lookup", look_up).await;
            found.and_then(|found| found).map_err(|cause| {
                let message = format!("the host {} cannot be looked up: {cause}", quote(&host));
                Error::new(ErrorKind::Network, message)
            })
        })?;
        let mut addresses = Vec::new();
        for address in found {
            if !addresses.contains(&address.ip()) {
                addresses.push(address.ip());
            }
        }
        Ok(addresses)
    }

    /// Opens a connection to the service, if necessary through the proxy, and closes it. The result is the peer's address.
    pub(crate) fn connect(&self) -> Result<Option<SocketAddr>> {
        let probe = self.clone();
        self.block_on(async move { Ok(peer_address(&probe.stream().await?)) })
    }

    /// The certificates that the service sends, in DER, its own first. They are not verified.
    pub(crate) fn certificates(&self) -> Result<Vec<Vec<u8>>> {
        let probe = self.clone();
        self.block_on(async move {
            let stream = probe.tls_stream(&probe.0.tls_to_any).await?;
            let certificates = stream.get_ref().1.peer_certificates().unwrap_or_default();
            Ok(certificates.iter().map(|der| der.to_vec()).collect())
        })
    }

    /// Makes a handshake in which the service's certificate is verified.
    pub(crate) fn handshake(&self) -> Result<Handshake> {
        let probe = self.clone();
        self.block_on(async move {
            let stream = probe.tls_stream(&probe.0.tls).await?;
            let tls = stream.get_ref().1;
            Ok(Handshake {
                version: debug(tls.protocol_version()),
                cipher_suite: debug(tls.negotiated_cipher_suite().map(|suite| suite.suite())),
            })
        })
    }

    /// Sends a request over a new connection with HTTP/1.1.
    pub(crate) fn request(&self, request: Request) -> Result<ProbeResponse> {
        let probe = self.clone();
        self.block_on(async move {
            let message = probe.0.template.message(request)?;
            probe.exchange(&message).await.map_err(|e| e.error)
        })
    }

    async fn exchange(&self, message: &Message) -> Result<ProbeResponse, AttemptError> {
        let failed = |e: hyper::Error| {
            AttemptError::no_response(&e, Delivery::Unknown, &self.0.connector.base_url())
        };
        let stream = self.stream_of_requests().await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(failed)?;
        // It ends with the connection.
        drop(tokio::spawn(connection));
        let response = sender.send_request(message.for_http1()).await;
        let response = response.map_err(failed)?.map(IncomingBody::Http1);
        let date = response.headers().get(DATE);
        let date = date.and_then(|v| v.to_str().ok()).map(str::to_owned);
        let response = response::read(response, &self.0.redactor).await?;
        let rate_limit = response.rate_limit;
        Ok(ProbeResponse {
            rate_limit: rate_limit.map(|limit| (limit.limit, limit.window, limit.remaining)),
            response,
            date,
        })
    }

    async fn stream_of_requests(&self) -> Result<Stream, AttemptError> {
        let stream = match self.0.unencrypted {
            true => self.stream().await.map(Either::Right),
            false => {
                let stream = self.tls_stream(&self.0.tls).await;
                stream.map(|stream| Either::Left(Box::new(stream)))
            }
        };
        stream.map_err(|error| AttemptError {
            error,
            delivery: Delivery::NotSent,
        })
    }

    async fn tls_stream(&self, tls: &Arc<ClientConfig>) -> Result<TlsStream<ProxyStream>> {
        let stream = self.stream().await?;
        self.limit(async {
            let name: ServerName<'static> = server_name(&self.0.target)?;
            let tls = TlsConnector::from(Arc::clone(tls));
            let connecting = tls
                .with_alpn(vec![b"http/1.1".to_vec()])
                .connect(name, stream);
            Ok(connecting.await?)
        })
        .await
    }

    async fn stream(&self) -> Result<ProxyStream> {
        self.limit(self.0.connector.stream_to_server()).await
    }

    async fn limit<T>(&self, future: impl Future<Output = Result<T, BoxError>>) -> Result<T> {
        let base_url = self.0.connector.base_url();
        tokio::time::timeout(CONNECT_TIMEOUT, future)
            .await
            .unwrap_or_else(|_| Err(format!("no connection within {CONNECT_TIMEOUT:?}").into()))
            .map_err(|e| connect_error(&*e, &base_url, &self.0.redactor).error)
    }

    fn block_on<T: Send + 'static>(
        &self,
        future: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let deadline = Deadline::after(self.0.timeout);
        runtime::block_on(deadline, async move { deadline.limit(future).await })
    }
}

fn peer_address(stream: &ProxyStream) -> Option<SocketAddr> {
    let tcp: &TcpStream = match stream {
        Either::Left(tcp) => tcp,
        Either::Right(tls) => tls.get_ref().0,
    };
    tcp.peer_addr().ok()
}

fn debug(value: Option<impl std::fmt::Debug>) -> String {
    value.map_or_else(String::new, |value| format!("{value:?}"))
}
