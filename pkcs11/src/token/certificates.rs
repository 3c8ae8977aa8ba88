//! The certificates of a token. The CKA_ID of a certificate is that of the token's key with the same public key.

use std::collections::HashSet;
use std::sync::Arc;

use super::Token;
use super::query::Query;
use crate::certificate::{self, Certificate};
use crate::config::TokenConfig;
use crate::failure::Result;
use crate::objects::{Key, Resolver};
use crate::public_parts::PublicParts;

/// Reads the configured certificates. A certificate in several files, such as an issuer in several chains, is one object.
/// An error contains the line of the configuration file.
pub(super) fn read(config: &TokenConfig) -> Result<Vec<Arc<Certificate>>, String> {
    let mut all = Vec::new();
    let mut ids = HashSet::new();
    for (path, position) in &config.certificates {
        let found = certificate::read(path).map_err(|e| {
            format!(
                "{position}: the certificates in {} cannot be read: {e}",
                path.display()
            )
        })?;
        let new = found
            .into_iter()
            .filter(|certificate| ids.insert(certificate.unique_id()));
        all.extend(new.map(Arc::new));
    }
    Ok(all)
}

impl Resolver for Token {
    fn public_parts<'k>(&self, key: &'k Key) -> Result<&'k PublicParts> {
        self.public_key(key)
    }

    fn certificate_id(&self, certificate: &Certificate) -> Result<Vec<u8>> {
        if let Some(id) = certificate.id.get() {
            return Ok(id.clone());
        }
        let keys = self.keys(&Query::All)?;
        self.load_public_keys(&keys)?;
        Ok(match keys.iter().find(|key| certifies(certificate, key)) {
            Some(key) => {
                // Another thread may have set it meanwhile.
                let _ = certificate.id.set(Box::new(key.id.clone()));
                key.id.clone()
            }
            None => certificate.own_id(),
        })
    }

    /// Only keys with this id are looked up.
    fn has_id(&self, certificate: &Certificate, id: &[u8]) -> Result<bool> {
        if id.is_empty() {
            return Ok(false);
        }
        let keys = self.keys(&Query::Id(id.to_vec()))?;
        self.load_public_keys(&keys)?;
        Ok(certificate.own_id() == id || keys.iter().any(|key| certifies(certificate, key)))
    }
}

fn certifies(certificate: &Certificate, key: &Key) -> bool {
    key.public()
        .is_some_and(|parts| parts.spki == certificate.spki)
}
