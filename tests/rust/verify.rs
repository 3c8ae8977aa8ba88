//! Verifies signatures with two independent implementations: aws-lc, which the library itself uses,
//! and RustCrypto's `rsa`, `p256` and `p384`.

use aws_lc_rs::digest::{Digest, SHA256, SHA384};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, RsaParameters, RsaPssSaltLength, VerificationAlgorithm,
};
use p256::pkcs8::DecodePublicKey;
use rsa::sha2::Sha256;
use rsa::signature::hazmat::PrehashVerifier;
use rsa::traits::PublicKeyParts;

use crate::{Algorithm, Scheme};

static RSA_PSS_MAX_SALT: RsaParameters =
    RSA_PSS_2048_8192_SHA256.with_pss_salt_length(RsaPssSaltLength::Max);

const SHA256_LEN: usize = 32;

/// Whether the signature of the digest is valid. ECDSA signatures are in DER. The salt of PSS is as
/// long as the hash, or as long as possible. Panics if the implementations disagree.
pub(crate) fn is_valid(algorithm: Algorithm, spki: &[u8], digest: &[u8], signature: &[u8]) -> bool {
    let aws_lc = is_valid_for_aws_lc(algorithm, spki, digest, signature);
    let rust_crypto = is_valid_for_rust_crypto(algorithm, spki, digest, signature);
    assert_eq!(
        aws_lc, rust_crypto,
        "aws-lc and RustCrypto disagree about a signature: {algorithm}, key {spki:02x?}, \
         digest {digest:02x?}, signature {signature:02x?}"
    );
    aws_lc
}

fn is_valid_for_aws_lc(algorithm: Algorithm, spki: &[u8], digest: &[u8], signature: &[u8]) -> bool {
    let (verifiers, hash): (&[&'static dyn VerificationAlgorithm], _) = match algorithm.scheme() {
        Scheme::Ecdsa if algorithm.bits() == 384 => (&[&ECDSA_P384_SHA384_ASN1], &SHA384),
        Scheme::Ecdsa => (&[&ECDSA_P256_SHA256_ASN1], &SHA256),
        Scheme::RsaPkcs1 => (&[&RSA_PKCS1_2048_8192_SHA256], &SHA256),
        Scheme::RsaPss => (&[&RSA_PSS_2048_8192_SHA256, &RSA_PSS_MAX_SALT], &SHA256),
        scheme => panic!("{algorithm} ({scheme:?}) is not verified here"),
    };
    let digest = Digest::import_less_safe(digest, hash).expect("a digest");
    verifiers.iter().any(|verifier| {
        let key = ParsedPublicKey::new(*verifier, spki).expect("a public key");
        key.verify_digest_sig(&digest, signature).is_ok()
    })
}

fn is_valid_for_rust_crypto(
    algorithm: Algorithm,
    spki: &[u8],
    digest: &[u8],
    signature: &[u8],
) -> bool {
    match algorithm.scheme() {
        Scheme::Ecdsa if algorithm.bits() == 384 => {
            use p384::ecdsa::{DerSignature, VerifyingKey};
            let key = VerifyingKey::from_public_key_der(spki).expect("a P-384 key");
            let signature = DerSignature::from_bytes(signature);
            signature.is_ok_and(|signature| key.verify_prehash(digest, &signature).is_ok())
        }
        Scheme::Ecdsa => {
            use p256::ecdsa::{DerSignature, VerifyingKey};
            let key = VerifyingKey::from_public_key_der(spki).expect("a P-256 key");
            let signature = DerSignature::from_bytes(signature);
            signature.is_ok_and(|signature| key.verify_prehash(digest, &signature).is_ok())
        }
        scheme => {
            let key = rsa::PublicKey::from_public_key_der(spki).expect("an RSA key");
            is_valid_rsa(scheme, key, digest, signature)
        }
    }
}

fn is_valid_rsa(scheme: Scheme, key: rsa::PublicKey, digest: &[u8], signature: &[u8]) -> bool {
    if scheme == Scheme::RsaPkcs1 {
        use rsa::pkcs1v15::{Signature, VerifyingKey};
        let signature = Signature::try_from(signature);
        let key = VerifyingKey::<Sha256>::new(key);
        return signature.is_ok_and(|signature| key.verify_prehash(digest, &signature).is_ok());
    }
    use rsa::pss::{Signature, VerifyingKey};
    let Ok(signature) = Signature::try_from(signature) else {
        return false;
    };
    // The encoded message has two more bytes than the hash and the longest salt.
    let longest = key.size() - SHA256_LEN - 2;
    [SHA256_LEN, longest].into_iter().any(|salt_len| {
        let key = VerifyingKey::<Sha256>::new_with_salt_len(key.clone(), salt_len);
        key.verify_prehash(digest, &signature).is_ok()
    })
}
