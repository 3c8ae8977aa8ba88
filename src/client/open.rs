//! Opening and closing clients.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::shared::Shared;
use super::warning;
use crate::config::{self, Environment, FileSystem, ProcessEnvironment, Settings};
use crate::error::{Error, ErrorKind, Result};
use crate::fork::PerProcess;
use crate::transport::Trust;
use crate::uri::{KeyReference, Uri};

/// A client of Key Manager with one set of settings.
///
/// Any number of threads may use a client at once. No lock is held while a request is in flight. The deadline
/// (`timeout=` in the URI, 15 seconds by default) covers a whole operation, with all its requests and retries.
///
/// Each operation has two forms. The blocking form, for example [`Client::sign`], returns the result. The other form,
/// for example [`Client::start_sign`], returns an [`Operation`](crate::Operation) at once, whose result can be taken
/// later.
///
/// A key is named by text: its id, `REGION/ID`, `scwkms:ID`, `scwkms:key-id=ID;region=REGION`, or
/// `scwkms:name=NAME` if exactly one key has that name. Its algorithm and public key are loaded once and cached for
/// the life of the client, since neither changes under one id.
///
/// ```no_run
/// # fn main() -> Result<(), scwkms::Error> {
/// let client = scwkms::Client::open("scwkms:region=fr-par")?;
/// let key = "scwkms:name=my-signing-key";
/// let public_key = client.public_key(key)?;
/// let digest = [0x5a; 32];
/// let signature = client.sign(key, None, &digest)?;
/// println!("{} bytes, {}", signature.len(), public_key.algorithm);
/// # Ok(())
/// # }
/// ```
pub struct Client {
    pub(super) settings: Settings,
    trust: Trust,
    closed: AtomicBool,
    /// A child of fork() has its own connections and cache.
    shared: PerProcess<Arc<Shared>>,
}

impl Client {
    /// Opens a client with the settings of a URI, the environment and Scaleway's config file. Nothing is sent.
    ///
    /// The URI is `scwkms:name=value;name=value`. It may be empty if the environment or the file contain all settings.
    /// Warnings, for example about `insecure`, go to the [`Observer`](crate::Observer), or to standard error if there
    /// is none.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for a malformed URI, [`ErrorKind::Configuration`] for settings that are
    /// missing, malformed or unreadable.
    pub fn open(uri: &str) -> Result<Self> {
        Self::open_uri(uri, &ProcessEnvironment).map_err(|e| e.context("open a client"))
    }

    /// Opens a client without the environment, for a program whose user must not determine its settings. All settings
    /// come from the URI, and from a config file that it names.
    ///
    /// # Errors
    /// As for [`Client::open`]. [`ErrorKind::Configuration`] if a variable is set that changes the system's CA
    /// certificates.
    #[doc(hidden)]
    pub fn open_without_environment(uri: &str) -> Result<Self> {
        let opened = check_ca_variables(|name| std::env::var_os(name).is_some())
            .and_then(|()| Self::open_uri(uri, &FileSystem));
        opened.map_err(|e| e.context("open a client"))
    }

    fn open_uri(uri: &str, environment: &dyn Environment) -> Result<Self> {
        let text = if uri.is_empty() { "scwkms:" } else { uri };
        let uri = Uri::parse(text)?;
        if uri.bare().is_some() {
            // A client's URI may also name a key. Any other part without a name is a mistake.
            KeyReference::parse(text)?;
        }
        let settings = config::resolve(&uri, environment)?;
        warning::report(&settings.warnings);
        let client = Self {
            trust: Trust::load(&settings)?,
            settings,
            closed: AtomicBool::new(false),
            shared: PerProcess::new(),
        };
        client.shared()?;
        Ok(client)
    }

    /// Closes the client and returns at once. No operation can begin any more. Operations in flight finish by their
    /// deadline, but a failed attempt is not followed by another.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        if let Some(shared) = self.shared.existing() {
            shared.api.close();
        }
    }

    /// The time limit of an operation: `timeout=` in the URI, or the default.
    pub fn timeout(&self) -> Duration {
        self.settings.timeout
    }

    /// Fails if the client is closed.
    pub(crate) fn check_open(&self) -> Result<()> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Error::new(ErrorKind::InvalidHandle, "the client is closed"));
        }
        Ok(())
    }

    pub(super) fn shared(&self) -> Result<Arc<Shared>> {
        self.check_open()?;
        self.shared
            .get(|| Shared::new(&self.settings, &self.trust).map(Arc::new))
            .cloned()
    }
}

/// The function that reads the system's CA certificates reads these variables too.
fn check_ca_variables(is_set: impl Fn(&str) -> bool) -> Result<()> {
    let found = ["SSL_CERT_FILE", "SSL_CERT_DIR"]
        .into_iter()
        .find(|name| is_set(name));
    found.map_or(Ok(()), |name| {
        Err(Error::new(
            ErrorKind::Configuration,
            format!("the environment variable {name} must not be set in a program with the set-user-ID bit"),
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_the_environment_the_uri_has_all_settings() {
        let error = |uri: &str| Client::open_uri(uri, &FileSystem).err().map(|e| e.kind());
        assert_eq!(error(""), Some(ErrorKind::Configuration));
        let complete = "scwkms:region=fr-par;access-key=SCWEXAMPLE0000000000;project-id=105bdce1-64c0-48ab-899d-868455867ecf;\
                        secret-key=11111111-2222-4333-8444-555555555555";
        assert_eq!(error(complete), None);
    }

    #[test]
    fn variables_that_change_the_ca_certificates_are_errors() {
        assert!(check_ca_variables(|name| name == "SSL_CERT_DIR").is_err());
        assert!(check_ca_variables(|_| false).is_ok());
    }
}
