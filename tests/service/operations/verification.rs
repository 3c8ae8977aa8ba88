//! Verification of signatures, with the public key and by the service.

use p256::ecdsa::Signature;
use scwkms::{Algorithm, ErrorKind, Result};
use serde_json::json;

use super::{Fixture, decode, encode};
use crate::call_paths::{CallPath, call};
use crate::support::check_error;
use crate::verify;

/// A key, its public key, a digest and its signature. The library has not made the signature.
struct Signed {
    key: String,
    spki: Vec<u8>,
    algorithm: Algorithm,
    digest: Vec<u8>,
    signature: Vec<u8>,
}

impl Signed {
    /// The client has loaded the key.
    fn new(fixture: &Fixture, algorithm: Algorithm) -> Self {
        let key = fixture.create(&format!("name={algorithm};algorithm={algorithm}"));
        let spki = match fixture.client.public_key(&key) {
            Ok(public) => public.spki,
            Err(_) => Vec::new(),
        };
        let len = algorithm.hash().expect("a hash").output_len();
        let digest: Vec<u8> = (0..len as u8).collect();
        let response = fixture.post(&key, "sign", json!({"digest": encode(&digest)}));
        fixture.emulator.reset_requests();
        Self {
            signature: decode(&response["signature"]),
            key,
            spki,
            algorithm,
            digest,
        }
    }

    /// The same key with a wrong digest, wrong signatures, and signatures of wrong lengths.
    fn wrong_pairs(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut digest = self.digest.clone();
        digest[0] ^= 1;
        let mut flipped = self.signature.clone();
        *flipped.last_mut().expect("a byte") ^= 1;
        let longer = [self.signature.as_slice(), &[0]].concat();
        let shorter = self.signature[1..].to_vec();
        let right = &self.digest;
        vec![
            (digest, self.signature.clone()),
            (right.clone(), flipped),
            (right.clone(), longer),
            (right.clone(), shorter),
        ]
    }
}

fn verify_on(
    path: CallPath,
    fixture: &Fixture,
    signed: &Signed,
    (digest, signature): (&[u8], &[u8]),
) -> Result<()> {
    let (key, algorithm) = (signed.key.as_str(), Some(signed.algorithm));
    let client = &fixture.client;
    call!(
        path,
        client,
        verify,
        start_verify(key, algorithm, digest, signature)
    )
}

fn verify_by_service_on(
    path: CallPath,
    fixture: &Fixture,
    signed: &Signed,
    (digest, signature): (&[u8], &[u8]),
) -> Result<()> {
    let (key, algorithm) = (signed.key.as_str(), Some(signed.algorithm));
    call!(
        path,
        fixture.client,
        verify_by_service,
        start_verify_by_service(key, algorithm, digest, signature)
    )
}

fn check_invalid(result: Result<()>, what: &str) {
    let error = result.expect_err(what);
    let parts = ["verify with key", "not a signature of the digest"];
    check_error(&error, ErrorKind::Integrity, &parts);
}

/// The other implementations check the signature, too.
#[test]
fn signatures_are_verified_with_the_public_key_without_a_request() {
    let fixture = Fixture::new();
    for algorithm in Algorithm::all().filter(|a| a.can_sign_digests()) {
        let signed = Signed::new(&fixture, algorithm);
        let (digest, signature) = (&signed.digest, &signed.signature);
        assert!(verify::is_valid(algorithm, &signed.spki, digest, signature));
        for path in CallPath::FORMS {
            verify_on(path, &fixture, &signed, (digest, signature))
                .unwrap_or_else(|e| panic!("{algorithm}, {path:?}: {e}"));
            for (digest, signature) in signed.wrong_pairs() {
                let result = verify_on(path, &fixture, &signed, (&digest, &signature));
                check_invalid(result, &format!("{algorithm}, {path:?}"));
            }
        }
        assert_eq!(fixture.emulator.requests(), 0, "{algorithm}");
    }
}

#[test]
fn the_service_verifies_signatures_with_a_request_each() {
    let fixture = Fixture::new();
    for algorithm in [
        Algorithm::EcP384Sha384,
        Algorithm::RsaPss2048Sha256,
        Algorithm::RsaPkcs1_2048Sha256,
    ] {
        let signed = Signed::new(&fixture, algorithm);
        let (digest, signature) = (&signed.digest, &signed.signature);
        for path in CallPath::FORMS {
            verify_by_service_on(path, &fixture, &signed, (digest, signature))
                .unwrap_or_else(|e| panic!("{algorithm}, {path:?}: {e}"));
            let (wrong, _) = &signed.wrong_pairs()[0];
            let result = verify_by_service_on(path, &fixture, &signed, (wrong, signature));
            check_invalid(result, &format!("{algorithm}, {path:?}"));
        }
        assert_eq!(fixture.emulator.requests(), 4, "{algorithm}");
        assert_eq!(fixture.count("Verify"), 4);
    }
}

/// [`scwkms::Client::sign`] returns ASN.1 DER, and only this encoding is accepted.
#[test]
fn a_fixed_width_ecdsa_signature_is_not_valid() {
    let fixture = Fixture::new();
    let signed = Signed::new(&fixture, Algorithm::EcP256Sha256);
    let signature = Signature::from_der(&signed.signature).expect("DER");
    let fixed_width = signature.to_bytes();
    assert_eq!(fixed_width.len(), 64);
    for path in CallPath::FORMS {
        let result = verify_on(path, &fixture, &signed, (&signed.digest, &fixed_width));
        check_invalid(result, "a fixed-width signature");
    }
    let empty = verify_on(CallPath::Blocking, &fixture, &signed, (&signed.digest, &[]));
    check_invalid(empty, "no signature");
}

/// The library has no implementation of secp256k1.
#[test]
fn signatures_on_secp256k1_are_verified_by_the_service_only() {
    let fixture = Fixture::new();
    let signed = Signed::new(&fixture, Algorithm::EcSecp256k1Sha256);
    let pair = (signed.digest.as_slice(), signed.signature.as_slice());
    for path in CallPath::FORMS {
        verify_by_service_on(path, &fixture, &signed, pair).expect("a valid signature");
        let wrong = ([9; 32].as_slice(), pair.1);
        check_invalid(
            verify_by_service_on(path, &fixture, &signed, wrong),
            "a wrong digest",
        );
        let error = verify_on(path, &fixture, &signed, pair).expect_err("secp256k1");
        let part = "verifying signatures of ec_secp256k1_sha256 is not supported";
        check_error(&error, ErrorKind::Unsupported, &[part]);
    }
    assert_eq!(fixture.count("Verify"), 4);
}

#[test]
fn a_verification_that_is_about_another_key_is_not_a_success() {
    let fixture = Fixture::new();
    let signed = Signed::new(&fixture, Algorithm::EcP256Sha256);
    fixture
        .emulator
        .permanent_fault("Verify", json!({"kind": "key_id"}));
    let pair = (signed.digest.as_slice(), signed.signature.as_slice());
    for path in CallPath::FORMS {
        let error = verify_by_service_on(path, &fixture, &signed, pair).expect_err("another key");
        check_error(&error, ErrorKind::Integrity, &["about another key"]);
    }
}
