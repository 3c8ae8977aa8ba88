//! ECDSA keys.

use aws_lc_rs::digest::{self, Digest};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256K1_SHA256_ASN1,
    ECDSA_P256K1_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA384_ASN1_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, KeyPair, UnparsedPublicKey,
};

use super::CryptoError;
use crate::algorithm::Curve;

pub struct Ec {
    pair: EcdsaKeyPair,
    hash: &'static digest::Algorithm,
    verification: &'static EcdsaVerificationAlgorithm,
}

type Parameters = (
    &'static EcdsaSigningAlgorithm,
    &'static EcdsaVerificationAlgorithm,
    &'static digest::Algorithm,
);

fn parameters(curve: Curve) -> Parameters {
    match curve {
        Curve::P256 => (
            &ECDSA_P256_SHA256_ASN1_SIGNING,
            &ECDSA_P256_SHA256_ASN1,
            &digest::SHA256,
        ),
        Curve::P384 => (
            &ECDSA_P384_SHA384_ASN1_SIGNING,
            &ECDSA_P384_SHA384_ASN1,
            &digest::SHA384,
        ),
        Curve::Secp256k1 => (
            &ECDSA_P256K1_SHA256_ASN1_SIGNING,
            &ECDSA_P256K1_SHA256_ASN1,
            &digest::SHA256,
        ),
    }
}

impl Ec {
    fn new(
        curve: Curve,
        make: impl FnOnce(&'static EcdsaSigningAlgorithm) -> Result<EcdsaKeyPair, CryptoError>,
    ) -> Result<Self, CryptoError> {
        let (signing, verification, hash) = parameters(curve);
        Ok(Ec {
            pair: make(signing)?,
            hash,
            verification,
        })
    }

    pub fn generate(curve: Curve) -> Result<Self, CryptoError> {
        Self::new(curve, |signing| Ok(EcdsaKeyPair::generate(signing)?))
    }

    pub fn from_stored(curve: Curve, pkcs8: &[u8]) -> Result<Self, CryptoError> {
        Self::new(curve, |signing| {
            Ok(EcdsaKeyPair::from_pkcs8(signing, pkcs8)?)
        })
    }

    pub fn to_stored(&self) -> Result<Vec<u8>, CryptoError> {
        Ok(self.pair.to_pkcs8v1()?.as_ref().to_vec())
    }

    pub fn spki(&self) -> Result<Vec<u8>, CryptoError> {
        let der: PublicKeyX509Der = self.pair.public_key().as_der()?;
        Ok(der.as_ref().to_vec())
    }

    /// Signs a digest. The signature is in ASN.1 DER, as the service's.
    pub fn sign(&self, digest: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let digest = Digest::import_less_safe(digest, self.hash)?;
        Ok(self.pair.sign_digest(&digest)?.as_ref().to_vec())
    }

    pub fn verify(&self, digest: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(self.verification, self.pair.public_key());
        Digest::import_less_safe(digest, self.hash)
            .and_then(|digest| key.verify_digest(&digest, signature))
            .is_ok()
    }
}

/// Converts a signature from DER to `r || s` of `width` bytes each. None if it is malformed.
pub fn fixed_width(der: &[u8], width: usize) -> Option<Vec<u8>> {
    let [0x30, length, body @ ..] = der else {
        return None;
    };
    // Up to P-384 the sequence is shorter than 128 bytes, so its length is one byte.
    if usize::from(*length) != body.len() {
        return None;
    }
    let (r, rest) = integer(body)?;
    let (s, rest) = integer(rest)?;
    if !rest.is_empty() {
        return None;
    }
    let mut out = Vec::with_capacity(2 * width);
    for number in [r, s] {
        out.resize(out.len() + width.checked_sub(number.len())?, 0);
        out.extend_from_slice(number);
    }
    Some(out)
}

/// The magnitude of the DER integer at the start, and the bytes after it.
fn integer(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let [0x02, length, rest @ ..] = der else {
        return None;
    };
    let (number, rest) = rest.split_at_checked(usize::from(*length))?;
    Some((number.strip_prefix(&[0]).unwrap_or(number), rest))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED};
    use p256::ecdsa::signature::hazmat::PrehashVerifier;
    use p256::pkcs8::DecodePublicKey;

    use super::*;

    type Verify = fn(spki: &[u8], digest: &[u8], raw: &[u8]);

    fn verify_with_p256(spki: &[u8], digest: &[u8], raw: &[u8]) {
        let signature = p256::ecdsa::Signature::from_slice(raw).unwrap();
        p256::ecdsa::VerifyingKey::from_public_key_der(spki)
            .unwrap()
            .verify_prehash(digest, &signature)
            .unwrap();
    }

    fn verify_with_p384(spki: &[u8], digest: &[u8], raw: &[u8]) {
        let signature = p384::ecdsa::Signature::from_slice(raw).unwrap();
        p384::ecdsa::VerifyingKey::from_public_key_der(spki)
            .unwrap()
            .verify_prehash(digest, &signature)
            .unwrap();
    }

    #[test]
    fn fixed_width_signatures_are_valid() {
        for (curve, width, fixed, verify) in [
            (
                Curve::P256,
                32,
                &ECDSA_P256_SHA256_FIXED,
                verify_with_p256 as Verify,
            ),
            (Curve::P384, 48, &ECDSA_P384_SHA384_FIXED, verify_with_p384),
        ] {
            let key = Ec::generate(curve).unwrap();
            let spki = key.spki().unwrap();
            let digest = vec![3; width];
            // Among 600 signatures some have a short number, which is padded with zeros.
            for number in 0..600 {
                let raw = fixed_width(&key.sign(&digest).unwrap(), width).unwrap();
                assert_eq!(raw.len(), 2 * width);
                let imported = Digest::import_less_safe(&digest, key.hash).unwrap();
                UnparsedPublicKey::new(fixed, key.pair.public_key())
                    .verify_digest(&imported, &raw)
                    .unwrap();
                // These crates are slow without optimisation.
                if number == 0 || raw[0] == 0 || raw[width] == 0 {
                    verify(&spki, &digest, &raw);
                }
            }
        }
    }

    #[test]
    fn malformed_signatures_are_rejected() {
        for der in [
            &[][..],
            &[0x30, 0],
            &[0x30, 3, 2, 1, 1],
            &[0x30, 6, 2, 1, 1, 2, 9, 1],
        ] {
            assert_eq!(fixed_width(der, 32), None);
        }
        assert_eq!(
            fixed_width(&[0x30, 6, 2, 1, 1, 2, 1, 2], 2),
            Some(vec![0, 1, 0, 2])
        );
    }
}
