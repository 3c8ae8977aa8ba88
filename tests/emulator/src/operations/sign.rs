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

/// The service does not document the digest of ML-DSA keys. The emulator accepts any bytes up to the
/// limit of payloads, and signs them as the message.
const MAX_MESSAGE: usize = 65_535;

const MAX_SIGNATURE: usize = 65_535;

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
                "{} needs a digest of {length} bytes, this one has {}",
                material.algorithm,
                digest.len()
            ),
        )),
        _ => Ok(()),
    }
}

pub async fn sign(call: Call) -> Result<Reply, ApiError> {
    let mut fields = call.fields()?;
    let digest = fields.sized_bytes("digest", 1, MAX_MESSAGE);
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
    let digest = fields.sized_bytes("digest", 1, MAX_MESSAGE);
    let signature = fields.sized_bytes("signature", 1, MAX_SIGNATURE);
    fields.finish()?;
    let material = material(&call)?;
    check_digest(&material, &digest)?;
    Reply::json(&Verified {
        key_id: call.key,
        valid: material.verify(&digest, &signature),
    })
}
