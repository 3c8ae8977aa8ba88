//! RSA keys: signing with PSS or PKCS#1 v1.5, and decryption with OAEP, all with SHA-256.

use aws_lc_rs::digest::{self, Digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{
    KeyPair as RsaKeyPair, KeySize, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey,
    OaepPublicEncryptingKey, PrivateDecryptingKey,
};
use aws_lc_rs::signature::{
    KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_SHA256, RsaEncoding, RsaParameters, UnparsedPublicKey,
};

use super::CryptoError;
use crate::algorithm::RsaBits;

fn size(bits: RsaBits) -> KeySize {
    match bits {
        RsaBits::B2048 => KeySize::Rsa2048,
        RsaBits::B3072 => KeySize::Rsa3072,
        RsaBits::B4096 => KeySize::Rsa4096,
    }
}

fn pkcs8(key: &impl AsDer<Pkcs8V1Der<'static>>) -> Result<Vec<u8>, CryptoError> {
    Ok(key.as_der()?.as_ref().to_vec())
}

pub struct RsaSigning {
    pair: RsaKeyPair,
    pss: bool,
}

impl RsaSigning {
    pub fn generate(bits: RsaBits, pss: bool) -> Result<Self, CryptoError> {
        let pair = RsaKeyPair::generate(size(bits))?;
        Ok(RsaSigning { pair, pss })
    }

    pub fn from_stored(pkcs8: &[u8], pss: bool) -> Result<Self, CryptoError> {
        let pair = RsaKeyPair::from_pkcs8(pkcs8)?;
        Ok(RsaSigning { pair, pss })
    }

    pub fn to_stored(&self) -> Result<Vec<u8>, CryptoError> {
        pkcs8(&self.pair)
    }

    pub fn pkcs1(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    pub fn spki(&self) -> Result<Vec<u8>, CryptoError> {
        let der: PublicKeyX509Der = self.pair.public_key().as_der()?;
        Ok(der.as_ref().to_vec())
    }

    /// With PSS the salt is as long as the hash, as TLS and X.509 require.
    pub fn sign(&self, digest: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let encoding: &'static dyn RsaEncoding = if self.pss {
            &RSA_PSS_SHA256
        } else {
            &RSA_PKCS1_SHA256
        };
        let digest = Digest::import_less_safe(digest, &digest::SHA256)?;
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign_digest(encoding, &digest, &mut signature)?;
        Ok(signature)
    }

    pub fn verify(&self, digest: &[u8], signature: &[u8]) -> bool {
        let parameters: &'static RsaParameters = if self.pss {
            &RSA_PSS_2048_8192_SHA256
        } else {
            &RSA_PKCS1_2048_8192_SHA256
        };
        let key = UnparsedPublicKey::new(parameters, self.pkcs1());
        Digest::import_less_safe(digest, &digest::SHA256)
            .and_then(|digest| key.verify_digest(&digest, signature))
            .is_ok()
    }
}

pub struct RsaDecryption {
    key: PrivateDecryptingKey,
    pkcs1: Vec<u8>,
}

impl RsaDecryption {
    fn new(key: PrivateDecryptingKey) -> Result<Self, CryptoError> {
        // Only the type for signing exports the public key in PKCS#1.
        let pair = RsaKeyPair::from_pkcs8(&pkcs8(&key)?)?;
        let pkcs1 = pair.public_key().as_ref().to_vec();
        Ok(RsaDecryption { key, pkcs1 })
    }

    pub fn generate(bits: RsaBits) -> Result<Self, CryptoError> {
        Self::new(PrivateDecryptingKey::generate(size(bits))?)
    }

    pub fn from_stored(pkcs8: &[u8]) -> Result<Self, CryptoError> {
        Self::new(PrivateDecryptingKey::from_pkcs8(pkcs8)?)
    }

    pub fn to_stored(&self) -> Result<Vec<u8>, CryptoError> {
        pkcs8(&self.key)
    }

    pub fn pkcs1(&self) -> &[u8] {
        &self.pkcs1
    }

    pub fn spki(&self) -> Result<Vec<u8>, CryptoError> {
        let der: PublicKeyX509Der = self.key.public_key().as_der()?;
        Ok(der.as_ref().to_vec())
    }

    pub fn encrypt(&self, plaintext: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let key = OaepPublicEncryptingKey::new(self.key.public_key())?;
        let mut out = vec![0; key.ciphertext_size()];
        let length = key
            .encrypt(&OAEP_SHA256_MGF1SHA256, plaintext, &mut out, None)?
            .len();
        out.truncate(length);
        Ok(out)
    }

    pub fn decrypt(&self, ciphertext: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let key = OaepPrivateDecryptingKey::new(self.key.clone())?;
        let mut out = vec![0; key.min_output_size()];
        let length = key
            .decrypt(&OAEP_SHA256_MGF1SHA256, ciphertext, &mut out, None)?
            .len();
        out.truncate(length);
        Ok(out)
    }
}

/// Generates a key that wraps an import. Returns its public key as a SubjectPublicKeyInfo in DER.
pub fn import_wrapping_key(bits: RsaBits) -> Result<Vec<u8>, CryptoError> {
    let key = PrivateDecryptingKey::generate(size(bits))?;
    let der: PublicKeyX509Der = key.public_key().as_der()?;
    Ok(der.as_ref().to_vec())
}

#[cfg(test)]
mod wycheproof;
