//! Requests that the emulator must reject, so that it does not hide a client's mistakes.

use serde_json::{Value, json};

use crate::support::{Emulator, Response, UNKNOWN_ID, base64};

#[test]
fn unknown_fields_and_parameters_are_rejected() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    emulator
        .post(
            "/keys",
            emulator.new_key("aes_256_gcm", json!({"nmae": "x"})),
        )
        .assert_invalid(&[("nmae", "unknown")]);
    let usage = json!({"usage": {"symmetric_encryption": "aes_256_gcm", "singing": "x"}});
    emulator
        .post("/keys", emulator.new_key("aes_256_gcm", usage))
        .assert_invalid(&[("usage.singing", "unknown")]);
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
        let response = emulator.post(&path, json!({"extra": 1}));
        let details = response.json["details"].as_array().expect("details");
        let extra = details
            .iter()
            .find(|detail| detail["argument_name"] == "extra");
        assert_eq!(extra.expect("a detail")["reason"], "unknown", "{action}");
        let response = emulator.post(&format!("{path}?page=1"), json!({}));
        assert_eq!(response.status, 400, "{action}: {}", response.text);
    }
    emulator
        .send("GET", &format!("/keys/{id}?verbose=1"), None)
        .assert_invalid(&[("verbose", "unknown")]);
    assert_eq!(emulator.key(&id)["state"], "enabled");
}

#[test]
fn a_body_must_have_the_media_type_of_json() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    let sign = |media_type: Option<&str>, token: &str, body: String| {
        let url = emulator.url(&format!("/keys/{id}/sign"));
        let mut request = emulator.http.post(url).header("x-auth-token", token);
        if let Some(media_type) = media_type {
            request = request.header("content-type", media_type);
        }
        Response::of(request.body(body).send().expect("a response"))
    };
    let token = emulator.get("secret_key");
    let body = json!({"digest": base64(&[0; 32])}).to_string();
    for media_type in [
        None,
        Some(""),
        Some("application/x-www-form-urlencoded"),
        Some("application/jsonp"),
        Some("text/json"),
    ] {
        let response = sign(media_type, token, body.clone());
        assert_eq!(response.status, 415, "{media_type:?}");
        assert!(response.json["message"].is_string());
    }
    for media_type in ["application/json", "Application/JSON ; charset=utf-8"] {
        sign(Some(media_type), token, body.clone()).ok();
    }
    // Without a body there is no media type. The token is checked first.
    sign(None, token, String::new()).assert_invalid(&[("digest", "required")]);
    assert_eq!(sign(None, UNKNOWN_ID, body).status, 401);
}

#[test]
fn a_key_id_in_the_body_must_match_the_path() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    let path = format!("/keys/{id}/rotate");
    emulator.ok(&path, json!({"key_id": id}));
    emulator
        .post(&path, json!({"key_id": UNKNOWN_ID}))
        .assert_invalid(&[("key_id", "constraint")]);
}

#[test]
fn all_invalid_fields_are_reported_together() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    emulator
        .post(
            &format!("/keys/{id}/verify"),
            json!({"digest": 1, "extra": 2}),
        )
        .assert_invalid(&[
            ("digest", "format"),
            ("signature", "required"),
            ("extra", "unknown"),
        ]);
    emulator
        .post(&format!("/keys/{id}/sign"), json!({"digest": null}))
        .assert_invalid(&[("digest", "required")]);
    for digest in [json!("not base64!"), json!("QUI"), json!({}), json!([1])] {
        emulator
            .post(&format!("/keys/{id}/sign"), json!({"digest": digest}))
            .assert_invalid(&[("digest", "format")]);
    }
}

#[test]
fn invalid_attributes_of_new_keys_are_rejected() {
    let emulator = Emulator::start(&[]);
    let reject = |more: Value, expected: &[(&str, &str)]| {
        emulator
            .post("/keys", emulator.new_key("aes_256_gcm", more))
            .assert_invalid(expected);
    };
    reject(json!({"project_id": null}), &[("project_id", "required")]);
    reject(json!({"project_id": ""}), &[("project_id", "required")]);
    reject(json!({"project_id": "x"}), &[("project_id", "format")]);
    reject(json!({"name": 1}), &[("name", "format")]);
    reject(json!({"name": ""}), &[("name", "constraint")]);
    reject(json!({"name": "x".repeat(256)}), &[("name", "constraint")]);
    reject(json!({"name": "a\nb"}), &[("name", "constraint")]);
    reject(
        json!({"description": "x".repeat(1001)}),
        &[("description", "constraint")],
    );
    reject(json!({"tags": "x"}), &[("tags", "format")]);
    reject(json!({"tags": [""]}), &[("tags", "constraint")]);
    reject(json!({"unprotected": "yes"}), &[("unprotected", "format")]);
    reject(json!({"origin": "found"}), &[("origin", "constraint")]);
    reject(
        json!({"protection_level": "paper"}),
        &[("protection_level", "constraint")],
    );
    reject(json!({"usage": null}), &[("usage", "required")]);
    reject(json!({"usage": {}}), &[("usage", "required")]);
    reject(json!({"usage": "aes_256_gcm"}), &[("usage", "format")]);
    let unset = json!({"symmetric_encryption": "unknown_symmetric_encryption"});
    reject(json!({"usage": unset}), &[("usage", "required")]);
    for usage in [
        "symmetric_encryption",
        "asymmetric_encryption",
        "asymmetric_signing",
        "key_encapsulation",
    ] {
        let argument = format!("usage.{usage}");
        let unknown = json!({"usage": {usage: "rot13"}});
        reject(unknown, &[(&argument, "constraint")]);
    }
    reject(
        json!({"usage": {"symmetric_encryption": "ec_p256_sha256"}}),
        &[("usage.symmetric_encryption", "constraint")],
    );
    reject(
        json!({"usage": {"symmetric_encryption": "aes_256_gcm", "key_encapsulation": "ml_kem_768"}}),
        &[("usage", "constraint")],
    );
}

#[test]
fn invalid_rotation_policies_are_rejected() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    let (period, next) = (
        "rotation_policy.rotation_period",
        "rotation_policy.next_rotation_at",
    );
    for (policy, expected) in [
        (json!({}), (period, "required")),
        (json!({"rotation_period": "86399s"}), (period, "constraint")),
        (
            json!({"rotation_period": "3153600001s"}),
            (period, "constraint"),
        ),
        (json!({"rotation_period": "-86400s"}), (period, "format")),
        (json!({"rotation_period": "1d"}), (period, "format")),
        (
            json!({"rotation_period": "86400s", "next_rotation_at": "2020-01-01T00:00:00Z"}),
            (next, "constraint"),
        ),
        (
            json!({"rotation_period": "86400s", "next_rotation_at": "tomorrow"}),
            (next, "format"),
        ),
    ] {
        let body = json!({"rotation_policy": policy});
        emulator
            .post("/keys", emulator.new_key("aes_256_gcm", body.clone()))
            .assert_invalid(&[expected]);
        emulator
            .send("PATCH", &format!("/keys/{id}"), Some(body))
            .assert_invalid(&[expected]);
    }
    assert_eq!(emulator.key(&id)["rotation_policy"], Value::Null);
}

#[test]
fn an_enumerations_default_counts_as_absent() {
    let emulator = Emulator::start(&[]);
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
fn invalid_attributes_of_an_update_are_rejected() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    let before = emulator.key(&id);
    let reject = |body: Value, expected: (&str, &str)| {
        emulator
            .send("PATCH", &format!("/keys/{id}"), Some(body))
            .assert_invalid(&[expected]);
    };
    reject(json!({"usage": {}}), ("usage", "unknown"));
    reject(json!({"name": ""}), ("name", "constraint"));
    reject(json!({"tags": ["", 1]}), ("tags", "format"));
    assert_eq!(emulator.key(&id), before);
}

#[test]
fn a_data_key_needs_an_algorithm() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    for (body, reason) in [
        (json!({}), "required"),
        (
            json!({"algorithm": "unknown_symmetric_encryption"}),
            "required",
        ),
        (json!({"algorithm": "des"}), "constraint"),
    ] {
        emulator
            .post(&format!("/keys/{id}/generate-data-key"), body)
            .assert_invalid(&[("algorithm", reason)]);
    }
}

#[test]
fn payload_sizes_are_limited() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    for (operation, field, limit) in [
        ("encrypt", "plaintext", 65_535),
        ("decrypt", "ciphertext", 131_071),
    ] {
        for length in [0, limit + 1] {
            let body = json!({field: base64(&vec![1; length])});
            emulator
                .post(&format!("/keys/{id}/{operation}"), body)
                .assert_invalid(&[(field, "constraint")]);
        }
    }
}

#[test]
fn invalid_parameters_of_a_list_are_rejected() {
    let emulator = Emulator::start(&[]);
    let list = |query: &str| emulator.send("GET", &format!("/keys{query}"), None);
    list("").assert_invalid(&[("project_id", "required")]);
    list("?project_id=x").assert_invalid(&[("project_id", "format")]);
    let project = emulator.get("project_id");
    for (parameter, name, reason) in [
        ("order_by=age", "order_by", "constraint"),
        ("usage=singing", "usage", "constraint"),
        ("protection_level=paper", "protection_level", "constraint"),
        (
            "scheduled_for_deletion=perhaps",
            "scheduled_for_deletion",
            "format",
        ),
        ("name=a&name=b", "name", "format"),
        ("colour=red", "colour", "unknown"),
        ("page=x", "page", "format"),
        ("page=0", "page", "constraint"),
        ("page=-1", "page", "constraint"),
        ("page_size=0", "page_size", "constraint"),
        ("page_size=101", "page_size", "constraint"),
    ] {
        list(&format!("?project_id={project}&{parameter}")).assert_invalid(&[(name, reason)]);
    }
}

#[test]
fn bodies_that_are_not_objects_are_rejected() {
    let emulator = Emulator::start(&[]);
    for body in ["[]", "{", "null", "{\"a\":1} {}"] {
        let request = emulator.http.post(emulator.url("/keys")).body(body);
        let request = request
            .header("x-auth-token", emulator.get("secret_key"))
            .header("content-type", "application/json");
        Response::of(request.send().expect("a response")).assert_invalid(&[("body", "format")]);
    }
    let large = "x".repeat(2 * 1024 * 1024);
    let response = emulator.post("/keys", json!({"name": large}));
    assert_eq!(response.status, 413, "{}", response.text);
}

#[test]
fn an_unknown_key_is_not_found() {
    let emulator = Emulator::start(&[]);
    let response = emulator.send("GET", &format!("/keys/{UNKNOWN_ID}"), None);
    assert_eq!(response.status, 404);
    assert_eq!(
        response.text,
        format!(
            r#"{{"type":"not_found","message":"resource is not found","resource":"key","resource_id":"{UNKNOWN_ID}"}}"#
        )
    );
}

/// Sends a GET request with the token to a path of the server.
fn get(emulator: &Emulator, path: &str) -> Response {
    let url = format!("{}{path}", emulator.get("url"));
    let request = emulator.http.get(url);
    let request = request.header("x-auth-token", emulator.get("secret_key"));
    Response::of(request.send().expect("a response"))
}

#[test]
fn unknown_paths_are_not_found() {
    let emulator = Emulator::start(&[]);
    let response = get(&emulator, "/key-manager/v1alpha1/regions/it-mil/keys");
    assert_eq!(response.status, 404);
    assert_eq!(response.json["resource"], "region");
    for path in [
        "/",
        "/key-manager/v1/regions/fr-par/keys",
        "/key-manager/v1alpha1/regions/fr-par",
        "/key-manager/v1alpha1/regions/fr-par/locks",
        "/key-manager/v1alpha1/regions/fr-par/keys/x/cook",
        "/key-manager/v1alpha1/regions/fr-par/keys/x/sign/again",
    ] {
        assert_eq!(get(&emulator, path).status, 404, "{path}");
    }
    assert_eq!(emulator.send("PUT", "/keys", Some(json!({}))).status, 405);
    assert_eq!(emulator.send("GET", "/keys/x/sign", None).status, 405);
}

#[test]
fn the_gateway_describes_itself() {
    let emulator = Emulator::start(&[]);
    assert_eq!(
        get(&emulator, "/metadata").ok(),
        json!({"platform": "external", "partition": "scw", "domain": "scw.eu"})
    );
}
