use serde_json::{Value, json};

use crate::support::{Answer, Emulator};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

#[test]
fn unknown_fields_and_parameters_are_refused() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    emulator
        .post(
            "/keys",
            emulator.new_key("aes_256_gcm", json!({"nmae": "x"})),
        )
        .refuses(&[("nmae", "unknown")]);
    let usage = json!({"usage": {"symmetric_encryption": "aes_256_gcm", "singing": "x"}});
    emulator
        .post("/keys", emulator.new_key("aes_256_gcm", usage))
        .refuses(&[("usage.singing", "unknown")]);
    for action in [
        "sign",
        "verify",
        "encrypt",
        "decrypt",
        "wrap",
        "unwrap",
        "rotate",
        "enable",
        "disable",
        "protect",
        "unprotect",
        "restore",
        "generate-data-key",
        "import-key-material",
        "delete-key-material",
        "import-parameters",
    ] {
        let path = format!("/keys/{id}/{action}");
        let answer = emulator.post(&path, json!({"extra": 1}));
        let details = answer.json["details"].as_array().expect("details");
        let extra = details
            .iter()
            .find(|detail| detail["argument_name"] == "extra");
        assert_eq!(extra.expect("a complaint")["reason"], "unknown", "{action}");
        let answer = emulator.post(&format!("{path}?page=1"), json!({}));
        assert_eq!(answer.status, 400, "{action}: {}", answer.text);
    }
    emulator
        .send("GET", &format!("/keys/{id}?verbose=1"), None)
        .refuses(&[("verbose", "unknown")]);
    assert_eq!(emulator.key(&id)["state"], "enabled");
}

#[test]
fn a_key_id_in_the_body_must_be_the_paths() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    let path = format!("/keys/{id}/rotate");
    emulator.ok(&path, json!({"key_id": id}));
    emulator
        .post(&path, json!({"key_id": NOBODY}))
        .refuses(&[("key_id", "constraint")]);
}

#[test]
fn fields_are_checked_all_at_once() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    emulator
        .post(
            &format!("/keys/{id}/verify"),
            json!({"digest": 1, "extra": 2}),
        )
        .refuses(&[
            ("digest", "format"),
            ("signature", "required"),
            ("extra", "unknown"),
        ]);
    emulator
        .post(&format!("/keys/{id}/sign"), json!({"digest": null}))
        .refuses(&[("digest", "required")]);
    for digest in [json!("not base64!"), json!("QUI"), json!({}), json!([1])] {
        emulator
            .post(&format!("/keys/{id}/sign"), json!({"digest": digest}))
            .refuses(&[("digest", "format")]);
    }
}

#[test]
fn new_keys_are_checked() {
    let emulator = Emulator::start(&[]);
    let refuse = |more: Value, expected: &[(&str, &str)]| {
        emulator
            .post("/keys", emulator.new_key("aes_256_gcm", more))
            .refuses(expected);
    };
    refuse(json!({"project_id": null}), &[("project_id", "required")]);
    refuse(json!({"project_id": ""}), &[("project_id", "required")]);
    refuse(json!({"project_id": "x"}), &[("project_id", "format")]);
    refuse(json!({"name": 1}), &[("name", "format")]);
    refuse(json!({"name": ""}), &[("name", "constraint")]);
    refuse(json!({"name": "x".repeat(256)}), &[("name", "constraint")]);
    refuse(json!({"name": "a\nb"}), &[("name", "constraint")]);
    refuse(
        json!({"description": "x".repeat(1001)}),
        &[("description", "constraint")],
    );
    refuse(json!({"tags": "x"}), &[("tags", "format")]);
    refuse(json!({"tags": [""]}), &[("tags", "constraint")]);
    refuse(json!({"unprotected": "yes"}), &[("unprotected", "format")]);
    refuse(json!({"origin": "found"}), &[("origin", "constraint")]);
    refuse(
        json!({"protection_level": "paper"}),
        &[("protection_level", "constraint")],
    );
    refuse(json!({"usage": null}), &[("usage", "required")]);
    refuse(json!({"usage": {}}), &[("usage", "required")]);
    refuse(json!({"usage": "aes_256_gcm"}), &[("usage", "format")]);
    let unset = json!({"symmetric_encryption": "unknown_symmetric_encryption"});
    refuse(json!({"usage": unset}), &[("usage", "required")]);
    refuse(
        json!({"usage": {"symmetric_encryption": "ec_p256_sha256"}}),
        &[("usage.symmetric_encryption", "constraint")],
    );
    refuse(
        json!({"usage": {"symmetric_encryption": "aes_256_gcm", "key_encapsulation": "ml_kem_768"}}),
        &[("usage", "constraint")],
    );
    let period = |period: &str, next: Value| json!({"rotation_policy": {"rotation_period": period, "next_rotation_at": next}});
    let (field, next) = (
        "rotation_policy.rotation_period",
        "rotation_policy.next_rotation_at",
    );
    refuse(json!({"rotation_policy": {}}), &[(field, "required")]);
    refuse(period("86399s", Value::Null), &[(field, "constraint")]);
    refuse(period("3153600001s", Value::Null), &[(field, "constraint")]);
    refuse(period("1d", Value::Null), &[(field, "format")]);
    refuse(
        period("86400s", json!("2020-01-01T00:00:00Z")),
        &[(next, "constraint")],
    );
    refuse(period("86400s", json!("tomorrow")), &[(next, "format")]);

    // Those that SDKs send for "not set" are not set.
    let body = json!({"origin": "unknown_origin", "protection_level": "unknown_protection_level",
        "usage": {"symmetric_encryption": "aes_256_gcm",
                  "asymmetric_signing": "unknown_asymmetric_signing"},
        "rotation_policy": {"rotation_period": "3153600000.000000000s", "next_rotation_at": null}});
    let key = emulator.ok("/keys", emulator.new_key("aes_256_gcm", body));
    assert_eq!(key["usage"], json!({"symmetric_encryption": "aes_256_gcm"}));
    assert_eq!(key["rotation_policy"]["rotation_period"], "3153600000s");
    assert!(key["rotation_policy"]["next_rotation_at"].is_string());
    let key = emulator.ok(
        "/keys",
        emulator.new_key("aes_256_gcm", json!({"name": null})),
    );
    assert!(key["name"].as_str().is_some_and(|name| !name.is_empty()));
}

#[test]
fn bodies_that_are_no_objects_are_refused() {
    let emulator = Emulator::start(&[]);
    for body in ["[]", "{", "null", "{\"a\":1} {}"] {
        let request = emulator.http.post(emulator.url("/keys")).body(body);
        let request = request.header("x-auth-token", emulator.get("secret_key"));
        Answer::of(request.send().expect("an answer")).refuses(&[("body", "format")]);
    }
    let large = "x".repeat(2 * 1024 * 1024);
    let answer = emulator.post("/keys", json!({"name": large}));
    assert_eq!(answer.status, 413, "{}", answer.text);
}

#[test]
fn what_is_not_there_is_not_found() {
    let emulator = Emulator::start(&[]);
    let answer = emulator.send("GET", &format!("/keys/{NOBODY}"), None);
    assert_eq!(answer.status, 404);
    assert_eq!(
        answer.text,
        format!(
            r#"{{"type":"not_found","message":"resource is not found","resource":"key","resource_id":"{NOBODY}"}}"#
        )
    );
    for (method, action) in [
        ("DELETE", ""),
        ("PATCH", ""),
        ("GET", "/public-key"),
        ("POST", "/rotate"),
    ] {
        let answer = emulator.send(method, &format!("/keys/{NOBODY}{action}"), Some(json!({})));
        assert_eq!(answer.status, 404, "{method} {action}");
    }
    emulator
        .send("GET", "/keys/not-an-id", None)
        .refuses(&[("key_id", "format")]);
    let elsewhere = |path: &str| {
        let url = format!("{}{path}", emulator.get("url"));
        let request = emulator.http.get(url);
        let request = request.header("x-auth-token", emulator.get("secret_key"));
        Answer::of(request.send().expect("an answer"))
    };
    let answer = elsewhere("/key-manager/v1alpha1/regions/it-mil/keys");
    assert_eq!(
        (answer.status, &answer.json["resource"]),
        (404, &json!("region"))
    );
    for path in [
        "/",
        "/key-manager/v1/regions/fr-par/keys",
        "/key-manager/v1alpha1/regions/fr-par",
    ] {
        assert_eq!(elsewhere(path).status, 404, "{path}");
    }
    assert_eq!(emulator.send("GET", "/keys/x/y/z", None).status, 404);
    assert_eq!(emulator.send("PUT", "/keys", Some(json!({}))).status, 405);
}

#[test]
fn symmetric_keys_have_no_public_half() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    emulator
        .send("GET", &format!("/keys/{id}/public-key"), None)
        .refuses(&[("key_id", "constraint")]);
}

#[test]
fn the_gateway_tells_of_itself() {
    let emulator = Emulator::start(&[]);
    let url = format!("{}/metadata", emulator.get("url"));
    let request = emulator
        .http
        .get(url)
        .header("x-auth-token", emulator.get("secret_key"));
    let metadata = Answer::of(request.send().expect("an answer")).ok();
    assert_eq!(
        metadata,
        json!({"platform": "external", "partition": "scw", "domain": "scw.eu"})
    );
}
