//! The steps of an operation, one at a time, to find out why it fails: `scwkms doctor`.
//!
//! Each step is independent of the earlier ones, so that those that work can be shown where others fail. No result
//! contains a secret.
//!
//! 1. [`Diagnosis::settings`]: each setting and its origin; [`Diagnosis::check_settings`]: whether they are complete.
//! 2. [`Diagnosis::connection`]: name lookup, connection, certificates, TLS. They need no credentials.
//! 3. [`Diagnosis::request`]: a request that needs no key. Its response shows the clock and the rate limit.
//! 4. [`Diagnosis::locate`]: other regions and projects, for a key that was not found.

mod connection;
mod locate;
mod request;

pub use crate::config::Setting;
pub use connection::{Connection, TlsSession};
pub use request::{RateLimit, ServiceResponse};

use crate::config::{self, ProcessEnvironment, Settings};
use crate::error::Result;
use crate::uri::{KeyReference, Uri};

/// A diagnosis of a client with the settings of a URI, the environment and the config file.
pub struct Diagnosis(Uri);

impl Diagnosis {
    /// Prepares a diagnosis. The URI is as for [`Client::open`](crate::Client::open).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a malformed URI.
    pub fn new(uri: &str) -> Result<Self> {
        let text = if uri.is_empty() { "scwkms:" } else { uri };
        let uri = Uri::parse(text)?;
        if uri.bare().is_some() {
            KeyReference::parse(text)?;
        }
        Ok(Self(uri))
    }

    /// All settings, with the origin of each. A malformed value is shown too, or described if it may be a secret.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) for a config file or variable that cannot be read.
    pub fn settings(&self) -> Result<Vec<Setting>> {
        config::settings_with_origins(&self.0, &ProcessEnvironment)
    }

    /// Checks that the settings are complete and well-formed. The result is a list of warnings.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) with the first problem.
    pub fn check_settings(&self) -> Result<Vec<String>> {
        Ok(self.resolve()?.warnings)
    }

    /// Prepares connections to the service. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration), for example for a malformed API URL or proxy URL, or
    /// a file of certificates that cannot be read.
    pub fn connection(&self) -> Result<Connection> {
        Connection::new(&config::resolve_connection(&self.0, &ProcessEnvironment)?)
    }

    fn resolve(&self) -> Result<Settings> {
        config::resolve(&self.0, &ProcessEnvironment)
    }
}
