//! Where the public key of a key comes from: the service, or a file. Nothing is requested for a key with a file.

use std::sync::Arc;

use super::open_key::OpenKey;
use crate::api::KeyLocation;
use crate::config::{Environment, ProcessEnvironment};
use crate::error::{Error, ErrorKind, Result};
use crate::public_key::PublicKey;
use crate::redact;
use crate::transport::run_on_thread;
use crate::uri::PublicKeyFile;

/// A key, and the file with its public key if there is one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct KeySource {
    pub(super) location: KeyLocation,
    pub(super) public_key: Option<PublicKeyFile>,
}

impl KeySource {
    /// A key whose public key is requested.
    pub(super) fn service(location: KeyLocation) -> Self {
        let public_key = None;
        Self {
            location,
            public_key,
        }
    }

    /// An error of loading the key. It names the file.
    pub(super) fn explain(&self, e: Error) -> Error {
        match &self.public_key {
            Some(file) => e.context(format_args!(
                "the public key in {} (public-key= in the key's URI)",
                redact::path(&file.path)
            )),
            None => e,
        }
    }
}

/// Reads the file of a key on a thread of its own. It has no time limit, so that there is one such thread for each file.
pub(super) async fn read_key(location: KeyLocation, file: PublicKeyFile) -> Result<Arc<OpenKey>> {
    run_on_thread("scwkms-file", move || read(location, file))
        .await
        .unwrap_or_else(|e| Err(Error::new(ErrorKind::Internal, e.to_string())))
}

fn read(location: KeyLocation, file: PublicKeyFile) -> Result<Arc<OpenKey>> {
    let content = ProcessEnvironment
        .read(&file.path)
        .map_err(|e| Error::new(ErrorKind::Configuration, e.to_string()))?;
    let public_key = PublicKey::from_file(&content.text, file.algorithm)?;
    let key = OpenKey::with_public_key(location, public_key, file.path);
    Ok(Arc::new(key))
}
