use serde_json::{Value, json};

use crate::support::{Answer, Emulator, Openssl, base64, bytes};

fn external(emulator: &Emulator) -> String {
    let body = emulator.new_key("aes_256_gcm", json!({"origin": "external"}));
    let key = emulator.ok("/keys", body);
    assert_eq!(key["state"], "pending_key_material");
    assert_eq!(key["rotation_count"], 0);
    assert!(key["rotated_at"].is_null());
    key["id"].as_str().expect("an id").to_owned()
}

fn import(emulator: &Emulator, id: &str, salt: Value) -> Answer {
    let body = json!({"key_material": base64(&[8; 32]), "salt": salt});
    emulator.post(&format!("/keys/{id}/import-key-material"), body)
}

fn drop_material(emulator: &Emulator, id: &str, index: Value) -> Answer {
    let body = json!({"key_rotation_index": index});
    emulator.post(&format!("/keys/{id}/delete-key-material"), body)
}

fn encrypt(emulator: &Emulator, id: &str) -> Answer {
    emulator.post(&format!("/keys/{id}/encrypt"), json!({"plaintext": "AAAA"}))
}

fn decrypt(emulator: &Emulator, id: &str, ciphertext: &Value) -> Answer {
    emulator.post(
        &format!("/keys/{id}/decrypt"),
        json!({"ciphertext": ciphertext}),
    )
}

#[test]
fn imported_material_comes_and_goes() {
    let emulator = Emulator::start(&[]);
    let id = external(&emulator);
    encrypt(&emulator, &id).misses_precondition("attribute_must_be_set");
    for action in ["enable", "disable", "rotate"] {
        emulator
            .post(&format!("/keys/{id}/{action}"), json!({}))
            .misses_precondition("attribute_must_be_set");
    }
    drop_material(&emulator, &id, Value::Null).misses_precondition("attribute_must_be_set");
    let key = import(&emulator, &id, Value::Null).ok();
    assert_eq!(
        (&key["state"], &key["rotation_count"]),
        (&json!("enabled"), &json!(1))
    );
    let rotated_at = key["rotated_at"].clone();
    let first = encrypt(&emulator, &id).ok()["ciphertext"].clone();
    emulator
        .post(&format!("/keys/{id}/rotate"), json!({}))
        .misses_precondition("attribute_must_be_set");

    // A second import is a rotation.
    assert_eq!(
        import(&emulator, &id, Value::Null).ok()["rotation_count"],
        2
    );
    let renewed = decrypt(&emulator, &id, &first).ok()["ciphertext"].clone();
    assert_eq!(bytes(&renewed)[4], 2);
    assert_eq!(drop_material(&emulator, &id, json!(1)).status, 204);
    decrypt(&emulator, &id, &first).refuses(&[("ciphertext", "constraint")]);
    decrypt(&emulator, &id, &renewed).ok();
    drop_material(&emulator, &id, json!(1)).refuses(&[("key_rotation_index", "constraint")]);
    let answer = drop_material(&emulator, &id, Value::Null);
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    let key = emulator.key(&id);
    assert_eq!(key["state"], "pending_key_material");
    assert_eq!(key["rotation_count"], 0);
    assert!(key["rotated_at"].as_str() > rotated_at.as_str());
    let path = format!("/keys/{id}/rotations?status=deleted");
    let rotations = emulator.send("GET", &path, None).ok();
    assert_eq!(rotations["total_count"], 2);
    assert!(rotations["rotations"][0]["deleted_at"].is_string());
}

#[test]
fn the_same_material_and_salt_give_the_same_key() {
    let emulator = Emulator::start(&[]);
    let (one, two, three) = (
        external(&emulator),
        external(&emulator),
        external(&emulator),
    );
    for (id, salt) in [
        (&one, json!("c2FsdA==")),
        (&two, json!("c2FsdA==")),
        (&three, Value::Null),
    ] {
        import(&emulator, id, salt).ok();
    }
    let ciphertext = &encrypt(&emulator, &one).ok()["ciphertext"];
    assert_eq!(
        decrypt(&emulator, &two, ciphertext).ok()["plaintext"],
        "AAAA"
    );
    decrypt(&emulator, &three, ciphertext).refuses(&[("ciphertext", "constraint")]);
}

#[test]
fn only_external_keys_take_material() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    let refusal = [("key_id", "constraint")];
    import(&emulator, &id, Value::Null).refuses(&refusal);
    drop_material(&emulator, &id, Value::Null).refuses(&refusal);
    emulator
        .post(
            &format!("/keys/{id}/import-parameters"),
            json!({"wrapping_algorithm": "rsa_oaep_2048_sha256"}),
        )
        .refuses(&refusal);
    // Bytes derive symmetric keys only.
    let body = emulator.new_key("ec_p256_sha256", json!({"origin": "external"}));
    emulator
        .post("/keys", body)
        .refuses(&[("origin", "constraint")]);
}

#[test]
fn import_parameters_hold_an_rsa_key() {
    let emulator = Emulator::start(&[]);
    let id = external(&emulator);
    let path = format!("/keys/{id}/import-parameters");
    for scheme in ["rsa_oaep", "rsa_aes_key_wrap"] {
        for bits in [2048, 3072, 4096] {
            let algorithm = format!("{scheme}_{bits}_sha256");
            let parameters = emulator.ok(&path, json!({"wrapping_algorithm": algorithm}));
            assert_eq!(parameters["key_id"], id);
            assert!(!bytes(&parameters["import_token"]).is_empty());
            let openssl = Openssl::new();
            openssl.write("key.der", &bytes(&parameters["public_key"]));
            let text = openssl
                .run("rsa -pubin -inform DER -in key.der -noout -text")
                .expect("an RSA key");
            let text = String::from_utf8_lossy(&text).into_owned();
            assert!(text.contains(&format!("({bits} bit)")), "{text}");
        }
    }
    emulator
        .post(
            &path,
            json!({"wrapping_algorithm": "unknown_wrapping_algorithm"}),
        )
        .refuses(&[("wrapping_algorithm", "required")]);
    emulator
        .post(&path, json!({"wrapping_algorithm": "rsa_pkcs1"}))
        .refuses(&[("wrapping_algorithm", "constraint")]);
}
