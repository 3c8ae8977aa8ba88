//! Faults that change the content of a response and leave HTTP intact.

use serde_json::{Value, json};

use crate::openssl::{self, Openssl};
use crate::support::{Emulator, Response, base64, bytes, der};

const DIGEST: [u8; 32] = [5; 32];

fn sign(emulator: &Emulator, id: &str) -> Response {
    let body = json!({"digest": base64(&DIGEST)});
    emulator.post(&format!("/keys/{id}/sign"), body)
}

/// Checks that no fault is left and that the next request succeeds.
fn assert_recovered(emulator: &Emulator, id: &str) {
    let signature = bytes(&sign(emulator, id).ok()["signature"]);
    assert!(emulator.verify(id, &DIGEST, &signature));
    assert_eq!(emulator.admin("GET", "/faults", None).ok(), json!([]));
}

#[test]
fn a_status_fault_returns_the_ordered_response() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    let sign_with = |fault: Value| {
        emulator.fault("Sign", fault);
        let response = sign(&emulator, &id);
        assert_recovered(&emulator, &id);
        response
    };
    let response = sign_with(json!({"kind": "status", "status": 503, "retry_after": "1"}));
    assert_eq!(response.status, 503);
    assert_eq!(response.headers["retry-after"], "1");
    assert_eq!(response.json, json!({"message": "service unavailable"}));

    let body = json!({"type": "quotas_exceeded", "message": "m", "details": []});
    let response =
        sign_with(json!({"kind": "status", "status": 403, "retry_after": null, "body": body}));
    assert_eq!((response.status, &response.json), (403, &body));
    assert!(!response.headers.contains_key("retry-after"));
    assert_eq!(response.headers["content-type"], "application/json");

    let response = sign_with(json!({"kind": "status", "status": 429, "body": "slow down"}));
    assert_eq!(
        (response.status, response.text.as_str()),
        (429, "slow down")
    );
    assert_eq!(response.headers["content-type"], "text/plain");

    let fault =
        json!({"kind": "status", "status": 200, "body": "<p>", "content_type": "text/html"});
    let response = sign_with(fault);
    assert_eq!((response.status, response.text.as_str()), (200, "<p>"));
    assert_eq!(response.headers["content-type"], "text/html");
}

#[test]
fn a_status_fault_prevents_the_operation() {
    let emulator = Emulator::start(&[]);
    emulator.fault("CreateKey", json!({"kind": "status", "status": 500}));
    let body = emulator.new_key("aes_256_gcm", json!({}));
    assert_eq!(emulator.post("/keys", body).status, 500);
    let project = emulator.get("project_id");
    let list = emulator.send("GET", &format!("/keys?project_id={project}"), None);
    assert_eq!(list.ok()["total_count"], 0);
}

#[test]
fn a_response_can_have_other_content() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    emulator.fault("Sign", json!({"kind": "html"}));
    let response = sign(&emulator, &id);
    assert_eq!((response.status, response.json.is_null()), (200, true));
    assert_eq!(response.headers["content-type"], "text/html");
    assert!(response.text.starts_with("<!DOCTYPE html>"));
    emulator.fault("Sign", json!({"kind": "html", "status": 502}));
    assert_eq!(sign(&emulator, &id).status, 502);

    emulator.fault("Sign", json!({"kind": "garbage"}));
    let response = sign(&emulator, &id);
    assert_eq!(response.status, 200);
    assert_eq!(response.headers["content-type"], "application/json");
    assert!(response.json.is_null() && !response.text.is_empty());

    emulator.fault("Sign", json!({"kind": "media_type", "value": "text/plain"}));
    let response = sign(&emulator, &id);
    assert_eq!(response.headers["content-type"], "text/plain");
    assert_eq!(response.ok()["key_id"], id);

    emulator.fault(
        "Sign",
        json!({"kind": "redirect", "location": "https://localhost:1/x"}),
    );
    let response = sign(&emulator, &id);
    assert_eq!((response.status, response.text.as_str()), (307, ""));
    assert_eq!(response.headers["location"], "https://localhost:1/x");

    emulator.fault("Sign", json!({"kind": "oversized", "bytes": 3_000_000}));
    let response = sign(&emulator, &id);
    assert_eq!(response.text.len(), 3_000_000);
    assert_eq!(response.ok()["key_id"], id);
    assert_recovered(&emulator, &id);
}

#[test]
fn a_response_can_name_another_key() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    for operation in ["Sign", "*"] {
        emulator.fault(operation, json!({"kind": "key_id"}));
    }
    let response = sign(&emulator, &id).ok();
    assert_ne!(response["key_id"], id);
    uuid::Uuid::try_parse(response["key_id"].as_str().expect("an id")).expect("a UUID");
    // The fault for all operations does not apply to GetPublicKey, whose response names no key.
    emulator.pem(&id);
    assert_ne!(emulator.key(&id)["id"], id);
    assert!(emulator.verify(&id, &DIGEST, &bytes(&response["signature"])));
    assert_recovered(&emulator, &id);
}

#[test]
fn a_signature_can_be_wrong() {
    let emulator = Emulator::start(&[]);
    for (algorithm, options) in [
        ("ec_p256_sha256", ""),
        ("rsa_pss_2048_sha256", openssl::PSS),
    ] {
        let id = emulator.create(algorithm);
        let pem = emulator.pem(&id);
        for kind in ["flip", "other_key"] {
            emulator.fault("Sign", json!({"kind": kind}));
            let response = sign(&emulator, &id).ok();
            assert_eq!(response["key_id"], id);
            let signature = bytes(&response["signature"]);
            assert!(
                !emulator.verify(&id, &DIGEST, &signature),
                "{algorithm} {kind}"
            );
            openssl::verify(&pem, &DIGEST, &signature, options).expect_err("a valid signature");
        }
        assert_recovered(&emulator, &id);
        let signature = emulator.sign(&id, &DIGEST);
        openssl::verify(&pem, &DIGEST, &signature, options).expect("a valid signature");
    }
}

#[test]
fn an_ecdsa_signature_can_have_a_fixed_width() {
    let emulator = Emulator::start(&[]);
    for (algorithm, width) in [
        ("ec_p256_sha256", 32),
        ("ec_p384_sha384", 48),
        ("ec_secp256k1_sha256", 32),
    ] {
        let id = emulator.create(algorithm);
        emulator.fault("Sign", json!({"kind": "raw_ecdsa"}));
        let digest = vec![6; width];
        let raw = emulator.sign(&id, &digest);
        assert_eq!(raw.len(), 2 * width);
        openssl::verify(&emulator.pem(&id), &digest, &der_signature(&raw), "")
            .expect("a valid signature");
    }
    let id = emulator.create("rsa_pkcs1_2048_sha256");
    emulator.fault("Sign", json!({"kind": "raw_ecdsa"}));
    assert_eq!(sign(&emulator, &id).status, 500);
}

/// Converts r || s to ASN.1 DER, which OpenSSL reads.
fn der_signature(raw: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for number in raw.chunks(raw.len() / 2) {
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        let mut number = number[zeros..].to_vec();
        if number.first().is_none_or(|byte| *byte >= 0x80) {
            number.insert(0, 0);
        }
        body.extend([2, u8::try_from(number.len()).expect("a short number")]);
        body.extend(number);
    }
    let length = u8::try_from(body.len()).expect("a short body");
    [vec![0x30, length], body].concat()
}

#[test]
fn a_public_key_can_have_another_encoding() {
    let emulator = Emulator::start(&[]);
    for algorithm in ["ec_p256_sha256", "rsa_pss_2048_sha256"] {
        let id = emulator.create(algorithm);
        let usual = emulator.pem(&id);
        emulator.fault(
            "GetPublicKey",
            json!({"kind": "pem", "label": "PUBLIC KEY"}),
        );
        let spki = emulator.pem(&id);
        assert!(spki.starts_with("-----BEGIN PUBLIC KEY-----\n"));
        let openssl = Openssl::new();
        openssl.key(&usual);
        openssl.write("spki.pem", spki.as_bytes());
        let to_der = |file: &str| {
            let command = format!("pkey -pubin -in {file} -outform DER");
            openssl.run(&command).expect("a public key")
        };
        assert_eq!(to_der("key.pem"), to_der("spki.pem"));
        assert_eq!(to_der("spki.pem"), der(&spki));

        emulator.fault("GetPublicKey", json!({"kind": "bad_pem"}));
        openssl.write("bad.pem", emulator.pem(&id).as_bytes());
        openssl
            .run("pkey -pubin -in bad.pem -noout")
            .expect_err("a public key");
        assert_eq!(emulator.pem(&id), usual);
    }
}

#[test]
fn faults_apply_in_order_and_can_be_cleared() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    let order =
        json!({"operation": "Sign", "times": 2, "fault": {"kind": "status", "status": 500}});
    assert_eq!(emulator.admin("POST", "/faults", Some(order)).status, 204);
    emulator.fault("Sign", json!({"kind": "status", "status": 501}));
    let pending = emulator.admin("GET", "/faults", None).ok();
    assert_eq!(pending[0]["operation"], "Sign");
    assert_eq!(pending[0]["times"], 2);
    assert_eq!(pending[1]["fault"]["status"], 501);
    let statuses: Vec<_> = (0..4).map(|_| sign(&emulator, &id).status).collect();
    assert_eq!(statuses, [500, 500, 501, 200]);

    let always = json!({"operation": "*", "times": null, "probability": 1.0, "seed": 1,
        "fault": {"kind": "status", "status": 502}});
    assert_eq!(emulator.admin("POST", "/faults", Some(always)).status, 204);
    for _ in 0..3 {
        assert_eq!(sign(&emulator, &id).status, 502);
    }
    assert_eq!(emulator.admin("DELETE", "/faults", None).status, 204);
    assert_recovered(&emulator, &id);
}
