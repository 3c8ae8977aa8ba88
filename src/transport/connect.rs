//! From an address to a connection: name lookup, proxy, TCP and TLS.

use std::sync::Arc;

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use secrecy::SecretString;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::either::Either;
use tower_service::Service;

use super::failure::{self, Failure};
use super::tunnel::{self, ProxyError};
use super::{CONNECT_TIMEOUT, KEEP_ALIVE_INTERVAL};
use crate::config::Settings;
use crate::error::{Error, ErrorKind, Result};

/// What TLS runs over: the server itself, or a tunnel through a proxy that speaks TLS itself.
pub(super) type Carrier = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// A connection to the service.
pub(super) type Stream = Either<Box<TlsStream<Carrier>>, Carrier>;

/// The protocols to offer to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offer {
    /// HTTP/2, else HTTP/1.1.
    Any,
    #[cfg(unix)]
    Http1,
}

/// Makes connections to one service.
pub(super) struct Connector {
    target: Uri,
    base_url: Arc<str>,
    secret_key: SecretString,
    server_name: Option<ServerName<'static>>,
    proxy: Option<Intercept>,
    tls: Arc<ClientConfig>,
    tcp: HttpConnector,
}

impl Connector {
    pub(super) fn new(settings: &Settings, tls: Arc<ClientConfig>) -> Result<Self> {
        let target = settings.api_url.uri().clone();
        let cleartext = settings.api_url.is_cleartext();
        // Cleartext leads to this machine only; through a proxy the token would leave it, readable.
        let proxy = match cleartext {
            true => None,
            false => Matcher::from_env().intercept(&target),
        };
        if let Some(proxy) = &proxy
            && !matches!(proxy.uri().scheme_str(), Some("http" | "https"))
        {
            return Err(Error::new(
                ErrorKind::Configuration,
                "the proxy that the environment sets (HTTPS_PROXY or ALL_PROXY) is neither http \
                 nor https, and no other kind is supported",
            ));
        }
        let server_name = match cleartext {
            true => None,
            false => Some(server_name(&target).map_err(|e| {
                Error::new(
                    ErrorKind::Configuration,
                    format!("the API URL's host is no name for TLS: {e}"),
                )
            })?),
        };
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEEP_ALIVE_INTERVAL));
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        Ok(Self {
            target,
            base_url: settings.api_url.as_str().into(),
            secret_key: settings.secret_key.clone(),
            server_name,
            proxy,
            tls,
            tcp,
        })
    }

    pub(super) fn base_url(&self) -> Arc<str> {
        Arc::clone(&self.base_url)
    }

    /// Connects, within the time that connecting may take.
    pub(super) async fn connect(&self, offer: Offer) -> Result<Stream, Failure> {
        let connected = tokio::time::timeout(CONNECT_TIMEOUT, self.stream(offer))
            .await
            .unwrap_or_else(|_| Err(format!("no connection within {CONNECT_TIMEOUT:?}").into()));
        connected.map_err(|e| failure::of_connecting(&*e, &self.base_url, &self.secret_key))
    }

    async fn stream(&self, offer: Offer) -> Result<Stream, BoxError> {
        let carrier = self.carrier().await?;
        let Some(server_name) = &self.server_name else {
            return Ok(Either::Right(carrier));
        };
        let connector = TlsConnector::from(Arc::clone(&self.tls));
        let connecting = match offer {
            Offer::Any => connector
                .with_alpn(vec![b"h2".to_vec(), b"http/1.1".to_vec()])
                .connect(server_name.clone(), carrier),
            #[cfg(unix)]
            Offer::Http1 => connector
                .with_alpn(vec![b"http/1.1".to_vec()])
                .connect(server_name.clone(), carrier),
        };
        Ok(Either::Left(Box::new(connecting.await?)))
    }

    /// A way to the server: direct, or through the tunnel of a proxy.
    async fn carrier(&self) -> Result<Carrier, BoxError> {
        match &self.proxy {
            None => Ok(Either::Left(self.tcp(&self.target).await?)),
            Some(proxy) => self
                .tunnel(proxy)
                .await
                .map_err(|cause| ProxyError::new(proxy.uri(), cause).into()),
        }
    }

    async fn tunnel(&self, proxy: &Intercept) -> Result<Carrier, BoxError> {
        let tcp = self.tcp(proxy.uri()).await?;
        let way = match proxy.uri().scheme_str() {
            Some("https") => {
                let tls = TlsConnector::from(Arc::clone(&self.tls));
                let stream = tls.connect(server_name(proxy.uri())?, tcp).await?;
                Either::Right(Box::new(stream))
            }
            _ => Either::Left(tcp),
        };
        tunnel::open(way, &self.target, proxy.basic_auth()).await
    }

    async fn tcp(&self, to: &Uri) -> Result<TcpStream, BoxError> {
        Ok(self.tcp.clone().call(to.clone()).await?.into_inner())
    }
}

pub(super) type BoxError = Box<dyn std::error::Error + Send + Sync>;

fn server_name(uri: &Uri) -> Result<ServerName<'static>, BoxError> {
    let host = uri.host().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    Ok(ServerName::try_from(bare.to_owned())?)
}
