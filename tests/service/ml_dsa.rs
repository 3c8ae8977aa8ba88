//! Verifies ML-DSA signatures with the crate `ml-dsa`, with which the library does not verify.

use ml_dsa::{
    EncodedVerifyingKey, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Signature, VerifyingKey,
};
use scwkms::Algorithm;

/// Whether the bytes are a signature of the message by pure ML-DSA with an empty context.
pub(crate) fn is_valid(
    algorithm: Algorithm,
    spki: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    match algorithm {
        Algorithm::MlDsa44 => verifies::<MlDsa44>(1312, spki, message, signature),
        Algorithm::MlDsa65 => verifies::<MlDsa65>(1952, spki, message, signature),
        Algorithm::MlDsa87 => verifies::<MlDsa87>(2592, spki, message, signature),
        other => panic!("{other} is not ML-DSA"),
    }
}

/// The header of a SubjectPublicKeyInfo of an ML-DSA key has 22 bytes (RFC 9881, section 4).
fn verifies<P: MlDsaParams>(len: usize, spki: &[u8], message: &[u8], signature: &[u8]) -> bool {
    assert_eq!(spki.len(), 22 + len);
    let key = EncodedVerifyingKey::<P>::try_from(&spki[22..]).expect("a public key");
    let key = VerifyingKey::<P>::decode(&key);
    Signature::<P>::try_from(signature)
        .is_ok_and(|signature| key.verify_with_context(message, &[], &signature))
}
