//! Opens connections: name lookup, proxy, TCP and TLS.

use std::sync::Arc;
use std::time::Instant;

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::proxy::matcher::Intercept;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_util::either::Either;
use tower_service::Service;

use super::attempt_error::AttemptError;
use super::connect_error::connect_error;
use super::lookup::Resolver;
use super::proxy::{self, ProxyError};
use super::stream::{AlpnProtocols, BoxError, ProxyStream, Stream, protocol_name};
use super::timeouts::{CONNECT_TIMEOUT, KEEP_ALIVE_INTERVAL};
use crate::config::Settings;
use crate::error::{Error, ErrorKind, Result};
use crate::observer::{self, ConnectionRecord, Event};
use crate::redact::Redactor;

/// Opens connections to one service.
pub(super) struct Connector {
    target: Uri,
    base_url: Arc<str>,
    redactor: Arc<Redactor>,
    server_name: Option<ServerName<'static>>,
    proxy: Option<Intercept>,
    tls: Arc<ClientConfig>,
    tcp: HttpConnector<Resolver>,
}

impl Connector {
    pub(super) fn new(
        settings: &Settings,
        tls: Arc<ClientConfig>,
        redactor: Arc<Redactor>,
    ) -> Result<Self> {
        let target = settings.api_url.uri().clone();
        let unencrypted = settings.api_url.is_unencrypted();
        let server_name = match unencrypted {
            true => None,
            false => Some(server_name(&target).map_err(|e| {
                configuration(format!("the API URL's host is not a name for TLS: {e}"))
            })?),
        };
        Ok(Self {
            target,
            base_url: settings.api_url.as_str().into(),
            redactor,
            server_name,
            proxy: settings.proxy.clone(),
            tls,
            tcp: tcp_connector(),
        })
    }

    pub(super) fn base_url(&self) -> Arc<str> {
        Arc::clone(&self.base_url)
    }

    pub(super) fn redactor(&self) -> Arc<Redactor> {
        Arc::clone(&self.redactor)
    }

    /// Opens a connection within [`CONNECT_TIMEOUT`].
    pub(super) async fn connect(
        &self,
        protocols: AlpnProtocols,
    ) -> Result<(Stream, ConnectionRecord), AttemptError> {
        let began = Instant::now();
        let connected = tokio::time::timeout(CONNECT_TIMEOUT, self.stream(protocols))
            .await
            .unwrap_or_else(|_| Err(format!("no connection within {CONNECT_TIMEOUT:?}").into()));
        match connected {
            Ok(stream) => {
                let protocol = protocol_name(&stream);
                let record = ConnectionRecord::opened(self.base_url(), protocol, began);
                Ok((stream, record))
            }
            Err(e) => Err(self.failed(&*e, began)),
        }
    }

    /// Reports a connection that could not be opened.
    fn failed(&self, e: &(dyn std::error::Error + 'static), began: Instant) -> AttemptError {
        let failure = connect_error(e, &self.base_url, &self.redactor);
        observer::emit(&Event::ConnectionFailed {
            server: &self.base_url,
            duration: began.elapsed(),
            error: &failure.error,
        });
        failure
    }

    async fn stream(&self, protocols: AlpnProtocols) -> Result<Stream, BoxError> {
        let stream = self.stream_to_server().await?;
        let Some(server_name) = &self.server_name else {
            return Ok(Either::Right(stream));
        };
        let connecting = TlsConnector::from(Arc::clone(&self.tls))
            .with_alpn(protocols.names())
            .connect(server_name.clone(), stream);
        Ok(Either::Left(Box::new(connecting.await?)))
    }

    /// A stream to the server: direct, or through a proxy's tunnel.
    pub(super) async fn stream_to_server(&self) -> Result<ProxyStream, BoxError> {
        match &self.proxy {
            None => Ok(Either::Left(self.connect_tcp(&self.target).await?)),
            Some(proxy) => self
                .tunnel(proxy)
                .await
                .map_err(|cause| ProxyError::new(proxy.uri(), cause).into()),
        }
    }

    async fn tunnel(&self, proxy: &Intercept) -> Result<ProxyStream, BoxError> {
        let tcp = self.connect_tcp(proxy.uri()).await?;
        let stream = match proxy.uri().scheme_str() {
            Some("https") => {
                let tls = TlsConnector::from(Arc::clone(&self.tls));
                let stream = tls.connect(server_name(proxy.uri())?, tcp).await?;
                Either::Right(Box::new(stream))
            }
            _ => Either::Left(tcp),
        };
        proxy::open_tunnel(stream, &self.target, proxy.basic_auth()).await
    }

    async fn connect_tcp(&self, to: &Uri) -> Result<TcpStream, BoxError> {
        Ok(self.tcp.clone().call(to.clone()).await?.into_inner())
    }
}

fn tcp_connector() -> HttpConnector<Resolver> {
    let mut tcp = HttpConnector::new_with_resolver(Resolver::new());
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_keepalive(Some(KEEP_ALIVE_INTERVAL));
    tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
    tcp
}

pub(super) fn server_name(uri: &Uri) -> Result<ServerName<'static>, BoxError> {
    let host = uri.host().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    Ok(ServerName::try_from(bare.to_owned())?)
}

fn configuration(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, message)
}
