//! WrapKey and UnwrapKey, for ML-KEM keys.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use uuid::Uuid;

use super::{Call, Reply};
use crate::algorithm::Usage;
use crate::crypto::{Material, Secret};
use crate::http::error::ApiError;

// Documented as 2 KB of plaintext and 4 KB of ciphertext.
const MAX_PLAINTEXT: usize = 2048;
const MAX_CIPHERTEXT: usize = 4096;

#[derive(Serialize)]
struct Wrapped {
    key_id: Uuid,
    ciphertext: String,
}

#[derive(Serialize)]
struct Unwrapped {
    key_id: Uuid,
    plaintext: String,
}

fn material(call: &Call) -> Result<Arc<Material>, ApiError> {
    call.store.read(call.region, call.key, |key| {
        let current = key.usable(&[Usage::KeyEncapsulation])?;
        let material = current.material.clone();
        material.ok_or_else(|| ApiError::internal("no material"))
    })
}

pub fn wrap(call: &Call) -> Result<Reply, ApiError> {
    let mut fields = call.fields()?;
    let plaintext = fields.sized_bytes("plaintext", 1, MAX_PLAINTEXT);
    let associated = fields.bytes("associated_data").unwrap_or_default();
    fields.finish()?;
    let material = material(call)?;
    let Secret::MlKem(key) = &material.secret else {
        return Err(ApiError::internal("not an ML-KEM key"));
    };
    Reply::json(&Wrapped {
        key_id: call.key,
        ciphertext: STANDARD.encode(key.wrap(&plaintext, &associated)?),
    })
}

pub fn unwrap(call: &Call) -> Result<Reply, ApiError> {
    let mut fields = call.fields()?;
    let ciphertext = fields.sized_bytes("ciphertext", 1, MAX_CIPHERTEXT);
    let associated = fields.bytes("associated_data").unwrap_or_default();
    fields.finish()?;
    let material = material(call)?;
    let Secret::MlKem(key) = &material.secret else {
        return Err(ApiError::internal("not an ML-KEM key"));
    };
    let plaintext = key
        .unwrap(&ciphertext, &associated)
        .map_err(|_| ApiError::constraint("ciphertext", "cipher: message authentication failed"))?;
    Reply::json(&Unwrapped {
        key_id: call.key,
        plaintext: STANDARD.encode(plaintext),
    })
}
