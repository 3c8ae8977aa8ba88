//! The option `--prepared`, and `--latency`.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::openssl;
use crate::support::{Emulator, Response, base64};

fn stats(emulator: &Emulator) -> serde_json::Value {
    emulator.admin("GET", "/stats", None).ok()
}

#[test]
fn one_signature_is_made_for_each_key_and_digest() {
    let emulator = Emulator::start(&["--prepared"]);
    let [one, two] = [0; 2].map(|_| emulator.create("ec_p256_sha256"));
    let first = emulator.sign(&one, &[1; 32]);
    assert_eq!(emulator.sign(&one, &[1; 32]), first);
    assert_ne!(emulator.sign(&one, &[2; 32]), first);
    assert_ne!(emulator.sign(&two, &[1; 32]), first);

    openssl::verify(&emulator.pem(&one), &[1; 32], &first, "").expect("a valid signature");
}

#[test]
fn without_the_option_every_signature_is_new() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    assert_ne!(emulator.sign(&id, &[1; 32]), emulator.sign(&id, &[1; 32]));
}

#[test]
fn repeated_responses_are_counted() {
    let emulator = Emulator::start(&["--prepared"]);
    let id = emulator.create("ec_p256_sha256");
    for _ in 0..5 {
        emulator.sign(&id, &[1; 32]);
    }
    let counted = stats(&emulator);
    assert_eq!(counted["operations"], json!({"CreateKey": 1, "Sign": 5}));
    assert_eq!(counted["requests"], 6);
    assert_eq!(counted["connections"], 1);
    assert_eq!(counted["tokens_seen"], 1);
    // The first response was made, not repeated.
    assert_eq!(emulator.requests().len(), 2);
}

#[test]
fn a_repeated_response_has_the_same_headers() {
    let emulator = Emulator::start(&["--prepared"]);
    let id = emulator.create("ec_p256_sha256");
    let [made, repeated] = [0; 2].map(|_| {
        let path = format!("/keys/{id}/sign");
        emulator.post(&path, json!({"digest": base64(&[1; 32])}))
    });
    assert_eq!((made.status, repeated.status), (200, 200));
    assert_eq!(made.text, repeated.text);
    let names = |response: &Response| response.headers.keys().map(ToString::to_string).collect();
    let (of_made, of_repeated): (BTreeSet<_>, BTreeSet<_>) = (names(&made), names(&repeated));
    assert_eq!(of_made, of_repeated);
    for name in [
        "content-type",
        "content-length",
        "server",
        "x-ratelimit-limit",
    ] {
        assert_eq!(made.headers[name], repeated.headers[name], "{name}");
    }
    let ids = [made, repeated].map(|response| {
        let id = response.headers["x-request-id"].to_str().expect("text");
        uuid::Uuid::try_parse(id).expect("a UUID")
    });
    assert_eq!(ids.map(|id| id.get_version_num()), [4, 4]);
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn errors_are_not_repeated_and_the_token_is_checked() {
    let emulator = Emulator::start(&["--prepared"]);
    let id = emulator.create("ec_p256_sha256");
    let path = format!("/keys/{id}/sign");
    emulator
        .post(&path, json!({"digest": base64(&[1; 31])}))
        .assert_invalid(&[("digest", "constraint")]);

    emulator.fault("Sign", json!({"kind": "flip"}));
    let flipped = emulator.sign(&id, &[1; 32]);
    let signature = emulator.sign(&id, &[1; 32]);
    assert_ne!(flipped, signature);
    assert!(emulator.verify(&id, &[1; 32], &signature));

    let response = emulator
        .http
        .post(emulator.url(&path))
        .header("x-auth-token", "11111111-1111-4111-8111-111111111111")
        .body(json!({"digest": base64(&[1; 32])}).to_string())
        .send()
        .expect("a response");
    assert_eq!(response.status(), 401);
}

#[test]
fn latency_delays_every_response_of_the_service() {
    let emulator = Emulator::start(&["--prepared", "--latency", "60"]);
    // A slow machine cannot violate a lower bound.
    let takes = |work: &dyn Fn()| {
        let start = Instant::now();
        work();
        assert!(start.elapsed() >= Duration::from_millis(60));
    };
    let id = emulator.create("ec_p256_sha256");
    takes(&|| drop(emulator.key(&id)));
    takes(&|| drop(emulator.send("GET", "/nonsense", None)));
    // The first response is made, the second is repeated.
    takes(&|| drop(emulator.sign(&id, &[1; 32])));
    takes(&|| drop(emulator.sign(&id, &[1; 32])));
}
