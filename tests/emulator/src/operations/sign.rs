//! Sign and Verify.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use uuid::Uuid;

use super::{Call, Reply, blocking};
use crate::algorithm::Usage;
use crate::crypto::{Material, MlDsaDigest};
use crate::http::error::ApiError;

/// The limit of payloads. Only ML-DSA keys may accept longer digests than their hash's.
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

fn check_digest(material: &Material, kind: MlDsaDigest, digest: &[u8]) -> Result<(), ApiError> {
    let length = material.algorithm.digest_length();
    let lengths = match &length {
        Some(length) => std::slice::from_ref(length),
        None => kind.lengths(),
    };
    if lengths.is_empty() || lengths.contains(&digest.len()) {
        return Ok(());
    }
    let lengths: Vec<String> = lengths.iter().map(usize::to_string).collect();
    Err(ApiError::constraint(
        "digest",
        format!(
            "{} needs a digest of {} bytes, this one has {}",
            material.algorithm,
            lengths.join(" or "),
            digest.len()
        ),
    ))
}

pub async fn sign(call: Call) -> Result<Reply, ApiError> {
    let mut fields = call.fields()?;
    let digest = fields.sized_bytes("digest", 1, MAX_MESSAGE);
    fields.finish()?;
    let material = material(&call)?;
    let kind = call.ml_dsa_digest;
    check_digest(&material, kind, &digest)?;
    let signature = if material.is_slow() {
        blocking(move || Ok(material.sign(&digest)?)).await?
    } else {
        material.sign_as(kind, &digest)?
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
    check_digest(&material, call.ml_dsa_digest, &digest)?;
    Reply::json(&Verified {
        key_id: call.key,
        valid: material.verify_as(call.ml_dsa_digest, &digest, &signature),
    })
}
