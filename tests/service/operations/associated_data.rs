//! Symmetric encryption with associated data, and the new ciphertext after a rotation.

use scwkms::{Decrypted, ErrorKind, Result};
use serde_json::json;

use super::{Fixture, decode, encode};
use crate::call_paths::{CallPath, call};
use crate::support::check_error;

const PLAINTEXT: &[u8] = b"the plaintext";
const ASSOCIATED: &[u8] = b"the associated data";

impl Fixture {
    fn encrypt(&self, path: CallPath, key: &str, associated: &[u8]) -> Vec<u8> {
        let result = call!(
            path,
            self.client,
            encrypt_with_associated_data,
            start_encrypt_with_associated_data(key, PLAINTEXT, associated)
        );
        result.expect("a ciphertext")
    }

    fn decrypt(
        &self,
        path: CallPath,
        key: &str,
        ciphertext: &[u8],
        associated: &[u8],
    ) -> Result<Decrypted> {
        call!(
            path,
            self.client,
            decrypt_with_associated_data,
            start_decrypt_with_associated_data(key, ciphertext, associated)
        )
    }
}

/// The service decrypts requests of the test, and encrypts for the client.
#[test]
fn associated_data_is_authenticated() {
    let fixture = Fixture::new();
    let key = fixture.create_symmetric();
    let associated = encode(ASSOCIATED);
    for path in CallPath::FORMS {
        let ciphertext = fixture.encrypt(path, &key, ASSOCIATED);
        let body = json!({"ciphertext": encode(&ciphertext), "associated_data": associated});
        let response = fixture.post(&key, "decrypt", body);
        assert_eq!(decode(&response["plaintext"]), PLAINTEXT);

        let body = json!({"plaintext": encode(PLAINTEXT), "associated_data": associated});
        let ciphertext = decode(&fixture.post(&key, "encrypt", body)["ciphertext"]);
        let decrypted = fixture.decrypt(path, &key, &ciphertext, ASSOCIATED);
        let decrypted = decrypted.expect("a plaintext");
        assert_eq!(*decrypted.plaintext, PLAINTEXT);
        assert_eq!(decrypted.reencrypted, None);
        for wrong in [&b"other data"[..], b""] {
            let error = fixture.decrypt(path, &key, &ciphertext, wrong);
            let error = error.err().expect("wrong associated data");
            check_error(&error, ErrorKind::InvalidArgument, &["decrypt with key"]);
        }
        fixture
            .client
            .decrypt(&key, &ciphertext)
            .expect_err("no associated data");
    }
}

#[test]
fn empty_associated_data_is_the_same_as_none() {
    let fixture = Fixture::new();
    let key = fixture.create_symmetric();
    for path in CallPath::FORMS {
        let ciphertext = fixture.encrypt(path, &key, b"");
        let plaintext = fixture.client.decrypt(&key, &ciphertext);
        assert_eq!(*plaintext.expect("a plaintext"), PLAINTEXT);
        let ciphertext = fixture
            .client
            .encrypt(&key, PLAINTEXT)
            .expect("a ciphertext");
        let decrypted = fixture.decrypt(path, &key, &ciphertext, b"");
        assert_eq!(*decrypted.expect("a plaintext").plaintext, PLAINTEXT);
    }
}

#[test]
fn an_rsa_key_encrypts_without_associated_data() {
    let fixture = Fixture::new();
    let key = fixture.create("name=rsa;algorithm=rsa_oaep_2048_sha256");
    for path in CallPath::FORMS {
        let ciphertext = fixture.encrypt(path, &key, b"");
        assert_eq!(ciphertext.len(), 256);
        let decrypted = fixture.decrypt(path, &key, &ciphertext, b"");
        let decrypted = decrypted.expect("a plaintext");
        assert_eq!(*decrypted.plaintext, PLAINTEXT);
        assert_eq!(decrypted.reencrypted, None);
    }
}

#[test]
fn a_ciphertext_of_older_key_material_is_encrypted_again() {
    let fixture = Fixture::new();
    let key = fixture.create_symmetric();
    for path in CallPath::FORMS {
        let old = fixture.encrypt(path, &key, ASSOCIATED);
        fixture.post(&key, "rotate", json!({}));
        let decrypted = fixture.decrypt(path, &key, &old, ASSOCIATED);
        let decrypted = decrypted.expect("a plaintext");
        assert_eq!(*decrypted.plaintext, PLAINTEXT);
        let new = decrypted.reencrypted.expect("a new ciphertext");
        // The second to fifth byte are the number of the key material.
        assert!(new[1..5] > old[1..5], "{old:02x?} {new:02x?}");
        let decrypted = fixture.decrypt(path, &key, &new, ASSOCIATED);
        let decrypted = decrypted.expect("a plaintext");
        assert_eq!(*decrypted.plaintext, PLAINTEXT);
        assert_eq!(decrypted.reencrypted, None);
        // The simple form returns the plaintext only.
        let plain = fixture.encrypt(path, &key, b"");
        fixture.post(&key, "rotate", json!({}));
        let plaintext = fixture.client.decrypt(&key, &plain);
        assert_eq!(*plaintext.expect("a plaintext"), PLAINTEXT);
    }
}
