//! The credentials of an emulator.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::crypto::{CryptoError, random};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    pub access_key: String,
    pub secret_key: Uuid,
    pub project_id: Uuid,
    pub organization_id: Uuid,
}

impl Identity {
    pub fn generate() -> Result<Self, CryptoError> {
        Ok(Identity {
            access_key: access_key()?,
            secret_key: Uuid::new_v4(),
            project_id: Uuid::new_v4(),
            organization_id: Uuid::new_v4(),
        })
    }
}

/// `SCW` and 17 upper-case letters or digits.
fn access_key() -> Result<String, CryptoError> {
    const ALPHABET: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    // An access key is not a secret, so the bias of the remainder is harmless.
    let letters = random::<17>()?.map(|byte| char::from(ALPHABET[usize::from(byte) % 36]));
    Ok("SCW".chars().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_keys_have_the_services_form() {
        let key = access_key().unwrap();
        assert_eq!(key.len(), 20);
        assert!(key.starts_with("SCW"));
        assert!(
            key.bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        );
        assert_ne!(key, access_key().unwrap());
    }
}
