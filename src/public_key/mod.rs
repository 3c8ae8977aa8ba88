//! Public keys: parsing the service's PEM, and verifying signatures.

mod file;

use aws_lc_rs::digest::{Digest, SHA256, SHA384};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::PublicEncryptingKey;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ML_DSA_44, ML_DSA_65, ML_DSA_87,
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters,
    RsaPssSaltLength, VerificationAlgorithm,
};
use der::{Decode, Encode, Sequence, asn1::UintRef};

use crate::algorithm::{Algorithm, Hash, Scheme};
use crate::error::{Error, ErrorKind, Result};
use crate::redact::quote;

mod ml_dsa;

pub(crate) use ml_dsa::MU_LEN;

/// The labels of the service's PEM. A label does not determine the encoding of its content.
const LABELS: [&str; 3] = ["PUBLIC KEY", "EC PUBLIC KEY", "RSA PUBLIC KEY"];

/// No document of the service shows the public key of an ML-DSA key, so each label of one is accepted.
fn is_label(label: &str, algorithm: Algorithm) -> bool {
    LABELS.contains(&label) || algorithm.scheme() == Scheme::MlDsa && label.ends_with(" PUBLIC KEY")
}

/// RSA-PSS with the maximum salt length. The usual salt has the hash's length. The service does not document which of them
/// it uses, so both are accepted.
static RSA_PSS_MAX_SALT: RsaParameters =
    RSA_PSS_2048_8192_SHA256.with_pss_salt_length(RsaPssSaltLength::Max);

static RSA_PSS: [&dyn VerificationAlgorithm; 2] = [&RSA_PSS_2048_8192_SHA256, &RSA_PSS_MAX_SALT];

/// The public key of a key whose algorithm is known.
#[derive(Debug)]
pub(crate) struct PublicKey {
    algorithm: Algorithm,
    spki: Vec<u8>,
    /// They are tried in this order. Encryption keys have none.
    verifiers: Vec<ParsedPublicKey>,
}

impl PublicKey {
    /// Parses a key. Its type, and its curve or modulus size, must be those of the algorithm.
    pub(crate) fn from_pem(text: &str, algorithm: Algorithm) -> Result<Self> {
        let block = pem::parse(text.trim())
            .map_err(|_| protocol("the service's public key is not in PEM"))?;
        if !is_label(block.tag(), algorithm) {
            return Err(protocol(format!(
                "the service's public key has the PEM label {}",
                quote(block.tag())
            )));
        }
        Self::from_der(block.contents(), algorithm)
    }

    /// Parses a SubjectPublicKeyInfo (RFC 5280, section 4.1). For RSA an RSAPublicKey (RFC 8017, appendix A.1.1) is accepted
    /// too, and for ML-DSA the raw key, which its SubjectPublicKeyInfo contains (RFC 9881, section 4).
    pub(crate) fn from_der(der: &[u8], algorithm: Algorithm) -> Result<Self> {
        let schemes = verification_algorithms(algorithm)?;
        let mismatch = || {
            protocol(format!(
                "the service's public key is not one of {algorithm}"
            ))
        };
        let mut verifiers = schemes
            .iter()
            .map(|scheme| ParsedPublicKey::new(*scheme, der))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| mismatch())?;
        let spki: PublicKeyX509Der<'_> = verifiers[0].as_der().map_err(|_| mismatch())?;
        let spki = spki.as_ref().to_vec();
        if let Scheme::RsaPkcs1 | Scheme::RsaPss | Scheme::RsaOaep = algorithm.scheme() {
            let bits = PublicEncryptingKey::from_der(&spki)
                .map_err(|_| mismatch())?
                .key_size_bits();
            if bits != algorithm.bits() as usize {
                return Err(protocol(format!(
                    "the service's public key has {bits} bits, not the {} of {algorithm}",
                    algorithm.bits()
                )));
            }
        }
        if algorithm.scheme() == Scheme::RsaOaep {
            verifiers.clear();
        }
        let key = Self {
            algorithm,
            spki,
            verifiers,
        };
        match key.raw_ml_dsa_key() {
            Some(raw) if der != key.spki && der != raw => Err(mismatch()),
            _ => Ok(key),
        }
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key as a SubjectPublicKeyInfo in DER.
    pub(crate) fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// The signature in its standard encoding (ECDSA in DER, RSA unchanged), if it is a signature of the digest by this key.
    /// Without `verify` only the encoding is checked. ML-DSA keys sign no digests.
    pub(crate) fn check(&self, digest: &[u8], signature: &[u8], verify: bool) -> Option<Vec<u8>> {
        if self.is_ml_dsa() {
            return None;
        }
        if self.algorithm.scheme() != Scheme::Ecdsa {
            let whole = signature.len() == self.algorithm.bits() as usize / 8;
            return (whole && (!verify || self.verifies(digest, signature)))
                .then(|| signature.to_vec());
        }
        // A fixed-width signature can be valid DER by coincidence, so both encodings are tried.
        let field_bytes = self.algorithm.bits() as usize / 8;
        [
            ecdsa_from_der(signature, field_bytes),
            ecdsa_from_fixed_width(signature, field_bytes),
        ]
        .into_iter()
        .flatten()
        .find(|der| !verify || self.verifies(digest, der))
    }

    pub(crate) fn is_ml_dsa(&self) -> bool {
        self.algorithm.scheme() == Scheme::MlDsa
    }

    /// The external mu of a message: what pure ML-DSA signs (FIPS 204, algorithm 7). `None` for other keys.
    pub(crate) fn mu(&self, message: &[u8]) -> Option<[u8; MU_LEN]> {
        Some(ml_dsa::mu(self.raw_ml_dsa_key()?, message))
    }

    /// Whether the bytes are a signature of the message by pure ML-DSA (FIPS 204) with an empty context.
    pub(crate) fn is_pure_ml_dsa(&self, message: &[u8], signature: &[u8]) -> bool {
        self.is_ml_dsa()
            && self
                .verifiers
                .iter()
                .any(|key| key.verify_sig(message, signature).is_ok())
    }

    /// Whether the bytes are a HashML-DSA signature for which mu was used as the digest or as the message.
    pub(crate) fn is_hash_ml_dsa(&self, mu: &[u8; MU_LEN], signature: &[u8]) -> bool {
        self.raw_ml_dsa_key()
            .is_some_and(|key| ml_dsa::is_pre_hashed(self.algorithm.bits(), key, mu, signature))
    }

    /// The raw key, with which the SubjectPublicKeyInfo ends.
    fn raw_ml_dsa_key(&self) -> Option<&[u8]> {
        if !self.is_ml_dsa() {
            return None;
        }
        let len = ml_dsa::public_key_len(self.algorithm.bits())?;
        self.spki.get(self.spki.len().checked_sub(len)?..)
    }

    fn verifies(&self, digest: &[u8], signature: &[u8]) -> bool {
        let algorithm = match self.algorithm.hash() {
            Some(Hash::Sha256) => &SHA256,
            Some(Hash::Sha384) => &SHA384,
            None => return false,
        };
        Digest::import_less_safe(digest, algorithm).is_ok_and(|digest| {
            self.verifiers
                .iter()
                .any(|key| key.verify_digest_sig(&digest, signature).is_ok())
        })
    }
}

/// The algorithms with which signatures are verified, in the order in which they are tried.
fn verification_algorithms(
    algorithm: Algorithm,
) -> Result<&'static [&'static dyn VerificationAlgorithm]> {
    Ok(
        match (algorithm.scheme(), algorithm.hash(), algorithm.bits()) {
            (Scheme::Ecdsa, Some(Hash::Sha256), _) => &[&ECDSA_P256_SHA256_ASN1],
            (Scheme::Ecdsa, Some(Hash::Sha384), _) => &[&ECDSA_P384_SHA384_ASN1],
            (Scheme::RsaPkcs1 | Scheme::RsaOaep, _, _) => &[&RSA_PKCS1_2048_8192_SHA256],
            (Scheme::RsaPss, _, _) => &RSA_PSS,
            (Scheme::MlDsa, _, 44) => &[&ML_DSA_44],
            (Scheme::MlDsa, _, 65) => &[&ML_DSA_65],
            (Scheme::MlDsa, _, 87) => &[&ML_DSA_87],
            _ => {
                return Err(Error::new(
                    ErrorKind::Unsupported,
                    format!("public keys of {algorithm} are not supported"),
                ));
            }
        },
    )
}

fn protocol(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Protocol, message)
}

/// Ecdsa-Sig-Value (RFC 3279, section 2.2.3).
#[derive(Sequence)]
struct EcdsaSignature<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

impl EcdsaSignature<'_> {
    /// The encoding, if the numbers are possible in a signature: not zero, and not wider than the field.
    fn encoded(&self, field_bytes: usize) -> Option<Vec<u8>> {
        let possible = |number: &UintRef<'_>| {
            let bytes = number.as_bytes();
            bytes.len() <= field_bytes && bytes.iter().any(|b| *b != 0)
        };
        (possible(&self.r) && possible(&self.s)).then(|| self.to_der().ok())?
    }
}

fn ecdsa_from_der(signature: &[u8], field_bytes: usize) -> Option<Vec<u8>> {
    EcdsaSignature::from_der(signature)
        .ok()?
        .encoded(field_bytes)
}

/// r and s, each with the field's width (IEEE P1363).
fn ecdsa_from_fixed_width(signature: &[u8], field_bytes: usize) -> Option<Vec<u8>> {
    if signature.len() != 2 * field_bytes {
        return None;
    }
    let (r, s) = signature.split_at(field_bytes);
    EcdsaSignature {
        r: UintRef::new(r).ok()?,
        s: UintRef::new(s).ok()?,
    }
    .encoded(field_bytes)
}

#[cfg(test)]
mod ml_dsa_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wycheproof;
