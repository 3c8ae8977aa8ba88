//! Direct connections: HTTP/1.1 connections that are driven by the calling thread. `faults` checks
//! that each fault has the same outcome as over a shared connection.

use std::sync::Barrier;

use serde_json::json;

use crate::call_paths::{http_versions, open_direct_connection};
use crate::emulator::Emulator;
use crate::support::client_and_key_of;

const DIGEST: [u8; 32] = [7; 32];

#[test]
fn a_steady_sequence_of_calls_uses_one_direct_connection() {
    let emulator = Emulator::start();
    let (client, key) = client_and_key_of(&emulator, "");
    open_direct_connection(&emulator, &client, &key);
    for _ in 0..50 {
        client.sign(&key, None, &DIGEST).expect("a signature");
    }
    let versions = http_versions(&emulator, "Sign");
    assert_eq!(versions, vec![json!("HTTP/1.1"); 50]);
    let opened = emulator.count("connections");
    assert_eq!(opened, 0, "further connections were opened");
}

#[test]
fn many_callers_use_at_most_sixteen_direct_connections() {
    const CALLERS: usize = 24;
    let emulator = Emulator::start_with(&["--latency", "20"]);
    let (client, key) = client_and_key_of(&emulator, "");
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
    let opened = emulator.count("connections");
    assert!((1..=16).contains(&opened), "{opened} direct connections");
    assert_eq!(emulator.requests(), 40 * CALLERS as u64);
}

/// The server may close a connection after a response. This does not cost an attempt.
#[test]
fn a_direct_connection_that_the_server_has_closed_is_no_error() {
    let emulator = Emulator::start();
    let (client, key) = client_and_key_of(&emulator, "");
    for _ in 0..5 {
        open_direct_connection(&emulator, &client, &key);
        emulator.fault("Sign", 1, json!({"kind": "close"}));
        for _ in 0..3 {
            client.sign(&key, None, &DIGEST).expect("a signature");
        }
        let versions = http_versions(&emulator, "Sign");
        assert_eq!(versions.first(), Some(&json!("HTTP/1.1")));
        assert_eq!(emulator.requests(), 3);
    }
}
