use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ml_kem::kem::Encapsulate;
use ml_kem::pkcs8::DecodePublicKey;
use ml_kem::{EncapsulationKey, MlKem768, MlKem1024};
use serde_json::json;

use crate::support::{Emulator, base64, bytes, der};

#[test]
fn wrapped_keys_unwrap() {
    let emulator = Emulator::start(&[]);
    for algorithm in ["ml_kem_768", "ml_kem_1024"] {
        let id = emulator.create(algorithm);
        let (wrap, unwrap) = (format!("/keys/{id}/wrap"), format!("/keys/{id}/unwrap"));
        let largest = base64(&[3; 2048]);
        let wrapped = emulator.ok(
            &wrap,
            json!({"plaintext": largest, "associated_data": "AAAA"}),
        );
        assert_eq!(wrapped["key_id"], id);
        let ciphertext = &wrapped["ciphertext"];
        assert!(bytes(ciphertext).len() <= 4096);
        let body = json!({"ciphertext": ciphertext, "associated_data": "AAAA"});
        assert_eq!(
            emulator.ok(&unwrap, body),
            json!({"key_id": id, "plaintext": largest})
        );

        let refusal = [("ciphertext", "constraint")];
        let other = json!({"ciphertext": ciphertext, "associated_data": "AAAB"});
        emulator.post(&unwrap, other).refuses(&refusal);
        let mut damaged = bytes(ciphertext);
        damaged[9] ^= 1;
        let body = json!({"ciphertext": base64(&damaged), "associated_data": "AAAA"});
        emulator.post(&unwrap, body).refuses(&refusal);
        emulator
            .post(&unwrap, json!({"ciphertext": "AAAA"}))
            .refuses(&refusal);
        let large = base64(&[3; 4097]);
        emulator
            .post(&unwrap, json!({"ciphertext": large}))
            .refuses(&refusal);
        let large = base64(&[3; 2049]);
        emulator
            .post(&wrap, json!({"plaintext": large}))
            .refuses(&[("plaintext", "constraint")]);
    }
}

/// Wraps with nothing of the emulator's but its public key, in the layout that it documents.
macro_rules! wrapped_elsewhere {
    ($emulator:expr, $algorithm:expr, $set:ty) => {{
        let id = $emulator.create($algorithm);
        let pem = $emulator.pem(&id);
        assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----\n"));
        let key = EncapsulationKey::<$set>::from_public_key_der(&der(&pem)).expect("a public key");
        let (encapsulated, secret) = key.encapsulate();
        let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &secret).expect("a key"));
        let nonce = [7; 12];
        let mut sealed = b"a data key".to_vec();
        cipher
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(b"context"),
                &mut sealed,
            )
            .expect("a ciphertext");
        let ciphertext = [&[1][..], &encapsulated, &nonce, &sealed].concat();
        let unwrapped = $emulator.ok(
            &format!("/keys/{id}/unwrap"),
            json!({"ciphertext": base64(&ciphertext), "associated_data": base64(b"context")}),
        );
        assert_eq!(bytes(&unwrapped["plaintext"]), b"a data key");
    }};
}

#[test]
fn another_implementation_encapsulates_to_the_public_key() {
    let emulator = Emulator::start(&[]);
    wrapped_elsewhere!(emulator, "ml_kem_768", MlKem768);
    wrapped_elsewhere!(emulator, "ml_kem_1024", MlKem1024);
}

#[test]
fn only_encapsulation_keys_wrap() {
    let emulator = Emulator::start(&[]);
    for algorithm in ["aes_256_gcm", "ec_p256_sha256"] {
        let id = emulator.create(algorithm);
        emulator
            .post(&format!("/keys/{id}/wrap"), json!({"plaintext": "AAAA"}))
            .refuses(&[("key_id", "constraint")]);
        emulator
            .post(&format!("/keys/{id}/unwrap"), json!({"ciphertext": "AAAA"}))
            .refuses(&[("key_id", "constraint")]);
    }
}
