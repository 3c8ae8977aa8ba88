//! The key material of every algorithm, and its operations.

mod aes;
mod ec;
mod ml_dsa;
mod ml_dsa_digest;
mod ml_kem;
pub mod pem;
mod rsa;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::algorithm::{self, Algorithm, Scheme};

pub use aes::{Aes, derive_from_import};
pub use ec::{Ec, fixed_width};
pub use ml_dsa::MlDsa;
pub use ml_dsa_digest::MlDsaDigest;
pub use ml_kem::MlKem;
pub use rsa::{RsaDecryption, RsaSigning, import_wrapping_key};

/// An error of the cryptographic library. In decryption it means a damaged ciphertext.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CryptoError;

impl From<aws_lc_rs::error::Unspecified> for CryptoError {
    fn from(_: aws_lc_rs::error::Unspecified) -> Self {
        CryptoError
    }
}

impl From<aws_lc_rs::error::KeyRejected> for CryptoError {
    fn from(_: aws_lc_rs::error::KeyRejected) -> Self {
        CryptoError
    }
}

/// Random bytes from the library's generator.
pub fn random<const N: usize>() -> Result<[u8; N], CryptoError> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes)?;
    Ok(bytes)
}

/// The private key of one rotation of a key.
pub struct Material {
    pub algorithm: Algorithm,
    pub secret: Secret,
}

pub enum Secret {
    Ec(Ec),
    RsaSigning(RsaSigning),
    RsaDecryption(RsaDecryption),
    MlDsa(MlDsa),
    MlKem(MlKem),
    Aes(Aes),
}

impl Material {
    /// Generates a key. RSA takes from a tenth of a second to several seconds.
    pub fn generate(algorithm: Algorithm) -> Result<Self, CryptoError> {
        let secret = match algorithm.scheme {
            Scheme::Ecdsa(curve) => Secret::Ec(Ec::generate(curve)?),
            Scheme::RsaPss(bits) => Secret::RsaSigning(RsaSigning::generate(bits, true)?),
            Scheme::RsaPkcs1(bits) => Secret::RsaSigning(RsaSigning::generate(bits, false)?),
            Scheme::RsaOaep(bits) => Secret::RsaDecryption(RsaDecryption::generate(bits)?),
            Scheme::MlDsa(set) => Secret::MlDsa(MlDsa::generate(set)?),
            Scheme::MlKem(set) => Secret::MlKem(MlKem::generate(set)?),
            Scheme::Aes256Gcm => Secret::Aes(Aes::generate()?),
        };
        Ok(Material { algorithm, secret })
    }

    /// An AES key from derived bytes.
    pub fn from_aes_key(key: [u8; 32]) -> Result<Self, CryptoError> {
        let algorithm = algorithm::find("aes_256_gcm").ok_or(CryptoError)?;
        Ok(Material {
            algorithm,
            secret: Secret::Aes(Aes::new(key)?),
        })
    }

    fn from_stored(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, CryptoError> {
        let secret = match algorithm.scheme {
            Scheme::Ecdsa(curve) => Secret::Ec(Ec::from_stored(curve, bytes)?),
            Scheme::RsaPss(_) => Secret::RsaSigning(RsaSigning::from_stored(bytes, true)?),
            Scheme::RsaPkcs1(_) => Secret::RsaSigning(RsaSigning::from_stored(bytes, false)?),
            Scheme::RsaOaep(_) => Secret::RsaDecryption(RsaDecryption::from_stored(bytes)?),
            Scheme::MlDsa(set) => Secret::MlDsa(MlDsa::from_stored(set, bytes)?),
            Scheme::MlKem(set) => Secret::MlKem(MlKem::from_stored(set, bytes)?),
            Scheme::Aes256Gcm => Secret::Aes(Aes::new(bytes.try_into().map_err(|_| CryptoError)?)?),
        };
        Ok(Material { algorithm, secret })
    }

    fn to_stored(&self) -> Result<Vec<u8>, CryptoError> {
        match &self.secret {
            Secret::Ec(key) => key.to_stored(),
            Secret::RsaSigning(key) => key.to_stored(),
            Secret::RsaDecryption(key) => key.to_stored(),
            Secret::MlDsa(key) => key.to_stored(),
            Secret::MlKem(key) => key.to_stored(),
            Secret::Aes(key) => Ok(key.to_stored()),
        }
    }

    /// Whether operations are too slow for the asynchronous threads.
    pub fn is_slow(&self) -> bool {
        matches!(
            self.secret,
            Secret::RsaSigning(_) | Secret::RsaDecryption(_)
        )
    }

    /// Signs a digest of the algorithm's length. None for keys of other usages.
    pub fn sign(&self, digest: &[u8]) -> Result<Option<Vec<u8>>, CryptoError> {
        Ok(Some(match &self.secret {
            Secret::Ec(key) => key.sign(digest)?,
            Secret::RsaSigning(key) => key.sign(digest)?,
            Secret::MlDsa(key) => key.sign(digest)?,
            _ => return Ok(None),
        }))
    }

    /// As [`Material::sign`]. `kind` says what the digest is for an ML-DSA key.
    pub fn sign_as(
        &self,
        kind: MlDsaDigest,
        digest: &[u8],
    ) -> Result<Option<Vec<u8>>, CryptoError> {
        match &self.secret {
            Secret::MlDsa(key) => kind.sign(key, digest).map(Some),
            _ => self.sign(digest),
        }
    }

    /// As [`Material::verify`]. `kind` says what the digest is for an ML-DSA key.
    pub fn verify_as(&self, kind: MlDsaDigest, digest: &[u8], signature: &[u8]) -> bool {
        match &self.secret {
            Secret::MlDsa(key) => kind.verify(key, digest, signature),
            _ => self.verify(digest, signature),
        }
    }

    pub fn verify(&self, digest: &[u8], signature: &[u8]) -> bool {
        match &self.secret {
            Secret::Ec(key) => key.verify(digest, signature),
            Secret::RsaSigning(key) => key.verify(digest, signature),
            Secret::MlDsa(key) => key.verify(digest, signature),
            _ => false,
        }
    }

    /// The public key in PEM with the service's labels. None for a symmetric key.
    pub fn public_pem(&self) -> Result<Option<String>, CryptoError> {
        Ok(Some(match &self.secret {
            // Common parsers reject these two labels with this content.
            Secret::Ec(key) => pem::encode("EC PUBLIC KEY", &key.spki()?),
            Secret::RsaSigning(key) => pem::encode("RSA PUBLIC KEY", key.pkcs1()),
            Secret::RsaDecryption(key) => pem::encode("RSA PUBLIC KEY", key.pkcs1()),
            Secret::MlDsa(key) => pem::encode("PUBLIC KEY", &key.spki()?),
            Secret::MlKem(key) => pem::encode("PUBLIC KEY", &key.spki()),
            Secret::Aes(_) => return Ok(None),
        }))
    }

    /// The public key as a SubjectPublicKeyInfo in DER. None for a symmetric key.
    pub fn public_spki(&self) -> Result<Option<Vec<u8>>, CryptoError> {
        Ok(Some(match &self.secret {
            Secret::Ec(key) => key.spki()?,
            Secret::RsaSigning(key) => key.spki()?,
            Secret::RsaDecryption(key) => key.spki()?,
            Secret::MlDsa(key) => key.spki()?,
            Secret::MlKem(key) => key.spki(),
            Secret::Aes(_) => return Ok(None),
        }))
    }
}

impl std::fmt::Debug for Material {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Material({})", self.algorithm)
    }
}

/// The form of material in a state file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    #[serde(with = "algorithm::by_name")]
    algorithm: Algorithm,
    secret: String,
}

impl Serialize for Material {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let secret = self
            .to_stored()
            .map_err(|_| serde::ser::Error::custom("this key cannot be exported"))?;
        Stored {
            algorithm: self.algorithm,
            secret: STANDARD.encode(secret),
        }
        .serialize(out)
    }
}

impl<'de> Deserialize<'de> for Material {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(input)?;
        let secret = STANDARD
            .decode(&stored.secret)
            .map_err(serde::de::Error::custom)?;
        Material::from_stored(stored.algorithm, &secret)
            .map_err(|_| serde::de::Error::custom(format!("a damaged {} key", stored.algorithm)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All algorithms except the larger RSA keys, whose generation is slow.
    fn quick() -> impl Iterator<Item = Algorithm> {
        algorithm::ALL
            .iter()
            .filter(|row| !row.name.contains("3072") && !row.name.contains("4096"))
    }

    #[test]
    fn storing_does_not_change_a_key() {
        for algorithm in quick() {
            let before = Material::generate(algorithm).unwrap();
            let text = serde_json::to_string(&before).unwrap();
            let after: Material = serde_json::from_str(&text).unwrap();
            assert_eq!(
                before.public_pem().unwrap(),
                after.public_pem().unwrap(),
                "{algorithm}"
            );
            assert_eq!(text, serde_json::to_string(&after).unwrap(), "{algorithm}");
            let digest = vec![7; algorithm.digest_length().unwrap_or(64)];
            if let Some(signature) = after.sign(&digest).unwrap() {
                assert!(before.verify(&digest, &signature), "{algorithm}");
                assert!(!before.verify(&[&digest[1..], &[8]].concat(), &signature));
            }
        }
    }

    #[test]
    fn damaged_stored_keys_are_rejected() {
        for algorithm in quick() {
            let text = format!(r#"{{"algorithm":"{algorithm}","secret":"AAAA"}}"#);
            assert!(
                serde_json::from_str::<Material>(&text).is_err(),
                "{algorithm}"
            );
        }
    }
}
