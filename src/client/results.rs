//! The results of operations other than keys, as callers see them.

use zeroize::Zeroizing;

use crate::algorithm::Algorithm;
use crate::api::{AlgorithmEntry, Rotation};

/// A decrypted ciphertext.
#[derive(Clone)]
pub struct Decrypted {
    /// The plaintext.
    pub plaintext: Zeroizing<Vec<u8>>,
    /// If the key was rotated since the encryption: the plaintext encrypted with the newest key material. Storing it
    /// instead of the old ciphertext makes the older key material unnecessary.
    pub reencrypted: Option<Vec<u8>>,
}

/// A data key: a key for AES-256-GCM that is used outside of Key Manager.
#[derive(Clone)]
pub struct DataKey {
    /// The UUID of the key in Key Manager.
    pub key_id: String,
    /// Its region.
    pub region: String,
    /// The data key, encrypted with the key in Key Manager. [`Client::decrypt`](crate::Client::decrypt) decrypts it.
    pub ciphertext: Vec<u8>,
    /// The data key, 32 bytes, if it was requested.
    pub plaintext: Option<Zeroizing<Vec<u8>>>,
}

/// The parameters of an import of key material.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportParameters {
    /// The public key that wraps the key material, as the service encodes it.
    pub public_key: Vec<u8>,
    /// The token that authorises the import.
    pub import_token: Vec<u8>,
}

/// How key material is wrapped for its import: by RSA-OAEP alone, or by AES Key Wrap with a key that RSA-OAEP encrypts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[repr(u32)]
#[allow(missing_docs)] // each is its wire name
pub enum WrappingAlgorithm {
    RsaOaep2048Sha256 = 1,
    RsaOaep3072Sha256 = 2,
    RsaOaep4096Sha256 = 3,
    RsaAesKeyWrap2048Sha256 = 4,
    RsaAesKeyWrap3072Sha256 = 5,
    RsaAesKeyWrap4096Sha256 = 6,
}

impl WrappingAlgorithm {
    /// All wrapping algorithms, in the order of their numbers.
    pub const ALL: [WrappingAlgorithm; 6] = [
        WrappingAlgorithm::RsaOaep2048Sha256,
        WrappingAlgorithm::RsaOaep3072Sha256,
        WrappingAlgorithm::RsaOaep4096Sha256,
        WrappingAlgorithm::RsaAesKeyWrap2048Sha256,
        WrappingAlgorithm::RsaAesKeyWrap3072Sha256,
        WrappingAlgorithm::RsaAesKeyWrap4096Sha256,
    ];

    /// The name in requests.
    pub const fn wire_name(self) -> &'static str {
        match self {
            WrappingAlgorithm::RsaOaep2048Sha256 => "rsa_oaep_2048_sha256",
            WrappingAlgorithm::RsaOaep3072Sha256 => "rsa_oaep_3072_sha256",
            WrappingAlgorithm::RsaOaep4096Sha256 => "rsa_oaep_4096_sha256",
            WrappingAlgorithm::RsaAesKeyWrap2048Sha256 => "rsa_aes_key_wrap_2048_sha256",
            WrappingAlgorithm::RsaAesKeyWrap3072Sha256 => "rsa_aes_key_wrap_3072_sha256",
            WrappingAlgorithm::RsaAesKeyWrap4096Sha256 => "rsa_aes_key_wrap_4096_sha256",
        }
    }

    /// The wrapping algorithm with this number in the C ABI.
    pub fn from_code(code: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|a| *a as u32 == code)
    }
}

/// An algorithm that the service offers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AlgorithmInfo {
    /// The name in requests and responses, for example `ec_p256_sha256`.
    pub name: String,
    /// The usage of its keys, for example `asymmetric_signing`.
    pub usage: String,
    /// Whether the service recommends it.
    pub recommended: bool,
    /// The algorithm, if this version of the library knows it.
    pub algorithm: Option<Algorithm>,
}

impl From<AlgorithmEntry> for AlgorithmInfo {
    fn from(entry: AlgorithmEntry) -> Self {
        Self {
            algorithm: Algorithm::from_wire_name(&entry.name),
            name: entry.name,
            usage: entry.usage,
            recommended: entry.recommended,
        }
    }
}

/// A rotation of a key: one of the versions of its key material.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyRotation {
    /// The number of the rotation.
    pub index: u32,
    /// `enabled` or `deleted`, or a newer value of the service.
    pub status: String,
    /// Whether the key was rotated by a request, not by its rotation policy.
    pub manually_rotated: bool,
    /// The time of the rotation (RFC 3339).
    pub created_at: String,
    /// The time of the last change (RFC 3339).
    pub updated_at: String,
    /// The time at which the key material was deleted (RFC 3339), or empty.
    pub deleted_at: String,
}

impl From<&Rotation> for KeyRotation {
    fn from(rotation: &Rotation) -> Self {
        Self {
            index: rotation.index,
            status: rotation.status.clone(),
            manually_rotated: rotation.manually_rotated,
            created_at: rotation.created_at.clone(),
            updated_at: rotation.updated_at.clone(),
            deleted_at: rotation.deleted_at.clone(),
        }
    }
}
