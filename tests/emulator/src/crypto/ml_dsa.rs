//! ML-DSA (FIPS 204) signing keys.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::{
    KeyPair, ML_DSA_44, ML_DSA_44_SIGNING, ML_DSA_65, ML_DSA_65_SIGNING, ML_DSA_87,
    ML_DSA_87_SIGNING, PqdsaKeyPair, PqdsaSigningAlgorithm, PqdsaVerificationAlgorithm,
    UnparsedPublicKey,
};

use super::CryptoError;
use crate::algorithm::MlDsaSet;

pub struct MlDsa {
    pub(super) set: MlDsaSet,
    pair: PqdsaKeyPair,
    verification: &'static PqdsaVerificationAlgorithm,
}

fn parameters(
    set: MlDsaSet,
) -> (
    &'static PqdsaSigningAlgorithm,
    &'static PqdsaVerificationAlgorithm,
) {
    match set {
        MlDsaSet::MlDsa44 => (&ML_DSA_44_SIGNING, &ML_DSA_44),
        MlDsaSet::MlDsa65 => (&ML_DSA_65_SIGNING, &ML_DSA_65),
        MlDsaSet::MlDsa87 => (&ML_DSA_87_SIGNING, &ML_DSA_87),
    }
}

impl MlDsa {
    pub fn generate(set: MlDsaSet) -> Result<Self, CryptoError> {
        let (signing, verification) = parameters(set);
        let pair = PqdsaKeyPair::generate(signing)?;
        Ok(MlDsa {
            set,
            pair,
            verification,
        })
    }

    pub fn from_stored(set: MlDsaSet, pkcs8: &[u8]) -> Result<Self, CryptoError> {
        let (signing, verification) = parameters(set);
        let pair = PqdsaKeyPair::from_pkcs8(signing, pkcs8)?;
        Ok(MlDsa {
            set,
            pair,
            verification,
        })
    }

    pub fn to_stored(&self) -> Result<Vec<u8>, CryptoError> {
        Ok(self.pair.to_pkcs8v1()?.as_ref().to_vec())
    }

    pub fn spki(&self) -> Result<Vec<u8>, CryptoError> {
        let der: PublicKeyX509Der = self.pair.public_key().as_der()?;
        Ok(der.as_ref().to_vec())
    }

    pub(super) fn raw_public_key(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// The seed, with which the private key ends (RFC 9881, section 6).
    pub(super) fn seed(&self) -> Result<[u8; 32], CryptoError> {
        let stored = self.to_stored()?;
        stored.last_chunk().copied().ok_or(CryptoError)
    }

    /// Signs a message by pure ML-DSA, with an empty context.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let mut signature = vec![0; self.pair.algorithm().signature_len()];
        let length = self.pair.sign(message, &mut signature)?;
        signature.truncate(length);
        Ok(signature)
    }

    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(self.verification, self.pair.public_key())
            .verify(message, signature)
            .is_ok()
    }
}
