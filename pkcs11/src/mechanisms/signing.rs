//! The mechanisms that sign and verify.

use cryptoki_sys::*;
use scwkms::{Algorithm, Hash, Scheme};

use super::digest_info::sha256_digest;
use super::ecdsa::convert_digest;
use super::hash::HashFunction;
use super::parameters::{Mechanism, SALT_LEN, check_pss, check_without_parameter};
use crate::failure::{Result, fail};

/// A mechanism that signs with, or verifies for, keys of an algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SigningMechanism {
    algorithm: Algorithm,
    /// The hash of the data. Without it the data is a digest.
    pub(crate) hash: Option<HashFunction>,
}

impl SigningMechanism {
    /// Checks that the mechanism is one of the key's, and its parameter.
    pub(crate) fn new(mechanism: &Mechanism, algorithm: Algorithm) -> Result<Self> {
        let (scheme, hash) = scheme_and_hash(mechanism.kind)?;
        check_scheme(scheme, algorithm)?;
        match scheme {
            Scheme::RsaPss => check_pss(mechanism)?,
            _ => check_without_parameter(mechanism)?,
        }
        Ok(Self { algorithm, hash })
    }

    /// The digest that the service signs. The input is the digest of the data, or the data.
    pub(crate) fn digest(&self, input: &[u8]) -> Result<Vec<u8>> {
        match (self.algorithm.scheme(), self.hash) {
            (Scheme::Ecdsa, _) => convert_digest(input, self.digest_len()),
            (_, Some(_)) => Ok(input.to_vec()),
            (Scheme::RsaPss, None) if input.len() as CK_ULONG != SALT_LEN => fail(
                CKR_DATA_LEN_RANGE,
                format!(
                    "CKM_RSA_PKCS_PSS needs a SHA-256 digest of 32 bytes, not {} bytes",
                    input.len()
                ),
            ),
            (Scheme::RsaPss, None) => Ok(input.to_vec()),
            (_, None) => sha256_digest(input),
        }
    }

    fn digest_len(&self) -> usize {
        self.algorithm.hash().map_or(0, Hash::output_len)
    }

    /// The length of signatures: r and s, or the modulus.
    pub(crate) fn signature_len(&self) -> usize {
        let len = self.algorithm.bits() as usize / 8;
        match self.algorithm.scheme() {
            Scheme::Ecdsa => 2 * len,
            _ => len,
        }
    }

    pub(crate) fn scheme(&self) -> Scheme {
        self.algorithm.scheme()
    }
}

/// An RSA key has the mechanisms of one scheme only, which CKA_ALLOWED_MECHANISMS lists.
pub(super) fn check_scheme(scheme: Scheme, algorithm: Algorithm) -> Result<()> {
    if scheme == algorithm.scheme() {
        return Ok(());
    }
    let is_ec = |scheme| scheme == Scheme::Ecdsa;
    let code = match is_ec(scheme) == is_ec(algorithm.scheme()) {
        true => CKR_MECHANISM_INVALID,
        false => CKR_KEY_TYPE_INCONSISTENT,
    };
    fail(
        code,
        format!("the key is {algorithm}, and does not have this mechanism"),
    )
}

fn scheme_and_hash(kind: CK_MECHANISM_TYPE) -> Result<(Scheme, Option<HashFunction>)> {
    Ok(match kind {
        CKM_ECDSA => (Scheme::Ecdsa, None),
        CKM_ECDSA_SHA256 => (Scheme::Ecdsa, Some(HashFunction::Sha256)),
        CKM_ECDSA_SHA384 => (Scheme::Ecdsa, Some(HashFunction::Sha384)),
        CKM_ECDSA_SHA512 => (Scheme::Ecdsa, Some(HashFunction::Sha512)),
        CKM_RSA_PKCS => (Scheme::RsaPkcs1, None),
        CKM_SHA256_RSA_PKCS => (Scheme::RsaPkcs1, Some(HashFunction::Sha256)),
        CKM_RSA_PKCS_PSS => (Scheme::RsaPss, None),
        CKM_SHA256_RSA_PKCS_PSS => (Scheme::RsaPss, Some(HashFunction::Sha256)),
        _ => {
            return fail(
                CKR_MECHANISM_INVALID,
                format!("the mechanism {kind:#x} is not supported"),
            );
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(kind: CK_MECHANISM_TYPE, algorithm: Algorithm) -> CK_RV {
        match SigningMechanism::new(&Mechanism::plain(kind), algorithm) {
            Ok(_) => CKR_OK,
            Err(failure) => failure.code,
        }
    }

    #[test]
    fn mechanisms_of_other_keys_are_rejected() {
        assert_eq!(code(CKM_ECDSA, Algorithm::EcP256Sha256), CKR_OK);
        assert_eq!(code(CKM_RSA_PKCS, Algorithm::RsaPkcs1_2048Sha256), CKR_OK);
        for (kind, algorithm, expected) in [
            (
                CKM_RSA_PKCS,
                Algorithm::EcP256Sha256,
                CKR_KEY_TYPE_INCONSISTENT,
            ),
            (
                CKM_RSA_PKCS,
                Algorithm::RsaPss2048Sha256,
                CKR_MECHANISM_INVALID,
            ),
            (
                CKM_RSA_PKCS_PSS,
                Algorithm::RsaPss2048Sha256,
                CKR_MECHANISM_PARAM_INVALID,
            ),
            (
                CKM_SHA1_RSA_PKCS,
                Algorithm::RsaPkcs1_2048Sha256,
                CKR_MECHANISM_INVALID,
            ),
        ] {
            assert_eq!(code(kind, algorithm), expected);
        }
    }

    #[test]
    fn digests_and_lengths() {
        let mechanism = |kind, algorithm| {
            SigningMechanism::new(&Mechanism::plain(kind), algorithm).expect("a mechanism")
        };
        let ec = mechanism(CKM_ECDSA_SHA256, Algorithm::EcP384Sha384);
        assert_eq!(ec.digest(&[1; 32]).expect("a digest").len(), 48);
        assert_eq!(ec.signature_len(), 96);
        let rsa = mechanism(CKM_SHA256_RSA_PKCS, Algorithm::RsaPkcs1_3072Sha256);
        assert_eq!(rsa.digest(&[1; 32]), Ok(vec![1; 32]));
        assert_eq!(rsa.signature_len(), 384);
        let raw = mechanism(CKM_RSA_PKCS, Algorithm::RsaPkcs1_3072Sha256);
        assert!(raw.digest(&[1; 32]).is_err());
    }
}
