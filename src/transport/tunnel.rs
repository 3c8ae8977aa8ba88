//! A way through a proxy: HTTP's CONNECT, and what the proxy said where it refused.

use std::pin::pin;

use futures_util::future::{self, select};
use http::header::{HOST, HeaderValue, PROXY_AUTHORIZATION};
use http::{Method, Request, StatusCode, Uri};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio_util::either::Either;

use super::connect::{BoxError, Carrier, Stream};
use super::message::Body;

/// Why there is no way through a proxy.
#[derive(Debug)]
pub(super) struct ProxyError {
    /// Without its credentials.
    proxy: Uri,
    cause: BoxError,
}

/// A proxy's answer, where that is not the tunnel.
#[derive(Debug)]
struct Refusal(StatusCode);

impl ProxyError {
    pub(super) fn new(proxy: &Uri, cause: BoxError) -> Self {
        Self {
            proxy: proxy.clone(),
            cause,
        }
    }

    /// Whether it would refuse another try too.
    pub(super) fn is_lasting(&self) -> bool {
        self.cause
            .downcast_ref::<Refusal>()
            .is_some_and(|refusal| refusal.0.is_client_error())
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

impl std::fmt::Display for Refusal {
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

impl std::error::Error for Refusal {}

/// Has the proxy at the other end connect to a server, and gives the way there.
pub(super) async fn open(
    way: Carrier,
    server: &Uri,
    credentials: Option<&HeaderValue>,
) -> Result<Carrier, BoxError> {
    let host = server.host().unwrap_or_default();
    let authority = format!("{host}:{}", server.port_u16().unwrap_or(443));
    let mut request = Request::new(Body::default());
    *request.method_mut() = Method::CONNECT;
    *request.uri_mut() = Uri::try_from(authority.as_str())?;
    let headers = request.headers_mut();
    headers.insert(HOST, HeaderValue::try_from(authority)?);
    if let Some(credentials) = credentials {
        headers.insert(PROXY_AUTHORIZATION, credentials.clone());
    }

    // Of the type that the pool has, whose code serves here too.
    let way: Stream = Either::Right(way);
    let (mut sender, connection) = http1::handshake(TokioIo::new(way)).await?;
    let asked = pin!(async move {
        let status = sender.send_request(request).await?.status();
        match status.is_success() {
            true => Ok(()),
            false => Err(BoxError::from(Refusal(status))),
        }
    });
    let parts = match select(asked, pin!(connection.without_shutdown())).await {
        future::Either::Left((answer, connection)) => {
            answer?;
            connection.await?
        }
        future::Either::Right((parts, asked)) => {
            asked.await?;
            parts?
        }
    };
    match parts.io.into_inner() {
        // A server waits for the client to begin.
        Either::Right(way) if parts.read_buf.is_empty() => Ok(way),
        _ => Err("it sent more than its answer".into()),
    }
}
