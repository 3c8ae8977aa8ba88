//! Encrypt, Decrypt and GenerateDataKey.
//!
//! A symmetric ciphertext has the service's layout: a format byte, the index of the rotation in four
//! bytes (big-endian), a nonce, the encrypted data, a tag. An asymmetric ciphertext is RSA-OAEP without
//! a header, so that clients can encrypt with the public key.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::{Call, Reply, blocking};
use crate::algorithm::{Scheme, Usage};
use crate::crypto::{Aes, CryptoError, Material, Secret, random};
use crate::http::error::ApiError;
use crate::http::fields::Fields;
use crate::state::timestamp::nanos;

const MAX_PLAINTEXT: usize = 65_535;
const MAX_CIPHERTEXT: usize = 131_071;

const FORMAT: u8 = 1;
const HEADER: usize = 5;

const ENCRYPTION: [Usage; 2] = [Usage::SymmetricEncryption, Usage::AsymmetricEncryption];

#[derive(Serialize)]
struct Encrypted {
    key_id: Uuid,
    ciphertext: String,
}

#[derive(Serialize)]
struct Decrypted {
    key_id: Uuid,
    plaintext: String,
    ciphertext: Option<String>,
}

#[derive(Serialize)]
struct DataKey {
    key_id: Uuid,
    algorithm: &'static str,
    ciphertext: String,
    plaintext: Option<String>,
    created_at: String,
}

/// The current rotation's index and material.
fn current(call: &Call, allowed: &[Usage]) -> Result<(u32, Arc<Material>), ApiError> {
    call.store.read(call.region, call.key, |key| {
        let current = key.usable(allowed)?;
        let material = current.material.clone();
        let material = material.ok_or_else(|| ApiError::internal("no material"))?;
        Ok((current.index, material))
    })
}

fn associated_data(fields: &mut Fields) -> Option<Vec<u8>> {
    fields.bytes("associated_data")
}

fn reject_associated_data(associated: Option<&[u8]>) -> Result<(), ApiError> {
    match associated {
        Some(_) => Err(ApiError::constraint(
            "associated_data",
            "only symmetric keys support associated data",
        )),
        None => Ok(()),
    }
}

fn seal(
    key: &Aes,
    index: u32,
    plaintext: &[u8],
    associated: Option<&[u8]>,
) -> Result<Vec<u8>, CryptoError> {
    let mut out = vec![FORMAT];
    out.extend_from_slice(&index.to_be_bytes());
    out.extend_from_slice(&key.seal(plaintext, associated.unwrap_or_default())?);
    Ok(out)
}

pub async fn encrypt(call: Call) -> Result<Reply, ApiError> {
    let mut fields = call.fields()?;
    let plaintext = fields.sized_bytes("plaintext", 1, MAX_PLAINTEXT);
    let associated = associated_data(&mut fields);
    fields.finish()?;
    let (index, material) = current(&call, &ENCRYPTION)?;
    let ciphertext = match &material.secret {
        Secret::Aes(key) => seal(key, index, &plaintext, associated.as_deref())?,
        Secret::RsaDecryption(key) => {
            reject_associated_data(associated.as_deref())?;
            if let Scheme::RsaOaep(bits) = material.algorithm.scheme
                && plaintext.len() > bits.max_oaep_plaintext()
            {
                return Err(ApiError::constraint(
                    "plaintext",
                    format!(
                        "{} encrypts at most {} bytes",
                        material.algorithm,
                        bits.max_oaep_plaintext()
                    ),
                ));
            }
            key.encrypt(&plaintext)?
        }
        _ => return Err(ApiError::internal("this key cannot encrypt")),
    };
    Reply::json(&Encrypted {
        key_id: call.key,
        ciphertext: STANDARD.encode(ciphertext),
    })
}

pub async fn decrypt(call: Call) -> Result<Reply, ApiError> {
    let mut fields = call.fields()?;
    let ciphertext = fields.sized_bytes("ciphertext", 1, MAX_CIPHERTEXT);
    let associated = associated_data(&mut fields);
    fields.finish()?;
    let (index, material) = current(&call, &ENCRYPTION)?;
    let (plaintext, renewed) = match &material.secret {
        Secret::Aes(key) => {
            let used = decrypt_symmetric(&call, &ciphertext, associated.as_deref())?;
            // The response to a ciphertext of an older rotation contains a ciphertext of the newest.
            let renewed = (used.index != index)
                .then(|| seal(key, index, &used.plaintext, associated.as_deref()))
                .transpose()?;
            (used.plaintext, renewed)
        }
        Secret::RsaDecryption(_) => {
            reject_associated_data(associated.as_deref())?;
            let plaintext = blocking(move || match &material.secret {
                Secret::RsaDecryption(key) => key
                    .decrypt(&ciphertext)
                    .map_err(|_| damaged("crypto/rsa: decryption error")),
                _ => Err(ApiError::internal("not an RSA key")),
            })
            .await?;
            (plaintext, None)
        }
        _ => return Err(ApiError::internal("this key cannot decrypt")),
    };
    Reply::json(&Decrypted {
        key_id: call.key,
        plaintext: STANDARD.encode(plaintext),
        ciphertext: renewed.map(|bytes| STANDARD.encode(bytes)),
    })
}

fn damaged(help: &str) -> ApiError {
    ApiError::constraint("ciphertext", help)
}

struct Opened {
    index: u32,
    plaintext: Vec<u8>,
}

fn decrypt_symmetric(
    call: &Call,
    ciphertext: &[u8],
    associated: Option<&[u8]>,
) -> Result<Opened, ApiError> {
    let (index, sealed) = match ciphertext.split_at_checked(HEADER) {
        Some(([FORMAT, index @ ..], sealed)) if index.len() == 4 => {
            let index = index
                .iter()
                .fold(0, |index, byte| (index << 8) | u32::from(*byte));
            (index, sealed)
        }
        _ => return Err(damaged("not a ciphertext of Key Manager")),
    };
    let material = call.store.read(call.region, call.key, |key| {
        Ok(key.material(index).cloned())
    })?;
    let material = material.ok_or_else(|| damaged("the key has no such rotation"))?;
    let Secret::Aes(key) = &material.secret else {
        return Err(ApiError::internal("not an AES key"));
    };
    let plaintext = key
        .open(sealed, associated.unwrap_or_default())
        .map_err(|_| damaged("cipher: message authentication failed"))?;
    Ok(Opened { index, plaintext })
}

pub fn generate_data_key(call: &Call) -> Result<Reply, ApiError> {
    let mut fields = call.fields()?;
    let algorithm = fields.choice(
        "algorithm",
        &["aes_256_gcm"],
        "unknown_symmetric_encryption",
    );
    fields.require("algorithm", algorithm);
    let without_plaintext = fields.flag("without_plaintext");
    fields.finish()?;
    let (index, material) = current(call, &[Usage::SymmetricEncryption])?;
    let Secret::Aes(key) = &material.secret else {
        return Err(ApiError::internal("not an AES key"));
    };
    let data_key: [u8; 32] = random()?;
    Reply::json(&DataKey {
        key_id: call.key,
        algorithm: "aes_256_gcm",
        ciphertext: STANDARD.encode(seal(key, index, &data_key, None)?),
        plaintext: (!without_plaintext).then(|| STANDARD.encode(data_key)),
        created_at: nanos(Timestamp::now()),
    })
}
