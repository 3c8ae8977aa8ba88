//! Sign and Verify.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use uuid::Uuid;

use super::{Call, Reply, blocking};
use crate::algorithm::Usage;
use crate::crypto::Material;
use crate::http::error::ApiError;

/// For keys that hash for themselves (ML-DSA): the sources do not say what such a key takes as its
/// digest, so it takes any bytes, as the message, up to the limit that payloads have elsewhere.
const MESSAGE_MAX: usize = 65_535;

const SIGNATURE_MAX: usize = 65_535;

#[derive(Serialize)]
struct Signed {
    key_id: Uuid,
    signature: String,
}

#[derive(Serialize)]
struct Verified {
    key_id: Uuid,
    valid: bool,
}

fn material(call: &Call) -> Result<Arc<Material>, ApiError> {
    call.store.read(call.region, call.key, |key| {
        let current = key.usable(&[Usage::AsymmetricSigning])?;
        current
            .material
            .clone()
            .ok_or_else(|| ApiError::internal("no material"))
    })
}

fn check_digest(material: &Material, digest: &[u8]) -> Result<(), ApiError> {
    match material.algorithm.digest_length() {
        Some(length) if digest.len() != length => Err(ApiError::constraint(
            "digest",
            format!(
                "{} takes a digest of {length} bytes, {} came",
                material.algorithm,
                digest.len()
            ),
        )),
        _ => Ok(()),
    }
}

pub async fn sign(call: Call) -> Result<Reply, ApiError> {
    let mut fields = call.fields()?;
    let digest = fields.sized_bytes("digest", 1, MESSAGE_MAX);
    fields.finish()?;
    let material = material(&call)?;
    check_digest(&material, &digest)?;
    let signature = if material.is_slow() {
        blocking(move || Ok(material.sign(&digest)?)).await?
    } else {
        material.sign(&digest)?
    };
    let signature = signature.ok_or_else(|| ApiError::internal("this key cannot sign"))?;
    Reply::json(&Signed {
        key_id: call.key,
        signature: STANDARD.encode(signature),
    })
}

pub async fn verify(call: Call) -> Result<Reply, ApiError> {
    let mut fields = call.fields()?;
    let digest = fields.sized_bytes("digest", 1, MESSAGE_MAX);
    let signature = fields.sized_bytes("signature", 1, SIGNATURE_MAX);
    fields.finish()?;
    let material = material(&call)?;
    check_digest(&material, &digest)?;
    Reply::json(&Verified {
        key_id: call.key,
        valid: material.verify(&digest, &signature),
    })
}
