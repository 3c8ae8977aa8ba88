//! Connections that blocking callers drive themselves. They are no different but in speed: each
//! fault ends as it does over the shared connections, with as many requests.

use std::sync::Barrier;

use scwkms::{Client, ErrorKind};
use serde_json::{Value, json};

use crate::support::Emulator;

const DIGEST: [u8; 32] = [7; 32];

fn open_key(emulator: &Emulator, more: &str) -> (Client, String) {
    let client = Client::open(&emulator.uri(more)).expect("a client");
    let key = client
        .create_key("scwkms:name=k;unprotected=true", None, None)
        .expect("a key")
        .uri;
    (client, key)
}

/// The protocols of the signatures since the last reset, oldest first. A lane speaks HTTP/1.1, and
/// the shared connections HTTP/2.
fn versions(emulator: &Emulator) -> Vec<Value> {
    let log = emulator.log();
    let signatures = log.iter().filter(|r| r["operation"] == "Sign");
    signatures.map(|r| r["http_version"].clone()).collect()
}

/// Signs until it happens over a lane. Then the count begins again.
fn onto_a_lane(emulator: &Emulator, client: &Client, key: &str) {
    for _ in 0..1000 {
        emulator.reset_requests();
        // Often enough for a lane to be worth it.
        for _ in 0..5 {
            client.sign(key, None, &DIGEST).expect("a signature");
        }
        if versions(emulator).last() == Some(&json!("HTTP/1.1")) {
            emulator.reset_requests();
            return;
        }
    }
    panic!("there is no lane after 5,000 signatures");
}

#[test]
fn a_steady_sequence_of_calls_has_one_lane() {
    let emulator = Emulator::start();
    let (client, key) = open_key(&emulator, "");
    emulator.reset_requests();
    onto_a_lane(&emulator, &client, &key);
    for _ in 0..50 {
        client.sign(&key, None, &DIGEST).expect("a signature");
    }
    assert_eq!(versions(&emulator), vec![json!("HTTP/1.1"); 50]);
    assert_eq!(emulator.count("connections"), 0, "since the lane was there");
}

#[test]
fn many_callers_have_sixteen_lanes_at_most() {
    const CALLERS: usize = 24;
    let emulator = Emulator::start_with(&["--latency", "20"]);
    let (client, key) = open_key(&emulator, "");
    client.public_key(&key).expect("a public key");
    emulator.reset_requests();
    let barrier = Barrier::new(CALLERS);
    std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                barrier.wait();
                for _ in 0..40 {
                    client.sign(&key, None, &DIGEST).expect("a signature");
                }
            });
        }
    });
    let lanes = emulator.count("connections");
    assert!((1..=16).contains(&lanes), "{lanes} lanes");
    assert_eq!(emulator.requests(), 40 * CALLERS as u64);
}

#[test]
fn a_fault_on_a_lane_ends_as_on_any_connection() {
    let emulator = Emulator::start();
    // Of which two thirds are the first attempt's.
    let (client, key) = open_key(&emulator, "timeout=6s");
    for fault in [
        json!({"kind": "reset", "when": "before"}),
        json!({"kind": "reset", "when": "during"}),
        json!({"kind": "reset", "when": "after"}),
        json!({"kind": "truncate"}),
        json!({"kind": "status", "status": 503}),
        json!({"kind": "status", "status": 429, "retry_after": "0"}),
        json!({"kind": "delay", "milliseconds": 60_000}),
    ] {
        onto_a_lane(&emulator, &client, &key);
        emulator.fault("Sign", 1, fault.clone());
        client
            .sign(&key, None, &DIGEST)
            .unwrap_or_else(|e| panic!("{fault}: {e}"));
        assert_eq!(emulator.requests(), 2, "{fault}");
        // The one that was late is not in the log: it has not ended.
        let log = versions(&emulator);
        assert_eq!(log.last(), Some(&json!("HTTP/2.0")), "{fault}");
        if fault["kind"] != "delay" {
            assert_eq!(log.first(), Some(&json!("HTTP/1.1")), "{fault}");
        }
    }
    for (fault, kind) in [
        (json!({"kind": "garbage"}), ErrorKind::Protocol),
        (
            json!({"kind": "oversized", "bytes": 2_000_000}),
            ErrorKind::Protocol,
        ),
        (json!({"kind": "endless"}), ErrorKind::Protocol),
        (
            json!({"kind": "status", "status": 403}),
            ErrorKind::PermissionDenied,
        ),
        (json!({"kind": "flip"}), ErrorKind::Integrity),
    ] {
        onto_a_lane(&emulator, &client, &key);
        emulator.fault("Sign", 1, fault.clone());
        let error = client.sign(&key, None, &DIGEST).expect_err("a fault");
        assert_eq!(error.kind(), kind, "{fault}: {error}");
        assert_eq!(emulator.requests(), 1, "{fault}");
        client
            .sign(&key, None, &DIGEST)
            .unwrap_or_else(|e| panic!("after {fault}: {e}"));
    }
}

/// The server may close a connection once it has answered, and it does not cost an attempt.
#[test]
fn a_lane_that_the_server_has_closed_is_no_error() {
    let emulator = Emulator::start();
    let (client, key) = open_key(&emulator, "");
    for _ in 0..5 {
        onto_a_lane(&emulator, &client, &key);
        emulator.fault("Sign", 1, json!({"kind": "close"}));
        for _ in 0..3 {
            client.sign(&key, None, &DIGEST).expect("a signature");
        }
        assert_eq!(versions(&emulator).first(), Some(&json!("HTTP/1.1")));
        assert_eq!(emulator.requests(), 3);
    }
}
