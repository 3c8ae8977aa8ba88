//! Keys whose public keys are in files. Nothing is loaded for them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::open_key::OpenKey;
use crate::api::KeyLocation;
use crate::config::{Environment, ProcessEnvironment};
use crate::error::{Error, ErrorKind, Result};
use crate::public_key::PublicKey;
use crate::redact;
use crate::uri::PublicKeyFile;

/// The keys, so that each file is read once. If a file changes, a new client reads it again.
#[derive(Default)]
pub(super) struct KnownKeys {
    keys: Mutex<HashMap<(KeyLocation, PublicKeyFile), Arc<OpenKey>>>,
}

impl KnownKeys {
    pub(super) fn open(
        &self,
        location: &KeyLocation,
        file: &PublicKeyFile,
    ) -> Result<Arc<OpenKey>> {
        let entry = (location.clone(), file.clone());
        if let Some(key) = self.lock().get(&entry) {
            return Ok(Arc::clone(key));
        }
        // The lock is not held while the file is read. Threads may read it at the same time.
        let public_key = read(file)?;
        let key = OpenKey::with_public_key(location.clone(), public_key, file.path.clone());
        Ok(Arc::clone(
            self.lock().entry(entry).or_insert(Arc::new(key)),
        ))
    }

    /// The map is consistent even if a thread panicked while it held the lock.
    fn lock(&self) -> MutexGuard<'_, HashMap<(KeyLocation, PublicKeyFile), Arc<OpenKey>>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(file: &PublicKeyFile) -> Result<PublicKey> {
    let context = |e: Error| {
        e.context(format_args!(
            "the public key in {} (public-key= in the key's URI)",
            redact::path(&file.path)
        ))
    };
    let content = ProcessEnvironment
        .read(&file.path)
        .map_err(|e| context(Error::new(ErrorKind::Configuration, e.to_string())))?;
    PublicKey::from_file(&content.text, file.algorithm).map_err(context)
}
