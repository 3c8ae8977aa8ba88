//! Tunnels through proxies (HTTP CONNECT, RFC 9110, section 9.3.6).

use std::pin::pin;

use bytes::Bytes;
use futures_util::future::{self, select};
use http::header::{HOST, HeaderValue, PROXY_AUTHORIZATION};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio_util::either::Either;

use super::stream::{BoxError, ProxyStream, Stream};

/// The error of connecting through a proxy.
#[derive(Debug)]
pub(super) struct ProxyError {
    /// The proxy's address, without credentials.
    proxy: Uri,
    cause: BoxError,
}

/// The proxy's status, if it did not open the tunnel.
#[derive(Debug)]
struct Refused(StatusCode);

impl ProxyError {
    pub(super) fn new(proxy: &Uri, cause: BoxError) -> Self {
        Self {
            proxy: proxy.clone(),
            cause,
        }
    }

    /// Whether the proxy would refuse another attempt too.
    pub(super) fn is_permanent(&self) -> bool {
        self.cause
            .downcast_ref::<Refused>()
            .is_some_and(|refused| refused.0.is_client_error())
    }

    pub(super) fn cause(&self) -> &(dyn std::error::Error + 'static) {
        &*self.cause
    }
}

impl std::fmt::Display for ProxyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the proxy {} that the environment sets", self.proxy)
    }
}

impl std::error::Error for ProxyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.cause())
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "it refused the connection with HTTP status {}", self.0)?;
        match self.0 {
            StatusCode::PROXY_AUTHENTICATION_REQUIRED => f.write_str(
                "; its URL takes credentials as http://user:password@host, percent-encoded",
            ),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for Refused {}

/// Asks the proxy at the other end of `stream` for a tunnel to `server`, and returns the tunnel.
pub(super) async fn open_tunnel(
    stream: ProxyStream,
    server: &Uri,
    credentials: Option<&HeaderValue>,
) -> Result<ProxyStream, BoxError> {
    let request = connect_request(server, credentials)?;
    // The type is the pool's, so that the HTTP/1.1 code is compiled once.
    let stream: Stream = Either::Right(stream);
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let response = pin!(async move {
        let status = sender.send_request(request).await?.status();
        match status.is_success() {
            true => Ok(()),
            false => Err(BoxError::from(Refused(status))),
        }
    });
    let parts = match select(response, pin!(connection.without_shutdown())).await {
        future::Either::Left((response, connection)) => {
            response?;
            connection.await?
        }
        future::Either::Right((parts, response)) => {
            response.await?;
            parts?
        }
    };
    match parts.io.into_inner() {
        // The server sends nothing before the client's first message.
        Either::Right(stream) if parts.read_buf.is_empty() => Ok(stream),
        _ => Err("it sent data after its response".into()),
    }
}

fn connect_request(
    server: &Uri,
    credentials: Option<&HeaderValue>,
) -> Result<Request<Full<Bytes>>, BoxError> {
    let host = server.host().unwrap_or_default();
    let authority = format!("{host}:{}", server.port_u16().unwrap_or(443));
    let mut request = Request::new(Full::default());
    *request.method_mut() = Method::CONNECT;
    *request.uri_mut() = Uri::try_from(authority.as_str())?;
    let headers = request.headers_mut();
    headers.insert(HOST, HeaderValue::try_from(authority)?);
    if let Some(credentials) = credentials {
        headers.insert(PROXY_AUTHORIZATION, credentials.clone());
    }
    Ok(request)
}
