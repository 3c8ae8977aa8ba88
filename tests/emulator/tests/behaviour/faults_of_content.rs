//! Faults that leave HTTP whole and spoil what it carries.

use serde_json::{Value, json};

use crate::support::{Answer, Emulator, Openssl, base64, bytes, der};

const DIGEST: [u8; 32] = [5; 32];

fn sign(emulator: &Emulator, id: &str) -> Answer {
    let body = json!({"digest": base64(&DIGEST)});
    emulator.post(&format!("/keys/{id}/sign"), body)
}

/// That the next request is answered as if nothing had been.
fn recovers(emulator: &Emulator, id: &str) {
    let signature = bytes(&sign(emulator, id).ok()["signature"]);
    assert!(emulator.verify(id, &DIGEST, &signature));
    assert_eq!(emulator.admin("GET", "/faults", None).ok(), json!([]));
}

#[test]
fn statuses_come_as_ordered() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    let strike = |fault: Value| {
        emulator.fault("Sign", fault);
        let answer = sign(&emulator, &id);
        recovers(&emulator, &id);
        answer
    };
    let answer = strike(json!({"kind": "status", "status": 503, "retry_after": "1"}));
    assert_eq!(answer.status, 503);
    assert_eq!(answer.headers["retry-after"], "1");
    assert_eq!(answer.json, json!({"message": "service unavailable"}));

    let body = json!({"type": "quotas_exceeded", "message": "m", "details": []});
    let answer =
        strike(json!({"kind": "status", "status": 403, "retry_after": null, "body": body}));
    assert_eq!((answer.status, &answer.json), (403, &body));
    assert!(!answer.headers.contains_key("retry-after"));
    assert_eq!(answer.headers["content-type"], "application/json");

    let answer = strike(json!({"kind": "status", "status": 429, "body": "slow down"}));
    assert_eq!((answer.status, answer.text.as_str()), (429, "slow down"));
    assert_eq!(answer.headers["content-type"], "text/plain");

    let fault =
        json!({"kind": "status", "status": 200, "body": "<p>", "content_type": "text/html"});
    let answer = strike(fault);
    assert_eq!((answer.status, answer.text.as_str()), (200, "<p>"));
    assert_eq!(answer.headers["content-type"], "text/html");
}

#[test]
fn a_status_keeps_the_operation_from_being_carried_out() {
    let emulator = Emulator::start(&[]);
    emulator.fault("CreateKey", json!({"kind": "status", "status": 500}));
    let body = emulator.new_key("aes_256_gcm", json!({}));
    assert_eq!(emulator.post("/keys", body).status, 500);
    let project = emulator.get("project_id");
    let list = emulator.send("GET", &format!("/keys?project_id={project}"), None);
    assert_eq!(list.ok()["total_count"], 0);
}

#[test]
fn answers_can_be_something_else() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    emulator.fault("Sign", json!({"kind": "html"}));
    let answer = sign(&emulator, &id);
    assert_eq!((answer.status, answer.json.is_null()), (200, true));
    assert_eq!(answer.headers["content-type"], "text/html");
    assert!(answer.text.starts_with("<!DOCTYPE html>"));
    emulator.fault("Sign", json!({"kind": "html", "status": 502}));
    assert_eq!(sign(&emulator, &id).status, 502);

    emulator.fault("Sign", json!({"kind": "garbage"}));
    let answer = sign(&emulator, &id);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "application/json");
    assert!(answer.json.is_null() && !answer.text.is_empty());

    emulator.fault("Sign", json!({"kind": "media_type", "value": "text/plain"}));
    let answer = sign(&emulator, &id);
    assert_eq!(answer.headers["content-type"], "text/plain");
    assert_eq!(answer.ok()["key_id"], id);

    emulator.fault(
        "Sign",
        json!({"kind": "redirect", "location": "https://localhost:1/x"}),
    );
    let answer = sign(&emulator, &id);
    assert_eq!((answer.status, answer.text.as_str()), (307, ""));
    assert_eq!(answer.headers["location"], "https://localhost:1/x");

    emulator.fault("Sign", json!({"kind": "oversized", "bytes": 3_000_000}));
    let answer = sign(&emulator, &id);
    assert_eq!(answer.text.len(), 3_000_000);
    assert_eq!(answer.ok()["key_id"], id);
    recovers(&emulator, &id);
}

#[test]
fn answers_can_be_about_another_key() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    for operation in ["Sign", "*"] {
        emulator.fault(operation, json!({"kind": "key_id"}));
    }
    let answer = sign(&emulator, &id).ok();
    assert_ne!(answer["key_id"], id);
    uuid::Uuid::try_parse(answer["key_id"].as_str().expect("an id")).expect("a UUID");
    // The fault for all passes over the public key, whose answer names no key.
    emulator.pem(&id);
    assert_ne!(emulator.key(&id)["id"], id);
    assert!(emulator.verify(&id, &DIGEST, &bytes(&answer["signature"])));
    recovers(&emulator, &id);
}

#[test]
fn signatures_can_be_wrong() {
    let emulator = Emulator::start(&[]);
    for algorithm in ["ec_p256_sha256", "rsa_pss_2048_sha256"] {
        let id = emulator.create(algorithm);
        let openssl = Openssl::new();
        openssl.key(&emulator.pem(&id));
        for kind in ["flip", "other_key"] {
            emulator.fault("Sign", json!({"kind": kind}));
            let answer = sign(&emulator, &id).ok();
            assert_eq!(answer["key_id"], id);
            let signature = bytes(&answer["signature"]);
            assert!(
                !emulator.verify(&id, &DIGEST, &signature),
                "{algorithm} {kind}"
            );
            openssl.write("digest", &DIGEST);
            openssl.write("signature", &signature);
            let verify = "pkeyutl -verify -pubin -inkey key.pem -in digest -sigfile signature";
            let pss = "-pkeyopt digest:sha256 -pkeyopt rsa_padding_mode:pss";
            let options = if algorithm.starts_with("rsa") {
                pss
            } else {
                ""
            };
            openssl
                .run(&format!("{verify} {options}"))
                .expect_err("a valid signature");
        }
        recovers(&emulator, &id);
    }
}

#[test]
fn ecdsa_signatures_can_be_raw() {
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
        let openssl = Openssl::new();
        openssl.key(&emulator.pem(&id));
        openssl.write("digest", &digest);
        openssl.write("signature", &der_signature(&raw));
        openssl
            .run("pkeyutl -verify -pubin -inkey key.pem -in digest -sigfile signature")
            .expect("a valid signature");
    }
    let id = emulator.create("rsa_pkcs1_2048_sha256");
    emulator.fault("Sign", json!({"kind": "raw_ecdsa"}));
    assert_eq!(sign(&emulator, &id).status, 500);
}

/// r || s as the ASN.1 that OpenSSL reads.
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
fn public_keys_can_come_in_other_clothes() {
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
        let text = |file: &str| {
            let command = format!("pkey -pubin -in {file} -outform DER");
            openssl.run(&command).expect("a public key")
        };
        assert_eq!(text("key.pem"), text("spki.pem"));
        assert_eq!(text("spki.pem"), der(&spki));

        emulator.fault("GetPublicKey", json!({"kind": "bad_pem"}));
        openssl.write("bad.pem", emulator.pem(&id).as_bytes());
        openssl
            .run("pkey -pubin -in bad.pem -noout")
            .expect_err("a public key");
        assert_eq!(emulator.pem(&id), usual);
    }
}

#[test]
fn orders_that_make_no_sense_are_refused() {
    let emulator = Emulator::start(&[]);
    for order in [
        json!({}),
        json!({"operation": "Sign"}),
        json!({"operation": "Sing", "fault": {"kind": "flip"}}),
        json!({"operation": "Sign", "fault": {"kind": "flip", "more": 1}}),
        json!({"operation": "GetKey", "fault": {"kind": "flip"}}),
        json!({"operation": "Sign", "times": -1, "fault": {"kind": "flip"}}),
        json!({"operation": "Sign", "fault": {"kind": "reset", "when": "never"}}),
    ] {
        let answer = emulator.admin("POST", "/faults", Some(order));
        assert_eq!(answer.status, 400);
        assert!(answer.json["message"].is_string());
    }
    assert_eq!(emulator.admin("GET", "/faults", None).ok(), json!([]));
    assert_eq!(emulator.admin("GET", "/nonsense", None).status, 404);
}

#[test]
fn faults_come_in_turn_and_can_be_cleared() {
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
    recovers(&emulator, &id);
}
