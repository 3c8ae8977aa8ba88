//! The access key and the secret key.

use secrecy::SecretString;

use super::layer::{Value, configuration_error};
use crate::error::Result;
use crate::identifier;

/// The secret key, if both keys are given and well-formed.
pub(super) fn secret_key(
    access_key: Option<Value>,
    secret_key: Option<Value>,
) -> Result<SecretString> {
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
    check_access_key(&access_key)?;
    if identifier::uuid(&secret_key.text, "", "").is_err() {
        return Err(configuration_error(format!(
            "the secret key ({}) is malformed: it must be a UUID",
            secret_key.origin
        )));
    }
    Ok(SecretString::from(secret_key.text.as_str()))
}

/// The error does not show the value: it may be the secret key, if the two keys were swapped.
fn check_access_key(access_key: &Value) -> Result<()> {
    let tail = access_key.text.strip_prefix("SCW").unwrap_or_default();
    let well_formed = tail.len() == 17
        && tail
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    match well_formed {
        true => Ok(()),
        false => Err(configuration_error(format!(
            "the access key ({}) is malformed: it must be SCW and 17 upper-case letters or digits",
            access_key.origin
        ))),
    }
}
