//! ML-DSA (FIPS 204): the external mu, and HashML-DSA.
//!
//! `aws-lc-rs` verifies signatures of messages, and only these. It has neither SHAKE256 nor a verification by mu. The crate `ml-dsa`
//! therefore recognises a HashML-DSA signature, for a precise error. No signature is returned because of its result.

use aws_lc_rs::digest::{self, SHA256, SHA384, SHA512};
use ml_dsa::{EncodedVerifyingKey, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Signature};
use shake::{ExtendableOutput, Shake256, Update, XofReader};

/// The length of mu, and of the hash of a public key that it begins with.
pub(crate) const MU_LEN: usize = 64;

/// The first bytes of the signed message: pure ML-DSA or HashML-DSA, with an empty context (FIPS 204, algorithms 2 and 4).
const PURE: [u8; 2] = [0, 0];
const PRE_HASHED: [u8; 2] = [1, 0];

/// 2.16.840.1.101.3.4.2.N, the arc of hash functions, in DER without the last byte N (FIPS 204, section 5.4).
const HASH_ARC: [u8; 10] = [0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];

/// The numbers N of the hash functions whose digests have the length of mu: SHA-512, SHA3-512 and SHAKE256.
const HASHES_OF_MU_LEN: [u8; 3] = [3, 10, 12];

/// The raw public key's length, by the number of the parameter set (FIPS 204, table 2).
pub(crate) fn public_key_len(parameter_set: u32) -> Option<usize> {
    match parameter_set {
        44 => Some(1312),
        65 => Some(1952),
        87 => Some(2592),
        _ => None,
    }
}

/// The external mu of pure ML-DSA with an empty context (FIPS 204, algorithm 7, line 6).
pub(crate) fn mu(public_key: &[u8], message: &[u8]) -> [u8; MU_LEN] {
    representative(public_key, &[&PURE, message])
}

/// mu of a message of several parts that begins with its domain.
fn representative(public_key: &[u8], parts: &[&[u8]]) -> [u8; MU_LEN] {
    let tr = shake256(&[public_key]);
    shake256(&[&[&tr[..]], parts].concat())
}

fn shake256(parts: &[&[u8]]) -> [u8; MU_LEN] {
    let mut hash = Shake256::default();
    parts.iter().for_each(|part| hash.update(part));
    let mut output = [0; MU_LEN];
    hash.finalize_xof().read(&mut output);
    output
}

/// Whether the bytes are a HashML-DSA signature of 64 bytes: as the digest, or as the message that the signer hashed.
pub(crate) fn is_pre_hashed(
    parameter_set: u32,
    public_key: &[u8],
    bytes: &[u8; MU_LEN],
    signature: &[u8],
) -> bool {
    let mus = pre_hashed_mus(public_key, bytes);
    match parameter_set {
        44 => verifies::<MlDsa44>(public_key, &mus, signature),
        65 => verifies::<MlDsa65>(public_key, &mus, signature),
        87 => verifies::<MlDsa87>(public_key, &mus, signature),
        _ => false,
    }
}

fn pre_hashed_mus(public_key: &[u8], bytes: &[u8]) -> Vec<[u8; MU_LEN]> {
    let mu = |number: u8, digest: &[u8]| {
        representative(public_key, &[&PRE_HASHED, &HASH_ARC, &[number], digest])
    };
    let hashed = [(1, &SHA256), (2, &SHA384), (3, &SHA512)]
        .map(|(number, hash)| mu(number, digest::digest(hash, bytes).as_ref()));
    HASHES_OF_MU_LEN
        .iter()
        .map(|number| mu(*number, bytes))
        .chain(hashed)
        .collect()
}

fn verifies<P: MlDsaParams>(public_key: &[u8], mus: &[[u8; MU_LEN]], signature: &[u8]) -> bool {
    let Ok(public_key) = EncodedVerifyingKey::<P>::try_from(public_key) else {
        return false;
    };
    let Ok(signature) = Signature::<P>::try_from(signature) else {
        return false;
    };
    let key = ml_dsa::VerifyingKey::<P>::decode(&public_key);
    mus.iter()
        .any(|mu| key.verify_mu(&(*mu).into(), &signature))
}
