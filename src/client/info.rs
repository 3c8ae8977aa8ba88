//! A key's metadata as callers see it.

use crate::algorithm::Algorithm;
use crate::api::Key;
use crate::error::{Error, ErrorKind, Result};
use crate::identifier;

/// A key's metadata. What the service may extend (usage, algorithm, state, protection level) is
/// text, as it writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// `scwkms:key-id=ID;region=REGION`, which names the key everywhere.
    pub uri: String,
    /// The key's UUID.
    pub id: String,
    /// The region where it lives.
    pub region: String,
    /// The project that it belongs to.
    pub project_id: String,
    /// Its name, which need not be unique.
    pub name: String,
    /// `asymmetric_signing`, `asymmetric_encryption`, `symmetric_encryption` or `key_encapsulation`.
    pub usage: String,
    /// `ec_p256_sha256`, for example.
    pub algorithm_name: String,
    /// The algorithm, if this version of the library knows it.
    pub algorithm: Option<Algorithm>,
    /// `enabled`, `disabled`, `pending_key_material` or `scheduled_for_deletion`.
    pub state: String,
    /// `software` or `hsm`.
    pub protection_level: String,
    /// When it was created, in RFC 3339.
    pub created_at: String,
    /// Whether it is protected against deletion.
    pub protected: bool,
    /// Whether the service has locked it.
    pub locked: bool,
    /// Its tags.
    pub tags: Vec<String>,
}

impl KeyInfo {
    pub(crate) fn new(key: &Key, region: &str) -> Result<Self> {
        let id = identifier::uuid(&key.id, "key id", "the service's answer")
            .map_err(|e| Error::new(ErrorKind::Protocol, e.message()))?;
        Ok(Self {
            uri: format!("scwkms:key-id={id};region={region}"),
            id,
            region: region.to_owned(),
            project_id: key.project_id.clone(),
            name: key.name.clone(),
            usage: key.usage.usage.clone(),
            algorithm_name: key.usage.algorithm.clone(),
            algorithm: Algorithm::from_wire_name(&key.usage.algorithm),
            state: key.state.clone(),
            protection_level: key.protection_level.clone(),
            created_at: key.created_at.clone(),
            protected: key.protected,
            locked: key.locked,
            tags: key.tags.clone(),
        })
    }
}
