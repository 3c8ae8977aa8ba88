//! GetKey, GetPublicKey, UpdateKey, ProtectKey and UnprotectKey.

use serde::Serialize;

use super::create::{check_policy_fits, description, name, rotation_policy, tags};
use super::{Call, Reply};
use crate::http::error::ApiError;
use crate::state::timestamp::now;

#[derive(Serialize)]
struct PublicKey {
    pem: String,
}

pub fn get(call: &Call) -> Result<Reply, ApiError> {
    call.expect_no_arguments()?;
    call.store.read(call.region, call.key, Reply::key)
}

/// Allowed in every state in which the key has material, since it does not use the private key.
pub fn public_key(call: &Call) -> Result<Reply, ApiError> {
    call.expect_no_arguments()?;
    let material = call.store.read(call.region, call.key, |key| {
        Ok(key.current().and_then(|current| current.material.clone()))
    })?;
    let pem = match material {
        Some(material) => material.public_pem()?,
        None => None,
    };
    match pem {
        Some(pem) => Reply::json(&PublicKey { pem }),
        None => Err(ApiError::constraint(
            "key_id",
            "a symmetric key has no public key",
        )),
    }
}

pub fn update(call: &Call) -> Result<Reply, ApiError> {
    let (algorithm, origin) = call
        .store
        .read(call.region, call.key, |key| Ok((key.algorithm, key.origin)))?;
    let mut fields = call.fields()?;
    let name = name(&mut fields);
    let description = description(&mut fields);
    let tags = tags(&mut fields);
    let policy = rotation_policy(&mut fields, now());
    if policy.is_some() {
        check_policy_fits(&mut fields, algorithm, origin);
    }
    fields.finish()?;
    call.store.change(call.region, call.key, |key, _| {
        key.check_changeable()?;
        if let Some(name) = name {
            key.name = name;
        }
        if description.is_some() {
            key.description = description;
        }
        if let Some(tags) = tags {
            key.tags = tags;
        }
        if policy.is_some() {
            key.rotation_policy = policy;
        }
        Reply::key(key)
    })
}

pub fn protect(call: &Call, protected: bool) -> Result<Reply, ApiError> {
    call.expect_no_arguments()?;
    call.store.change(call.region, call.key, |key, _| {
        key.check_changeable()?;
        key.protected = protected;
        Reply::key(key)
    })
}
