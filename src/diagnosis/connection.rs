//! Connections to the service, without requests.

use std::net::{IpAddr, SocketAddr};

use crate::config::Settings;
use crate::error::Result;
use crate::transport::{Handshake, Probe, Trust};

/// Opens connections to the service. Each function opens a new one and closes it.
pub struct Connection(Probe);

/// The properties of a TLS session with a trusted server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TlsSession {
    /// For example `TLSv1_3`.
    pub version: String,
    /// For example `TLS13_AES_256_GCM_SHA384`.
    pub cipher_suite: String,
}

impl Connection {
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        Probe::new(settings, &Trust::load(settings)?).map(Self)
    }

    /// The address of the proxy that the connections use, without credentials.
    pub fn proxy(&self) -> Option<String> {
        self.0.proxy()
    }

    /// Whether the API URL is `http`, which is possible on loopback only.
    pub fn is_unencrypted(&self) -> bool {
        self.0.is_unencrypted()
    }

    /// The host that connections are opened to: the proxy or the service.
    pub fn host(&self) -> String {
        self.0.peer_host()
    }

    /// Looks up the addresses of [`Connection::host`].
    ///
    /// # Errors
    /// [`ErrorKind::Network`](crate::ErrorKind::Network).
    pub fn look_up(&self) -> Result<Vec<IpAddr>> {
        self.0.look_up()
    }

    /// Opens a TCP connection to the service, or a tunnel through the proxy. The result is the address that was connected
    /// to.
    ///
    /// # Errors
    /// [`ErrorKind::Network`](crate::ErrorKind::Network).
    pub fn connect(&self) -> Result<Option<SocketAddr>> {
        self.0.connect()
    }

    /// The certificates that the server sends, in DER, its own first. They are not verified.
    ///
    /// # Errors
    /// [`ErrorKind::Network`](crate::ErrorKind::Network).
    pub fn certificates(&self) -> Result<Vec<Vec<u8>>> {
        self.0.certificates()
    }

    /// Verifies the server's certificates in a TLS handshake.
    ///
    /// # Errors
    /// [`ErrorKind::Network`](crate::ErrorKind::Network), for example for a certificate that is not trusted.
    pub fn handshake(&self) -> Result<TlsSession> {
        let Handshake {
            version,
            cipher_suite,
        } = self.0.handshake()?;
        Ok(TlsSession {
            version,
            cipher_suite,
        })
    }
}
