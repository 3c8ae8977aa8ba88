use serde_json::{Value, json};

use crate::support::{Answer, Emulator, Openssl, base64, bytes};

fn encrypt(emulator: &Emulator, id: &str, plaintext: &[u8], associated: Value) -> Answer {
    let body = json!({"plaintext": base64(plaintext), "associated_data": associated});
    emulator.post(&format!("/keys/{id}/encrypt"), body)
}

fn decrypt(emulator: &Emulator, id: &str, ciphertext: &[u8], associated: Value) -> Answer {
    let body = json!({"ciphertext": base64(ciphertext), "associated_data": associated});
    emulator.post(&format!("/keys/{id}/decrypt"), body)
}

#[test]
fn aes_decrypts_what_it_encrypted() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    for associated in [Value::Null, json!(base64(b"context"))] {
        let encrypted = encrypt(&emulator, &id, b"text", associated.clone()).ok();
        assert_eq!(encrypted["key_id"], id);
        let ciphertext = bytes(&encrypted["ciphertext"]);
        // Format, rotation, nonce and tag add 33 bytes, as in the service's ciphertexts.
        assert_eq!(ciphertext[..5], [1, 0, 0, 0, 1]);
        assert_eq!(ciphertext.len(), 33 + 4);
        assert_eq!(
            decrypt(&emulator, &id, &ciphertext, associated).ok(),
            json!({"key_id": id, "plaintext": base64(b"text"), "ciphertext": null})
        );
    }
}

#[test]
fn damaged_ciphertexts_are_refused() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    let other = emulator.create("aes_256_gcm");
    let sealed = bytes(&encrypt(&emulator, &id, b"text", json!("AAAA")).ok()["ciphertext"]);
    let refused = |id: &str, ciphertext: &[u8], associated: Value| {
        let answer = decrypt(&emulator, id, ciphertext, associated);
        answer.refuses(&[("ciphertext", "constraint")]);
        answer.json["details"][0]["help_message"].clone()
    };
    assert_eq!(
        refused(&id, &sealed, json!("AAAB")),
        "cipher: message authentication failed"
    );
    refused(&id, &sealed, Value::Null);
    refused(&other, &sealed, json!("AAAA"));
    for index in 0..sealed.len() {
        let mut damaged = sealed.clone();
        damaged[index] ^= 1;
        refused(&id, &damaged, json!("AAAA"));
    }
    for length in [1, 4, 5, 16, 20] {
        refused(&id, &sealed[..length], json!("AAAA"));
    }
}

#[test]
fn older_rotations_decrypt_and_come_back_renewed() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    let old = bytes(&encrypt(&emulator, &id, b"text", json!("AAAA")).ok()["ciphertext"]);
    let rotated = emulator.ok(&format!("/keys/{id}/rotate"), json!({}));
    assert_eq!(rotated["rotation_count"], 2);
    let decrypted = decrypt(&emulator, &id, &old, json!("AAAA")).ok();
    assert_eq!(bytes(&decrypted["plaintext"]), b"text");
    let renewed = bytes(&decrypted["ciphertext"]);
    assert_eq!(renewed[..5], [1, 0, 0, 0, 2]);
    let decrypted = decrypt(&emulator, &id, &renewed, json!("AAAA")).ok();
    assert_eq!(bytes(&decrypted["plaintext"]), b"text");
    assert!(decrypted["ciphertext"].is_null());
}

#[test]
fn payload_sizes_are_bounded() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    let largest = vec![1; 65_535];
    let sealed = bytes(&encrypt(&emulator, &id, &largest, Value::Null).ok()["ciphertext"]);
    let opened = decrypt(&emulator, &id, &sealed, Value::Null).ok();
    assert_eq!(bytes(&opened["plaintext"]), largest);
    for wrong in [vec![], vec![1; 65_536]] {
        encrypt(&emulator, &id, &wrong, Value::Null).refuses(&[("plaintext", "constraint")]);
    }
    for wrong in [vec![], vec![1; 131_072]] {
        decrypt(&emulator, &id, &wrong, Value::Null).refuses(&[("ciphertext", "constraint")]);
    }
}

#[test]
fn oaep_decrypts_what_openssl_encrypted() {
    let emulator = Emulator::start(&[]);
    for (bits, capacity) in [(2048, 190), (3072, 318), (4096, 446)] {
        let id = emulator.create(&format!("rsa_oaep_{bits}_sha256"));
        let openssl = Openssl::new();
        openssl.key(&emulator.pem(&id));
        let plaintext = vec![9; capacity];
        openssl.write("plaintext", &plaintext);
        openssl
            .run(
                "pkeyutl -encrypt -pubin -inkey key.pem -in plaintext -out ciphertext \
                 -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 \
                 -pkeyopt rsa_mgf1_md:sha256",
            )
            .expect("a ciphertext");
        let ciphertext = std::fs::read(openssl.path().join("ciphertext")).expect("a file");
        let expected = json!({"key_id": id, "plaintext": base64(&plaintext), "ciphertext": null});
        assert_eq!(
            decrypt(&emulator, &id, &ciphertext, Value::Null).ok(),
            expected
        );

        let own = bytes(&encrypt(&emulator, &id, &plaintext, Value::Null).ok()["ciphertext"]);
        assert_eq!(own.len(), bits / 8);
        assert_eq!(decrypt(&emulator, &id, &own, Value::Null).ok(), expected);
        encrypt(&emulator, &id, &vec![9; capacity + 1], Value::Null)
            .refuses(&[("plaintext", "constraint")]);
        let mut damaged = own.clone();
        damaged[bits / 16] ^= 1;
        for damaged in [&damaged[..], &own[1..], b"x"] {
            decrypt(&emulator, &id, damaged, Value::Null).refuses(&[("ciphertext", "constraint")]);
        }
        // Associated data is for symmetric keys only.
        encrypt(&emulator, &id, b"text", json!("AAAA"))
            .refuses(&[("associated_data", "constraint")]);
        decrypt(&emulator, &id, &own, json!("AAAA")).refuses(&[("associated_data", "constraint")]);
    }
}

#[test]
fn data_keys_decrypt_with_their_key() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    let path = format!("/keys/{id}/generate-data-key");
    let generated = emulator.ok(&path, json!({"algorithm": "aes_256_gcm"}));
    let names: Vec<_> = generated.as_object().expect("an object").keys().collect();
    assert_eq!(
        names,
        [
            "algorithm",
            "ciphertext",
            "created_at",
            "key_id",
            "plaintext"
        ]
    );
    let created_at = generated["created_at"].as_str().expect("a time");
    assert_eq!(created_at.len(), "2026-07-07T07:46:08.576401298Z".len());
    let plaintext = bytes(&generated["plaintext"]);
    assert_eq!(plaintext.len(), 32);
    let ciphertext = bytes(&generated["ciphertext"]);
    let decrypted = decrypt(&emulator, &id, &ciphertext, Value::Null).ok();
    assert_eq!(bytes(&decrypted["plaintext"]), plaintext);

    let hidden = json!({"algorithm": "aes_256_gcm", "without_plaintext": true});
    let generated = emulator.ok(&path, hidden);
    assert!(generated["plaintext"].is_null());
    let ciphertext = bytes(&generated["ciphertext"]);
    let decrypted = decrypt(&emulator, &id, &ciphertext, Value::Null).ok();
    assert_ne!(bytes(&decrypted["plaintext"]), plaintext);

    emulator
        .post(&path, json!({}))
        .refuses(&[("algorithm", "required")]);
    emulator
        .post(&path, json!({"algorithm": "unknown_symmetric_encryption"}))
        .refuses(&[("algorithm", "required")]);
    emulator
        .post(&path, json!({"algorithm": "des"}))
        .refuses(&[("algorithm", "constraint")]);
}

#[test]
fn only_encryption_keys_encrypt() {
    let emulator = Emulator::start(&[]);
    for algorithm in ["ec_p256_sha256", "ml_kem_768"] {
        let id = emulator.create(algorithm);
        let refusal = [("key_id", "constraint")];
        encrypt(&emulator, &id, b"x", Value::Null).refuses(&refusal);
        decrypt(&emulator, &id, b"x", Value::Null).refuses(&refusal);
        emulator
            .post(
                &format!("/keys/{id}/generate-data-key"),
                json!({"algorithm": "aes_256_gcm"}),
            )
            .refuses(&refusal);
    }
}
