//! The requests of the endpoints.

use http::Method;
use serde::Serialize;
use zeroize::Zeroizing;

use super::filter::KeyFilter;
use super::key_location::{KeyLocation, keys_url_path};
use super::wire::{Base64, CreateKeyRequest, DecryptRequest, EncryptRequest, SignRequest};
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

/// Encrypts a plaintext.
pub(crate) fn encrypt(key: &KeyLocation, plaintext: &[u8]) -> Result<Request> {
    let plaintext = Base64::new(plaintext);
    post(key.url_path("/encrypt"), &EncryptRequest { plaintext })
}

/// Decrypts a ciphertext.
pub(crate) fn decrypt(key: &KeyLocation, ciphertext: &[u8]) -> Result<Request> {
    let ciphertext = Base64::new(ciphertext);
    post(key.url_path("/decrypt"), &DecryptRequest { ciphertext })
}

/// Creates a key.
pub(crate) fn create_key(region: &str, key: &CreateKeyRequest<'_>) -> Result<Request> {
    Ok(Request {
        idempotency: Idempotency::NonIdempotent,
        ..post(keys_url_path(region), key)?
    })
}

/// Schedules a key for deletion.
pub(crate) fn delete_key(key: &KeyLocation) -> Request {
    Request {
        method: Method::DELETE,
        idempotency: Idempotency::NonIdempotent,
        ..get(key.url_path(""))
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
