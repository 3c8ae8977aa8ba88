//! AES-256-GCM keys.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};

use super::{CryptoError, random};

/// The length of the nonce and the tag.
#[cfg(test)]
pub const OVERHEAD: usize = NONCE_LEN + 16;

pub struct Aes {
    bytes: [u8; 32],
    key: LessSafeKey,
}

impl Aes {
    pub fn new(bytes: [u8; 32]) -> Result<Self, CryptoError> {
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &bytes)?);
        Ok(Aes { bytes, key })
    }

    pub fn generate() -> Result<Self, CryptoError> {
        Self::new(random()?)
    }

    pub fn to_stored(&self) -> Vec<u8> {
        self.bytes.to_vec()
    }

    /// Encrypts. Returns a random nonce, the ciphertext and the tag.
    pub fn seal(&self, plaintext: &[u8], associated: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut sealed = plaintext.to_vec();
        self.key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(associated),
            &mut sealed,
        )?;
        Ok([&nonce, sealed.as_slice()].concat())
    }

    pub fn open(&self, sealed: &[u8], associated: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN).ok_or(CryptoError)?;
        let mut buffer = sealed.to_vec();
        let length = self
            .key
            .open_in_place(
                Nonce::try_assume_unique_for_key(nonce)?,
                Aad::from(associated),
                &mut buffer,
            )?
            .len();
        buffer.truncate(length);
        Ok(buffer)
    }
}

/// Derives a key from imported material with HKDF and SHA-256. The salt is random if the caller has
/// none.
pub fn derive_from_import(material: &[u8], salt: Option<&[u8]>) -> Result<[u8; 32], CryptoError> {
    let fresh: [u8; 32] = random()?;
    let salt = Salt::new(HKDF_SHA256, salt.unwrap_or(&fresh));
    let mut key = [0; 32];
    salt.extract(material)
        .expand(&[b"key material"], HKDF_SHA256)?
        .fill(&mut key)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_its_own_ciphertexts() {
        let key = Aes::generate().unwrap();
        let sealed = key.seal(b"text", b"context").unwrap();
        assert_eq!(sealed.len(), OVERHEAD + 4);
        assert_eq!(key.open(&sealed, b"context").unwrap(), b"text");
        assert_eq!(key.open(&sealed, b""), Err(CryptoError));
        assert_eq!(key.open(&sealed[..20], b"context"), Err(CryptoError));
        assert_eq!(key.open(&[], b""), Err(CryptoError));
    }

    #[test]
    fn the_same_salt_derives_the_same_key() {
        let once = derive_from_import(b"material", Some(b"salt")).unwrap();
        assert_eq!(
            derive_from_import(b"material", Some(b"salt")).unwrap(),
            once
        );
        assert_ne!(derive_from_import(b"material", None).unwrap(), once);
        assert_ne!(
            derive_from_import(b"material", None).unwrap(),
            derive_from_import(b"material", None).unwrap()
        );
    }
}
