//! The access key and the secret key.

use std::path::PathBuf;

use secrecy::SecretString;

use super::layer::{Value, configuration_error};
use super::malformed;
use crate::error::Result;

/// The secret key, if both keys are given and well-formed, and the file that it comes from.
pub(super) fn secret_key(
    access_key: Option<Value>,
    secret_key: Option<Value>,
) -> Result<(SecretString, Option<PathBuf>)> {
    let (access_key, secret_key) = match (access_key, secret_key) {
        (Some(a), Some(s)) => (a, s),
        (None, None) => {
            return Err(configuration_error(
                "no credentials: set SCW_ACCESS_KEY and SCW_SECRET_KEY, give access-key= and \
                 secret-key= in the URI, or create a config file with `scw init`",
            ));
        }
        (Some(a), None) => {
            return Err(configuration_error(format!(
                "the access key is given ({}), but no secret key: set SCW_SECRET_KEY, secret-key= \
                 in the URI, or secret_key in the config file",
                a.origin
            )));
        }
        (None, Some(s)) => {
            return Err(configuration_error(format!(
                "the secret key is given ({}), but no access key: set SCW_ACCESS_KEY, access-key= \
                 in the URI, or access_key in the config file",
                s.origin
            )));
        }
    };
    check(
        &access_key,
        "access key",
        "SCW and 17 upper-case letters or digits",
        malformed::is_access_key,
    )?;
    check(
        &secret_key,
        "secret key",
        "a UUID like 11111111-2222-3333-4444-555555555555",
        malformed::is_secret_key,
    )?;
    Ok((
        SecretString::from(secret_key.text.as_str()),
        secret_key.file,
    ))
}

/// A secret key, if the text has its form.
pub(super) fn well_formed(text: &str) -> Option<SecretString> {
    malformed::is_secret_key(text).then(|| SecretString::from(text))
}

/// The error shows neither key, since the two may have been swapped.
fn check(key: &Value, name: &str, form: &str, is_well_formed: fn(&str) -> bool) -> Result<()> {
    match is_well_formed(&key.text) {
        true => Ok(()),
        false => Err(configuration_error(format!(
            "the {name} ({}) is malformed: {}; it must be {form}",
            key.origin,
            malformed::description(&key.text)
        ))),
    }
}
