//! A key's metadata and public key, as callers see them.

use crate::algorithm::Algorithm;
use crate::api::Key;
use crate::error::{Error, ErrorKind, Result};
use crate::identifier;

/// A key's public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKeyInfo {
    /// The key's algorithm.
    pub algorithm: Algorithm,
    /// The SubjectPublicKeyInfo in DER (RFC 5280, section 4.1).
    pub spki: Vec<u8>,
}

/// Where the operations of a key are executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtectionLevel {
    /// In software.
    Software,
    /// In a hardware security module.
    Hsm,
}

impl ProtectionLevel {
    /// The name in requests and responses.
    pub const fn wire_name(self) -> &'static str {
        match self {
            ProtectionLevel::Software => "software",
            ProtectionLevel::Hsm => "hsm",
        }
    }
}

/// A key's metadata. Values that the service may extend (usage, algorithm, state, protection level, origin) are text,
/// as the service writes them. A text is empty if the service gave none.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyInfo {
    /// `scwkms:key-id=ID;region=REGION`, which names the key in all functions.
    pub uri: String,
    /// The key's UUID.
    pub id: String,
    /// The key's region.
    pub region: String,
    /// The UUID of the key's project.
    pub project_id: String,
    /// The key's name. Several keys may have the same name.
    pub name: String,
    /// The key's description.
    pub description: String,
    /// `asymmetric_signing`, `asymmetric_encryption`, `symmetric_encryption` or `key_encapsulation`.
    pub usage: String,
    /// For example `ec_p256_sha256`.
    pub algorithm_name: String,
    /// The algorithm, if this version of the library knows it.
    pub algorithm: Option<Algorithm>,
    /// `enabled`, `disabled`, `pending_key_material` or `scheduled_for_deletion`.
    pub state: String,
    /// `scaleway_kms`, or `external` for imported key material.
    pub origin: String,
    /// `software` or `hsm`.
    pub protection_level: String,
    /// The time of the key's creation (RFC 3339).
    pub created_at: String,
    /// The time of the last change (RFC 3339).
    pub updated_at: String,
    /// The time of the last rotation (RFC 3339).
    pub rotated_at: String,
    /// The time at which the deletion was requested (RFC 3339).
    pub deletion_requested_at: String,
    /// How often the key was rotated.
    pub rotation_count: u64,
    /// The number of seconds between two rotations by the service, or `None` if the key has no rotation policy.
    pub rotation_period: Option<u64>,
    /// The time of the next rotation by the service (RFC 3339).
    pub next_rotation_at: String,
    /// Whether the key is protected against deletion.
    pub protected: bool,
    /// Whether the service has locked the key.
    pub locked: bool,
    /// The key's tags.
    pub tags: Vec<String>,
    /// The SubjectPublicKeyInfo in DER, if it was fetched and the library can read it: [`Client::key_info`] returns it,
    /// [`Client::create_key`] and [`Client::find_keys`] do not.
    ///
    /// [`Client::key_info`]: crate::Client::key_info
    /// [`Client::create_key`]: crate::Client::create_key
    /// [`Client::find_keys`]: crate::Client::find_keys
    pub public_key: Option<Vec<u8>>,
}

impl KeyInfo {
    pub(crate) fn new(key: &Key, region: &str) -> Result<Self> {
        let id = checked_id(&key.id)?;
        Ok(Self {
            uri: format!("scwkms:key-id={id};region={region}"),
            id,
            region: region.to_owned(),
            project_id: key.project_id.clone(),
            name: key.name.clone(),
            description: key.description.clone(),
            usage: key.usage.usage.clone(),
            algorithm_name: key.usage.algorithm.clone(),
            algorithm: Algorithm::from_wire_name(&key.usage.algorithm),
            state: key.state.clone(),
            origin: key.origin.clone(),
            protection_level: key.protection_level.clone(),
            created_at: key.created_at.clone(),
            updated_at: key.updated_at.clone(),
            rotated_at: key.rotated_at.clone(),
            deletion_requested_at: key.deletion_requested_at.clone(),
            rotation_count: key.rotation_count,
            rotation_period: key.rotation_policy.rotation_period,
            next_rotation_at: key.rotation_policy.next_rotation_at.clone(),
            protected: key.protected,
            locked: key.locked,
            tags: key.tags.clone(),
            public_key: None,
        })
    }
}

/// The id in a response, in lower case.
pub(super) fn checked_id(id: &str) -> Result<String> {
    identifier::uuid(id, "key id", "the service's response")
        .map_err(|e| Error::new(ErrorKind::Protocol, e.message()))
}
