//! The requests of the endpoints.

use http::Method;
use serde::Serialize;
use zeroize::Zeroizing;

use super::bodies::{
    CreateKeyRequest, DataKeyRequest, DecryptRequest, DeleteKeyMaterialRequest, EncryptRequest,
    ImportKeyMaterialRequest, ImportParametersRequest, NoArguments, SignRequest, UpdateKeyRequest,
    VerifyRequest,
};
use super::filter::{KeyFilter, PAGE_SIZE};
use super::key_location::{KeyLocation, algorithms_url_path, keys_url_path};
use super::wire::Base64;
use crate::error::{Error, ErrorKind, Result};
use crate::transport::{Idempotency, Request};

pub(super) fn get_key(key: &KeyLocation) -> Request {
    get(key.url_path(""))
}

pub(super) fn get_public_key(key: &KeyLocation) -> Request {
    get(key.url_path("/public-key"))
}

pub(super) fn list_keys(region: &str, filter: &KeyFilter, page: usize) -> Request {
    get(format!("{}?{}", keys_url_path(region), filter.query(page)))
}

/// Signs a digest.
pub(crate) fn sign(key: &KeyLocation, digest: &[u8]) -> Result<Request> {
    let digest = Base64::new(digest);
    post(key.url_path("/sign"), &SignRequest { digest })
}

/// Verifies a signature.
pub(crate) fn verify(key: &KeyLocation, digest: &[u8], signature: &[u8]) -> Result<Request> {
    let (digest, signature) = (Base64::new(digest), Base64::new(signature));
    let body = VerifyRequest { digest, signature };
    post(key.url_path("/verify"), &body)
}

/// Encrypts a plaintext.
pub(crate) fn encrypt(
    key: &KeyLocation,
    plaintext: &[u8],
    associated_data: &[u8],
) -> Result<Request> {
    encryption(key.url_path("/encrypt"), plaintext, associated_data)
}

/// Encrypts a plaintext with an ML-KEM key.
pub(crate) fn wrap(key: &KeyLocation, plaintext: &[u8], associated_data: &[u8]) -> Result<Request> {
    encryption(key.url_path("/wrap"), plaintext, associated_data)
}

fn encryption(path: String, plaintext: &[u8], associated_data: &[u8]) -> Result<Request> {
    let body = EncryptRequest {
        plaintext: Base64::new(plaintext),
        associated_data: unless_empty(associated_data),
    };
    post(path, &body)
}

/// Decrypts a ciphertext.
pub(crate) fn decrypt(
    key: &KeyLocation,
    ciphertext: &[u8],
    associated_data: &[u8],
) -> Result<Request> {
    decryption(key.url_path("/decrypt"), ciphertext, associated_data)
}

/// Decrypts a ciphertext with an ML-KEM key.
pub(crate) fn unwrap(
    key: &KeyLocation,
    ciphertext: &[u8],
    associated_data: &[u8],
) -> Result<Request> {
    decryption(key.url_path("/unwrap"), ciphertext, associated_data)
}

fn decryption(path: String, ciphertext: &[u8], associated_data: &[u8]) -> Result<Request> {
    let body = DecryptRequest {
        ciphertext: Base64::new(ciphertext),
        associated_data: unless_empty(associated_data),
    };
    post(path, &body)
}

/// Empty associated data and none are the same.
fn unless_empty(bytes: &[u8]) -> Option<Base64> {
    (!bytes.is_empty()).then(|| Base64::new(bytes))
}

/// Generates a data key for AES-256-GCM, the only algorithm of data keys.
pub(crate) fn generate_data_key(key: &KeyLocation, with_plaintext: bool) -> Result<Request> {
    let body = DataKeyRequest {
        algorithm: "aes_256_gcm",
        without_plaintext: !with_plaintext,
    };
    post(key.url_path("/generate-data-key"), &body)
}

/// Creates a key.
pub(crate) fn create_key(region: &str, key: &CreateKeyRequest<'_>) -> Result<Request> {
    post(keys_url_path(region), key).map(non_idempotent)
}

/// Changes attributes of a key.
pub(crate) fn update_key(key: &KeyLocation, changes: &UpdateKeyRequest<'_>) -> Result<Request> {
    Ok(Request {
        method: Method::PATCH,
        ..post(key.url_path(""), changes)?
    })
}

/// An action on a key that needs no arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyAction {
    Rotate,
    Enable,
    Disable,
    Protect,
    Unprotect,
    Restore,
}

impl KeyAction {
    fn path(self) -> &'static str {
        match self {
            KeyAction::Rotate => "/rotate",
            KeyAction::Enable => "/enable",
            KeyAction::Disable => "/disable",
            KeyAction::Protect => "/protect",
            KeyAction::Unprotect => "/unprotect",
            KeyAction::Restore => "/restore",
        }
    }

    /// Whether a second execution changes nothing and succeeds. A second rotation makes another rotation. A second
    /// restoration fails, since the key is no longer scheduled for deletion.
    fn is_idempotent(self) -> bool {
        !matches!(self, KeyAction::Rotate | KeyAction::Restore)
    }
}

/// Executes an action on a key.
pub(crate) fn act_on_key(key: &KeyLocation, action: KeyAction) -> Result<Request> {
    let request = post(key.url_path(action.path()), &NoArguments {})?;
    Ok(match action.is_idempotent() {
        true => request,
        false => non_idempotent(request),
    })
}

/// Schedules a key for deletion.
pub(crate) fn delete_key(key: &KeyLocation) -> Request {
    non_idempotent(Request {
        method: Method::DELETE,
        ..get(key.url_path(""))
    })
}

/// Imports key material. Each import is a rotation.
pub(crate) fn import_key_material(
    key: &KeyLocation,
    material: &[u8],
    salt: &[u8],
) -> Result<Request> {
    let body = ImportKeyMaterialRequest {
        key_material: Base64::new(material),
        salt: unless_empty(salt),
    };
    post(key.url_path("/import-key-material"), &body).map(non_idempotent)
}

/// Deletes the key material of a rotation, by default of the latest one. A second deletion may find an older rotation.
pub(crate) fn delete_key_material(
    key: &KeyLocation,
    rotation_index: Option<u32>,
) -> Result<Request> {
    let body = DeleteKeyMaterialRequest {
        key_rotation_index: rotation_index,
    };
    post(key.url_path("/delete-key-material"), &body).map(non_idempotent)
}

/// Requests the parameters of an import.
pub(crate) fn import_parameters(
    key: &KeyLocation,
    wrapping_algorithm: &'static str,
) -> Result<Request> {
    let body = ImportParametersRequest { wrapping_algorithm };
    post(key.url_path("/import-parameters"), &body)
}

/// Lists the algorithms that the service offers, of one usage or of all.
pub(crate) fn list_algorithms(region: &str, usage: Option<&str>) -> Request {
    let path = algorithms_url_path(region);
    get(match usage {
        Some(usage) => format!("{path}?usages={usage}"),
        None => path,
    })
}

pub(super) fn list_rotations(key: &KeyLocation, page: usize) -> Request {
    let path = key.url_path("/rotations");
    get(format!(
        "{path}?page={page}&page_size={PAGE_SIZE}&order_by=created_at_asc"
    ))
}

fn non_idempotent(request: Request) -> Request {
    Request {
        idempotency: Idempotency::NonIdempotent,
        ..request
    }
}

fn get(path: String) -> Request {
    Request {
        method: Method::GET,
        path,
        body: None,
        idempotency: Idempotency::Idempotent,
    }
}

fn post(path: String, body: &impl Serialize) -> Result<Request> {
    Ok(Request {
        method: Method::POST,
        path,
        body: Some(json(body)?),
        idempotency: Idempotency::Idempotent,
    })
}

fn json(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>> {
    serde_json::to_vec(value).map(Zeroizing::new).map_err(|e| {
        Error::new(
            ErrorKind::Internal,
            format!("the request cannot be written as JSON: {e}"),
        )
    })
}
