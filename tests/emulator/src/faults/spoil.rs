//! How faults change answers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hyper::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use super::{Fault, When};
use crate::algorithm::{Algorithm, Curve, Scheme};
use crate::crypto::{self, Material, fixed_width};
use crate::http::error::ApiError;
use crate::http::route::Region;
use crate::http::service::{Answer, Delivery};
use crate::state::Store;

pub enum Outcome {
    Answer(Answer),
    /// The connection is to be reset at once.
    Reset,
}

/// The key and the request that an answer is about.
pub struct Subject<'a> {
    pub store: &'a Store,
    pub region: Region,
    pub key: Uuid,
    pub body: &'a Bytes,
}

/// The faults that strike instead of the operation.
pub fn instead(fault: &Fault) -> Option<Outcome> {
    let mut answer = Answer::default();
    match fault {
        Fault::Reset { when: When::Before } => return Some(Outcome::Reset),
        Fault::Status {
            status,
            retry_after,
            body,
            content_type,
        } => {
            answer.status = StatusCode::from_u16(*status).unwrap_or_default();
            answer.body = match body {
                Some(Value::String(text)) => {
                    answer.content_type = "text/plain".to_owned();
                    text.clone().into_bytes()
                }
                Some(value) => value.to_string().into_bytes(),
                None => {
                    let reason = answer.status.canonical_reason().unwrap_or("error");
                    ApiError::message(answer.status, &reason.to_lowercase())
                        .body
                        .into_bytes()
                }
            };
            if let Some(content_type) = content_type {
                answer.content_type.clone_from(content_type);
            }
            if let Some(seconds) = retry_after {
                answer.headers.push(("retry-after", seconds.clone()));
            }
        }
        Fault::Html { status } => {
            answer.status = StatusCode::from_u16(*status).unwrap_or_default();
            answer.content_type = "text/html".to_owned();
            answer.body = format!(
                "<!DOCTYPE html>\n<html><head><title>{status}</title></head>\
                 <body><h1>The proxy has no answer</h1></body></html>\n"
            )
            .into_bytes();
        }
        Fault::Redirect { location } => {
            answer.status = StatusCode::TEMPORARY_REDIRECT;
            answer.headers.push(("location", location.clone()));
        }
        _ => return None,
    }
    Some(Outcome::Answer(answer))
}

/// The faults that strike the answer of an operation that was carried out.
pub async fn spoil(
    fault: &Fault,
    mut answer: Answer,
    subject: Subject<'_>,
) -> Result<Outcome, ApiError> {
    match fault {
        Fault::Reset { when: When::After } => return Ok(Outcome::Reset),
        Fault::Reset { .. } => {
            answer.delivery = Delivery::ResetHalfway;
        }
        Fault::Truncate {} => answer.delivery = Delivery::Short,
        Fault::Endless {} => answer.delivery = Delivery::Endless,
        Fault::Close {} => answer.close = true,
        Fault::MediaType { value } => answer.content_type.clone_from(value),
        Fault::Garbage {} => answer.body = crypto::random::<256>()?.to_vec(),
        Fault::Oversized { bytes } => {
            // White space after JSON is JSON still: only its size is wrong.
            let size = answer.body.len().max(*bytes);
            answer.body.resize(size, b' ');
        }
        _ if answer.status == StatusCode::OK => {
            let mut json = serde_json::from_slice(&answer.body)
                .map_err(|error| ApiError::internal(&error.to_string()))?;
            alter(fault, &mut json, &subject).await?;
            answer.body = json.to_string().into_bytes();
        }
        // An operation that failed has no content to be wrong.
        _ => {}
    }
    Ok(Outcome::Answer(answer))
}

async fn alter(fault: &Fault, json: &mut Value, subject: &Subject<'_>) -> Result<(), ApiError> {
    match fault {
        Fault::KeyId {} => {
            for name in ["id", "key_id"] {
                if json.get(name).is_some() {
                    json[name] = Uuid::new_v4().to_string().into();
                }
            }
        }
        Fault::Flip {} => {
            let mut signature = bytes_of(json, "signature")?;
            let middle = signature.len() / 2;
            signature[middle] ^= 1;
            json["signature"] = STANDARD.encode(signature).into();
        }
        Fault::OtherKey {} => {
            let algorithm = algorithm(subject)?;
            let request = serde_json::from_slice(subject.body)
                .map_err(|error| ApiError::internal(&error.to_string()))?;
            let digest = bytes_of(&request, "digest")?;
            let work = move || Material::generate(algorithm).and_then(|key| key.sign(&digest));
            let signature = tokio::task::spawn_blocking(work)
                .await
                .map_err(|error| ApiError::internal(&error.to_string()))??;
            json["signature"] = STANDARD.encode(signature.unwrap_or_default()).into();
        }
        Fault::RawEcdsa {} => {
            let width = match algorithm(subject)?.scheme {
                Scheme::Ecdsa(Curve::P384) => 48,
                Scheme::Ecdsa(_) => 32,
                _ => return Err(ApiError::internal("raw_ecdsa needs an ECDSA key")),
            };
            let raw = fixed_width(&bytes_of(json, "signature")?, width)
                .ok_or_else(|| ApiError::internal("this is no ECDSA signature"))?;
            json["signature"] = STANDARD.encode(raw).into();
        }
        Fault::Pem { label } => {
            json["pem"] = crypto::pem::encode(label, &spki(subject)?).into();
        }
        Fault::BadPem {} => {
            let spki = spki(subject)?;
            json["pem"] = crypto::pem::encode("PUBLIC KEY", &spki[..spki.len() / 2]).into();
        }
        _ => {}
    }
    Ok(())
}

fn bytes_of(json: &Value, name: &str) -> Result<Vec<u8>, ApiError> {
    json[name]
        .as_str()
        .and_then(|text| STANDARD.decode(text).ok())
        .filter(|bytes| !bytes.is_empty())
        .ok_or_else(|| ApiError::internal(&format!("no {name} to spoil")))
}

fn algorithm(subject: &Subject<'_>) -> Result<Algorithm, ApiError> {
    let Subject {
        store, region, key, ..
    } = subject;
    store.read(*region, *key, |key| Ok(key.algorithm))
}

fn spki(subject: &Subject<'_>) -> Result<Vec<u8>, ApiError> {
    let Subject {
        store, region, key, ..
    } = subject;
    let material = store.read(*region, *key, |key| {
        Ok(key.current().and_then(|current| current.material.clone()))
    })?;
    material
        .ok_or_else(|| ApiError::internal("the key has no key material"))?
        .public_spki()?
        .ok_or_else(|| ApiError::internal("the key has no public half"))
}
