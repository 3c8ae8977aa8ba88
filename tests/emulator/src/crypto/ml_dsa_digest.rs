//! What the emulator signs when it receives a `digest` for an ML-DSA key. The service does not document this.

use ml_dsa::{
    EncodedVerifyingKey, KeyInit, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Signature, SigningKey,
    VerifyingKey,
};

use super::{CryptoError, MlDsa, random};
use crate::algorithm::MlDsaSet;

/// The meaning of `digest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MlDsaDigest {
    /// The message of pure ML-DSA.
    Message,
    /// The external mu of a message (FIPS 204, algorithm 7).
    Mu,
    /// The digest of HashML-DSA, by SHA-256, SHA-384 or SHA-512.
    PreHash,
    /// The message of HashML-DSA with SHA-512.
    PreHashMessage,
    /// A SHA-256 digest, which is signed as the message of pure ML-DSA.
    Sha256,
    /// A SHA-512 digest, which is signed as the message of pure ML-DSA.
    Sha512,
}

impl MlDsaDigest {
    pub const ALL: [(&str, MlDsaDigest); 6] = [
        ("message", MlDsaDigest::Message),
        ("mu", MlDsaDigest::Mu),
        ("prehash", MlDsaDigest::PreHash),
        ("prehash-message", MlDsaDigest::PreHashMessage),
        ("sha256", MlDsaDigest::Sha256),
        ("sha512", MlDsaDigest::Sha512),
    ];

    /// The lengths that are accepted. Empty if every length is.
    pub fn lengths(self) -> &'static [usize] {
        match self {
            MlDsaDigest::Message | MlDsaDigest::PreHashMessage => &[],
            MlDsaDigest::Mu | MlDsaDigest::Sha512 => &[64],
            MlDsaDigest::PreHash => &[32, 48, 64],
            MlDsaDigest::Sha256 => &[32],
        }
    }

    pub fn sign(self, key: &MlDsa, digest: &[u8]) -> Result<Vec<u8>, CryptoError> {
        match self.input(digest)? {
            Input::Message => key.sign(digest),
            input => match key.set {
                MlDsaSet::MlDsa44 => sign::<MlDsa44>(key, &input),
                MlDsaSet::MlDsa65 => sign::<MlDsa65>(key, &input),
                MlDsaSet::MlDsa87 => sign::<MlDsa87>(key, &input),
            },
        }
    }

    pub fn verify(self, key: &MlDsa, digest: &[u8], signature: &[u8]) -> bool {
        let Ok(input) = self.input(digest) else {
            return false;
        };
        match (&input, key.set) {
            (Input::Message, _) => key.verify(digest, signature),
            (_, MlDsaSet::MlDsa44) => verify::<MlDsa44>(key, &input, signature),
            (_, MlDsaSet::MlDsa65) => verify::<MlDsa65>(key, &input, signature),
            (_, MlDsaSet::MlDsa87) => verify::<MlDsa87>(key, &input, signature),
        }
    }

    fn input(self, digest: &[u8]) -> Result<Input, CryptoError> {
        Ok(match self {
            MlDsaDigest::Message | MlDsaDigest::Sha256 | MlDsaDigest::Sha512 => Input::Message,
            MlDsaDigest::Mu => Input::Mu(digest.try_into().map_err(|_| CryptoError)?),
            MlDsaDigest::PreHash => Input::PreHashed(pre_hashed(digest)?),
            MlDsaDigest::PreHashMessage => {
                let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA512, digest);
                Input::PreHashed(pre_hashed(hash.as_ref())?)
            }
        })
    }
}

/// What ML-DSA signs.
enum Input {
    /// The digest of the request, by pure ML-DSA.
    Message,
    Mu([u8; 64]),
    /// M' of HashML-DSA (FIPS 204, algorithm 4, line 23).
    PreHashed(Vec<u8>),
}

/// M' of HashML-DSA with an empty context: the digest after the DER encoding of its algorithm's identifier.
fn pre_hashed(digest: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let hash = match digest.len() {
        32 => 1,
        48 => 2,
        64 => 3,
        _ => return Err(CryptoError),
    };
    let prefix = [
        1, 0, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, hash,
    ];
    Ok([&prefix, digest].concat())
}

fn sign<P: MlDsaParams>(key: &MlDsa, input: &Input) -> Result<Vec<u8>, CryptoError> {
    let seed = key.seed()?;
    let key = SigningKey::<P>::from_seed(&seed.into());
    let key = key.expanded_key();
    let signature = match input {
        Input::PreHashed(message) => key.sign_internal(&[message], &random()?.into()),
        Input::Mu(mu) => key.sign_mu_deterministic(&(*mu).into()),
        Input::Message => return Err(CryptoError),
    };
    Ok(signature.encode().to_vec())
}

fn verify<P: MlDsaParams>(key: &MlDsa, input: &Input, signature: &[u8]) -> bool {
    let (Ok(public), Ok(signature)) = (
        EncodedVerifyingKey::<P>::try_from(key.raw_public_key()),
        Signature::<P>::try_from(signature),
    ) else {
        return false;
    };
    let key = VerifyingKey::<P>::new(&public);
    match input {
        Input::PreHashed(message) => key.verify_internal(message, &signature),
        Input::Mu(mu) => key.verify_mu(&(*mu).into(), &signature),
        Input::Message => false,
    }
}
