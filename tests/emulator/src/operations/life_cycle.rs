//! EnableKey, DisableKey, RotateKey, DeleteKey and RestoreKey.

use super::{Call, Reply};
use crate::algorithm::Usage;
use crate::crypto::Material;
use crate::http::error::ApiError;
use crate::state::key::Origin;

pub fn enable(call: &Call, enabled: bool) -> Result<Reply, ApiError> {
    call.expect_no_arguments()?;
    call.store.change(call.region, call.key, |key, _| {
        key.check_changeable()?;
        if key.current().is_none() {
            return Err(ApiError::must_be_set(
                "the key has no key material: import it first",
            ));
        }
        key.disabled = !enabled;
        Reply::key(key)
    })
}

pub fn rotate(call: &Call) -> Result<Reply, ApiError> {
    call.expect_no_arguments()?;
    call.store.change(call.region, call.key, |key, now| {
        // A new key pair would change the public key of the id.
        key.usable(&[Usage::SymmetricEncryption])?;
        if key.origin == Origin::External {
            return Err(ApiError::must_be_set(
                "a key of external origin gets new material by importing it",
            ));
        }
        key.add_rotation(Material::generate(key.algorithm)?, true, now);
        Reply::key(key)
    })
}

pub fn delete(call: &Call) -> Result<Reply, ApiError> {
    call.expect_no_arguments()?;
    call.store.change(call.region, call.key, |key, now| {
        key.check_changeable()?;
        if key.protected {
            return Err(ApiError::protected_resource(
                "the key is protected: remove its protection before deleting it",
            ));
        }
        key.deletion_requested_at = Some(now);
        Ok(Reply::Empty)
    })
}

pub fn restore(call: &Call) -> Result<Reply, ApiError> {
    call.expect_no_arguments()?;
    call.store.change(call.region, call.key, |key, _| {
        if key.locked {
            return Err(ApiError::locked(key.id));
        }
        if key.deletion_requested_at.take().is_none() {
            return Err(ApiError::must_be_set(
                "the key is not scheduled for deletion",
            ));
        }
        Reply::key(key)
    })
}
