//! Operations on key material of external origin.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use uuid::Uuid;

use super::{Call, Reply};
use crate::algorithm::RsaBits;
use crate::crypto::{Material, derive_from_import, import_wrapping_key, random};
use crate::http::error::ApiError;
use crate::state::key::{Key, Origin};

/// The service documents no limit. This is the limit of payloads.
const MAX_MATERIAL: usize = 65_535;

#[derive(Serialize)]
struct ImportParameters {
    key_id: Uuid,
    public_key: String,
    import_token: String,
}

fn check_external(key: &Key) -> Result<(), ApiError> {
    match key.origin {
        Origin::External => Ok(()),
        Origin::ScalewayKms => Err(ApiError::constraint(
            "key_id",
            "the key's origin must be external",
        )),
    }
}

/// Every import is a rotation: the older material still decrypts older ciphertexts.
pub fn import(call: &Call) -> Result<Reply, ApiError> {
    let mut fields = call.fields()?;
    let bytes = fields.sized_bytes("key_material", 1, MAX_MATERIAL);
    let salt = fields.bytes("salt");
    fields.finish()?;
    call.store.change(call.region, call.key, |key, now| {
        check_external(key)?;
        key.check_changeable()?;
        let derived = derive_from_import(&bytes, salt.as_deref())?;
        key.add_rotation(Material::from_aes_key(derived)?, true, now);
        Reply::key(key)
    })
}

/// Without an index the newest material is deleted. A key without material waits for an import.
pub fn delete(call: &Call) -> Result<Reply, ApiError> {
    let mut fields = call.fields()?;
    let index = fields.integer("key_rotation_index");
    fields.finish()?;
    call.store.change(call.region, call.key, |key, now| {
        check_external(key)?;
        key.check_changeable()?;
        let index = match index {
            Some(index) => index,
            None => key
                .current()
                .map(|current| current.index)
                .ok_or_else(|| ApiError::must_be_set("the key has no key material"))?,
        };
        let rotation = key
            .rotations
            .iter_mut()
            .find(|rotation| rotation.index == index && rotation.material.is_some())
            .ok_or_else(|| {
                ApiError::constraint("key_rotation_index", "the key has no such material")
            })?;
        rotation.material = None;
        rotation.updated_at = now;
        rotation.deleted_at = Some(now);
        Ok(Reply::Empty)
    })
}

/// Returns a public key and a token, as documented. ImportKeyMaterial has no field for the token, so
/// material is imported unwrapped, and the private key is not kept.
pub fn import_parameters(call: &Call) -> Result<Reply, ApiError> {
    let mut fields = call.fields()?;
    let names = WRAPPING.map(|(name, _)| name);
    let algorithm = fields.choice("wrapping_algorithm", &names, "unknown_wrapping_algorithm");
    let algorithm = fields.require("wrapping_algorithm", algorithm);
    fields.finish()?;
    call.store.read(call.region, call.key, |key| {
        check_external(key)?;
        key.check_changeable()
    })?;
    let bits = WRAPPING
        .into_iter()
        .find(|(name, _)| *name == algorithm)
        .map(|(_, bits)| bits)
        .ok_or_else(|| ApiError::internal("an unknown wrapping algorithm"))?;
    Reply::json(&ImportParameters {
        key_id: call.key,
        public_key: STANDARD.encode(import_wrapping_key(bits)?),
        import_token: STANDARD.encode(random::<32>()?),
    })
}

const WRAPPING: [(&str, RsaBits); 6] = [
    ("rsa_oaep_2048_sha256", RsaBits::B2048),
    ("rsa_oaep_3072_sha256", RsaBits::B3072),
    ("rsa_oaep_4096_sha256", RsaBits::B4096),
    ("rsa_aes_key_wrap_2048_sha256", RsaBits::B2048),
    ("rsa_aes_key_wrap_3072_sha256", RsaBits::B3072),
    ("rsa_aes_key_wrap_4096_sha256", RsaBits::B4096),
];
