//! Data keys.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use scwkms::DataKey;
use serde_json::json;

use super::{Fixture, decode, encode};
use crate::call_paths::{CallPath, call};
use crate::temp_dir::TempDir;

const NONCE: [u8; 12] = [3; 12];

fn generate(path: CallPath, fixture: &Fixture, key: &str, with_plaintext: bool) -> DataKey {
    let client = &fixture.client;
    call!(
        path,
        client,
        generate_data_key,
        start_generate_data_key(key, with_plaintext)
    )
    .expect("a data key")
}

/// Encrypts with AES-256-GCM, and returns the ciphertext without the tag.
fn encrypt(key: &[u8], message: &[u8]) -> Vec<u8> {
    let key = UnboundKey::new(&AES_256_GCM, key).expect("a key of 32 bytes");
    let nonce = Nonce::assume_unique_for_key(NONCE);
    let mut bytes = message.to_vec();
    let _tag = LessSafeKey::new(key)
        .seal_in_place_separate_tag(nonce, Aad::empty(), &mut bytes)
        .expect("a ciphertext");
    bytes
}

/// GCM encrypts in counter mode. The first counter of the message is the nonce, followed by 2 (NIST
/// SP 800-38D, section 7.1).
fn decrypt_with_openssl(key: &[u8], ciphertext: &[u8]) -> Vec<u8> {
    let dir = TempDir::new();
    dir.write("ciphertext", ciphertext);
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|b| format!("{b:02x}")).collect() };
    dir.openssl(&format!(
        "enc -d -aes-256-ctr -in ciphertext -K {} -iv {}00000002",
        hex(key),
        hex(&NONCE)
    ))
}

/// The data key that the service decrypts opens a ciphertext that was made with the plaintext.
#[test]
fn a_data_key_encrypts_and_its_decrypted_ciphertext_decrypts() {
    let fixture = Fixture::new();
    let key = fixture.create_symmetric();
    for path in CallPath::FORMS {
        let data_key = generate(path, &fixture, &key, true);
        let plaintext = data_key.plaintext.as_ref().expect("a plaintext");
        let ciphertext = encrypt(plaintext, b"a message");

        let body = json!({"ciphertext": encode(&data_key.ciphertext)});
        let decrypted = decode(&fixture.post(&key, "decrypt", body)["plaintext"]);
        assert_eq!(decrypt_with_openssl(&decrypted, &ciphertext), b"a message");
        let by_client = fixture.client.decrypt(&key, &data_key.ciphertext);
        assert_eq!(*by_client.expect("a data key"), decrypted);

        let other = generate(path, &fixture, &key, true);
        assert_ne!(other.plaintext, data_key.plaintext);
    }
}

#[test]
fn a_data_key_without_plaintext() {
    let fixture = Fixture::new();
    let key = fixture.create_symmetric();
    for path in CallPath::FORMS {
        let data_key = generate(path, &fixture, &key, false);
        assert!(data_key.plaintext.is_none());
        let decrypted = fixture.client.decrypt(&key, &data_key.ciphertext);
        assert_eq!(decrypted.expect("a data key").len(), 32);
    }
}
