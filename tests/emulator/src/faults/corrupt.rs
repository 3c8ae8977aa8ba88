//! How faults change responses.

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
use crate::http::response::{Delivery, Draft};
use crate::http::route::Region;
use crate::state::Store;

pub enum Outcome {
    Response(Draft),
    /// The connection is reset at once.
    Reset,
}

impl Outcome {
    /// The status of the response, or None for a reset.
    pub fn status(&self) -> Option<u16> {
        match self {
            Outcome::Response(draft) => Some(draft.status.as_u16()),
            Outcome::Reset => None,
        }
    }
}

/// The key and the body of the request.
pub struct Subject<'a> {
    pub store: &'a Store,
    pub region: Region,
    pub key: Uuid,
    pub body: &'a Bytes,
}

/// The outcome of a fault that prevents the operation. None for other faults.
pub fn outcome_without_operation(fault: &Fault) -> Option<Outcome> {
    let draft = match fault {
        Fault::Reset { when: When::Before } => return Some(Outcome::Reset),
        Fault::Status {
            status,
            retry_after,
            body,
            content_type,
        } => {
            let mut draft = status_draft(*status, body.as_ref());
            if let Some(content_type) = content_type {
                draft.content_type = Some(content_type.clone());
            }
            if let Some(seconds) = retry_after {
                draft.headers.push(("retry-after", seconds.clone()));
            }
            draft
        }
        Fault::Html { status } => html_draft(*status),
        Fault::Redirect { location } => Draft {
            status: StatusCode::TEMPORARY_REDIRECT,
            headers: vec![("location", location.clone())],
            ..Draft::default()
        },
        _ => return None,
    };
    Some(Outcome::Response(draft))
}

fn status_draft(status: u16, body: Option<&Value>) -> Draft {
    let mut draft = Draft {
        status: StatusCode::from_u16(status).unwrap_or_default(),
        ..Draft::default()
    };
    draft.body = match body {
        Some(Value::String(text)) => {
            draft.content_type = Some("text/plain".to_owned());
            text.clone()
        }
        Some(value) => value.to_string(),
        None => {
            let reason = draft.status.canonical_reason().unwrap_or("error");
            ApiError::message(draft.status, &reason.to_lowercase()).body
        }
    }
    .into_bytes();
    draft
}

fn html_draft(status: u16) -> Draft {
    let body = format!(
        "<!DOCTYPE html>\n<html><head><title>{status}</title></head>\
         <body><h1>An error of the proxy</h1></body></html>\n"
    );
    Draft {
        status: StatusCode::from_u16(status).unwrap_or_default(),
        content_type: Some("text/html".to_owned()),
        body: body.into_bytes(),
        ..Draft::default()
    }
}

/// Changes the response of an operation that was executed.
pub async fn corrupt(
    fault: &Fault,
    mut draft: Draft,
    subject: Subject<'_>,
) -> Result<Outcome, ApiError> {
    match fault {
        Fault::Reset { when: When::After } => return Ok(Outcome::Reset),
        Fault::Reset { .. } => draft.delivery = Delivery::ResetHalfway,
        Fault::Truncate {} => draft.delivery = Delivery::Short,
        Fault::Endless {} => draft.delivery = Delivery::Endless,
        Fault::Close {} | Fault::Goaway {} => draft.close = true,
        Fault::MediaType { value } => draft.content_type = Some(value.clone()),
        Fault::Garbage {} => draft.body = crypto::random::<256>()?.to_vec(),
        Fault::Oversized { bytes } => {
            // JSON with trailing white space is still valid: only the size is wrong.
            let size = draft.body.len().max(*bytes);
            draft.body.resize(size, b' ');
        }
        _ if draft.status == StatusCode::OK => {
            let mut json = parse(&draft.body)?;
            corrupt_json(fault, &mut json, &subject).await?;
            draft.body = json.to_string().into_bytes();
        }
        // The other faults do not change the response of a failed operation.
        _ => {}
    }
    Ok(Outcome::Response(draft))
}

fn parse(json: &[u8]) -> Result<Value, ApiError> {
    serde_json::from_slice(json).map_err(|error| ApiError::internal(&error.to_string()))
}

async fn corrupt_json(
    fault: &Fault,
    json: &mut Value,
    subject: &Subject<'_>,
) -> Result<(), ApiError> {
    match fault {
        Fault::KeyId {} => change_key_id(json),
        Fault::Flip {} => {
            let mut signature = bytes_of(json, "signature")?;
            let middle = signature.len() / 2;
            signature[middle] ^= 1;
            json["signature"] = STANDARD.encode(signature).into();
        }
        Fault::OtherKey {} => {
            let signature = sign_with_other_key(subject).await?;
            json["signature"] = STANDARD.encode(signature).into();
        }
        Fault::RawEcdsa {} => {
            let raw = to_fixed_width(&bytes_of(json, "signature")?, subject)?;
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

fn change_key_id(json: &mut Value) {
    for name in ["id", "key_id"] {
        if json.get(name).is_some() {
            json[name] = Uuid::new_v4().to_string().into();
        }
    }
    if let Some(rotations) = json.get_mut("rotations").and_then(Value::as_array_mut) {
        rotations.iter_mut().for_each(change_key_id);
    }
}

async fn sign_with_other_key(subject: &Subject<'_>) -> Result<Vec<u8>, ApiError> {
    let algorithm = algorithm(subject)?;
    let digest = bytes_of(&parse(subject.body)?, "digest")?;
    let work = move || Material::generate(algorithm).and_then(|key| key.sign(&digest));
    let signature = tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| ApiError::internal(&error.to_string()))??;
    Ok(signature.unwrap_or_default())
}

fn to_fixed_width(signature: &[u8], subject: &Subject<'_>) -> Result<Vec<u8>, ApiError> {
    let width = match algorithm(subject)?.scheme {
        Scheme::Ecdsa(Curve::P384) => 48,
        Scheme::Ecdsa(_) => 32,
        _ => return Err(ApiError::internal("raw_ecdsa needs an ECDSA key")),
    };
    fixed_width(signature, width).ok_or_else(|| ApiError::internal("not an ECDSA signature"))
}

fn bytes_of(json: &Value, name: &str) -> Result<Vec<u8>, ApiError> {
    json[name]
        .as_str()
        .and_then(|text| STANDARD.decode(text).ok())
        .filter(|bytes| !bytes.is_empty())
        .ok_or_else(|| ApiError::internal(&format!("no {name} to corrupt")))
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
        .ok_or_else(|| ApiError::internal("the key has no public key"))
}
