//! The service's RSA keys, one for each scheme. They share prepared key material, since its generation would take long.

use aws_lc_rs::digest::Digest;
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::{
    KeyPair as RsaKeyPair, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey,
};
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

pub const RSA_KEYS: [(&str, &str); 3] = [
    (
        PKCS1_KEY,
        r#"{"asymmetric_signing":"rsa_pkcs1_2048_sha256"}"#,
    ),
    (PSS_KEY, r#"{"asymmetric_signing":"rsa_pss_2048_sha256"}"#),
    (
        OAEP_KEY,
        r#"{"asymmetric_encryption":"rsa_oaep_2048_sha256"}"#,
    ),
];

const PKCS1_KEY: &str = "66666666-6666-4666-8666-666666666666";
const PSS_KEY: &str = "77777777-7777-4777-8777-777777777777";
pub const OAEP_KEY: &str = "88888888-8888-4888-8888-888888888888";

/// A key in PKCS#8, which is used for these tests only.
const MATERIAL: &str = include_str!("../c_abi/rsa_key.pem");

pub struct Rsa {
    pair: RsaKeyPair,
    decryption: OaepPrivateDecryptingKey,
}

impl Rsa {
    pub fn load() -> Self {
        let lines = MATERIAL.lines().filter(|line| !line.starts_with('-'));
        let pkcs8 = STANDARD
            .decode(lines.collect::<String>())
            .expect("in base64");
        let decryption = PrivateDecryptingKey::from_pkcs8(&pkcs8).expect("a key");
        Self {
            pair: RsaKeyPair::from_pkcs8(&pkcs8).expect("a key"),
            decryption: OaepPrivateDecryptingKey::new(decryption).expect("a key"),
        }
    }

    /// Whether this is the id of an RSA key.
    pub fn has(&self, id: &str) -> bool {
        RSA_KEYS.iter().any(|(other, _)| *other == id)
    }

    pub fn public_key(&self) -> PublicKeyX509Der<'_> {
        self.pair.public_key().as_der().expect("DER")
    }

    pub fn sign(&self, id: &str, digest: &Digest) -> Vec<u8> {
        let encoding: &'static dyn RsaEncoding = match id {
            PSS_KEY => &RSA_PSS_SHA256,
            _ => &RSA_PKCS1_SHA256,
        };
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let signed = self.pair.sign_digest(encoding, digest, &mut signature);
        signed.expect("a signature");
        signature
    }

    pub fn decrypt(&self, ciphertext: &[u8]) -> Option<Vec<u8>> {
        let mut plaintext = vec![0; self.decryption.min_output_size()];
        let decrypted = self
            .decryption
            .decrypt(&OAEP_SHA256_MGF1SHA256, ciphertext, &mut plaintext, None)
            .ok()?;
        Some(decrypted.to_vec())
    }
}
