//! The bodies of requests and responses.

use serde::{Deserialize, Serialize, Serializer};

use super::wire::{Base64, Key, KeyUsage, identifier, null_as_default, optional_identifier};

#[derive(Serialize)]
pub(crate) struct CreateKeyRequest<'a> {
    pub(crate) project_id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) usage: KeyUsage,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<&'a str>,
    pub(crate) tags: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rotation_policy: Option<RotationPolicyRequest<'a>>,
    pub(crate) unprotected: bool,
    pub(crate) origin: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) protection_level: Option<&'a str>,
}

/// The attributes that change.
#[derive(Serialize)]
pub(crate) struct UpdateKeyRequest<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tags: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rotation_policy: Option<RotationPolicyRequest<'a>>,
}

#[derive(Serialize)]
pub(crate) struct RotationPolicyRequest<'a> {
    #[serde(serialize_with = "seconds")]
    pub(crate) rotation_period: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_rotation_at: Option<&'a str>,
}

fn seconds<S: Serializer>(seconds: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format!("{seconds}s"))
}

/// The body of a request that needs no arguments.
#[derive(Serialize)]
pub(super) struct NoArguments {}

#[derive(Serialize)]
pub(super) struct SignRequest {
    pub(super) digest: Base64,
}

#[derive(Serialize)]
pub(super) struct VerifyRequest {
    pub(super) digest: Base64,
    pub(super) signature: Base64,
}

/// The request of Encrypt and WrapKey.
#[derive(Serialize)]
pub(super) struct EncryptRequest {
    pub(super) plaintext: Base64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) associated_data: Option<Base64>,
}

/// The request of Decrypt and UnwrapKey.
#[derive(Serialize)]
pub(super) struct DecryptRequest {
    pub(super) ciphertext: Base64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) associated_data: Option<Base64>,
}

#[derive(Serialize)]
pub(super) struct DataKeyRequest {
    pub(super) algorithm: &'static str,
    pub(super) without_plaintext: bool,
}

#[derive(Serialize)]
pub(super) struct ImportKeyMaterialRequest {
    pub(super) key_material: Base64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) salt: Option<Base64>,
}

#[derive(Serialize)]
pub(super) struct DeleteKeyMaterialRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) key_rotation_index: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct ImportParametersRequest {
    pub(super) wrapping_algorithm: &'static str,
}

#[derive(Deserialize)]
pub(crate) struct KeyPage {
    pub(crate) keys: Vec<Key>,
    pub(crate) total_count: u64,
}

#[derive(Deserialize)]
pub(super) struct PublicKeyResponse {
    pub(super) pem: String,
}

#[derive(Deserialize)]
pub(super) struct SignResponse {
    pub(super) key_id: String,
    pub(super) signature: Base64,
}

#[derive(Deserialize)]
pub(super) struct VerifyResponse {
    pub(super) key_id: String,
    pub(super) valid: bool,
}

/// The response of Encrypt and WrapKey.
#[derive(Deserialize)]
pub(super) struct EncryptResponse {
    pub(super) key_id: String,
    pub(super) ciphertext: Base64,
}

/// The response of Decrypt and UnwrapKey.
#[derive(Deserialize)]
pub(super) struct DecryptResponse {
    pub(super) key_id: String,
    pub(super) plaintext: Base64,
    /// The plaintext, encrypted again, if the key was rotated since its encryption.
    #[serde(default)]
    pub(super) ciphertext: Option<Base64>,
}

#[derive(Deserialize)]
pub(super) struct DataKeyResponse {
    pub(super) key_id: String,
    pub(super) ciphertext: Base64,
    #[serde(default)]
    pub(super) plaintext: Option<Base64>,
}

#[derive(Deserialize)]
pub(super) struct ImportParametersResponse {
    pub(super) key_id: String,
    pub(super) public_key: Base64,
    pub(super) import_token: Base64,
}

#[derive(Deserialize)]
pub(super) struct AlgorithmsResponse {
    pub(super) algorithms: Vec<AlgorithmEntry>,
}

/// An algorithm that the service offers.
#[derive(Deserialize)]
pub(crate) struct AlgorithmEntry {
    #[serde(deserialize_with = "identifier")]
    pub(crate) usage: String,
    #[serde(deserialize_with = "identifier")]
    pub(crate) name: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) recommended: bool,
}

#[derive(Deserialize)]
pub(crate) struct RotationPage {
    pub(crate) rotations: Vec<Rotation>,
    pub(crate) total_count: u64,
}

/// A rotation of a key.
#[derive(Deserialize)]
pub(crate) struct Rotation {
    pub(crate) key_id: String,
    pub(crate) index: u32,
    #[serde(default, deserialize_with = "optional_identifier")]
    pub(crate) status: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) manually_rotated: bool,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) created_at: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) updated_at: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) deleted_at: String,
}
