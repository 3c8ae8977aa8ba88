//! The byte streams that connections are made of.

use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_util::either::Either;

/// An error of any layer below HTTP.
pub(super) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The stream below the server's TLS: TCP to the server or to a proxy, or TLS to a proxy.
pub(super) type ProxyStream = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// A connection to the service: with TLS, or unencrypted.
pub(super) type Stream = Either<Box<TlsStream<ProxyStream>>, ProxyStream>;

/// The protocols that are offered to the server (ALPN, RFC 7301).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AlpnProtocols {
    /// HTTP/2, else HTTP/1.1.
    Http2OrHttp1,
    /// HTTP/1.1 only.
    #[cfg(unix)]
    Http1,
}

impl AlpnProtocols {
    /// The protocols' registered names, preferred ones first.
    pub(super) fn names(self) -> Vec<Vec<u8>> {
        match self {
            AlpnProtocols::Http2OrHttp1 => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
            #[cfg(unix)]
            AlpnProtocols::Http1 => vec![b"http/1.1".to_vec()],
        }
    }
}

/// Whether the server chose HTTP/2.
pub(super) fn speaks_http2(stream: &Stream) -> bool {
    match stream {
        Either::Left(tls) => tls.get_ref().1.alpn_protocol() == Some(b"h2"),
        Either::Right(_) => false,
    }
}

/// The name of the protocol that the server chose.
pub(super) fn protocol_name(stream: &Stream) -> &'static str {
    match speaks_http2(stream) {
        true => "h2",
        false => "http/1.1",
    }
}
