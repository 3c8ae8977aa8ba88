//! Connections that blocking callers drive themselves. They are no different but in speed: that each
//! fault ends as it does over the shared connections is in the matrix of faults.

use std::sync::Barrier;

use serde_json::json;

use crate::support::{Emulator, client_and_key};
use crate::ways::{onto_a_lane, versions};

const DIGEST: [u8; 32] = [7; 32];

#[test]
fn a_steady_sequence_of_calls_has_one_lane() {
    let emulator = Emulator::start();
    let (client, key) = client_and_key(&emulator.uri(""));
    emulator.reset_requests();
    onto_a_lane(&emulator, &client, &key);
    for _ in 0..50 {
        client.sign(&key, None, &DIGEST).expect("a signature");
    }
    assert_eq!(versions(&emulator, "Sign"), vec![json!("HTTP/1.1"); 50]);
    assert_eq!(emulator.count("connections"), 0, "since the lane was there");
}

#[test]
fn many_callers_have_sixteen_lanes_at_most() {
    const CALLERS: usize = 24;
    let emulator = Emulator::start_with(&["--latency", "20"]);
    let (client, key) = client_and_key(&emulator.uri(""));
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

/// The server may close a connection once it has answered, and it does not cost an attempt.
#[test]
fn a_lane_that_the_server_has_closed_is_no_error() {
    let emulator = Emulator::start();
    let (client, key) = client_and_key(&emulator.uri(""));
    for _ in 0..5 {
        onto_a_lane(&emulator, &client, &key);
        emulator.fault("Sign", 1, json!({"kind": "close"}));
        for _ in 0..3 {
            client.sign(&key, None, &DIGEST).expect("a signature");
        }
        assert_eq!(
            versions(&emulator, "Sign").first(),
            Some(&json!("HTTP/1.1"))
        );
        assert_eq!(emulator.requests(), 3);
    }
}
