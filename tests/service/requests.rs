//! The number of requests for each operation. Each request is billed, and takes a round trip.

use std::sync::Barrier;

use scwkms::Client;
use serde_json::{Value, json};

use crate::emulator::Emulator;
use crate::support::create_p256_key;

/// An emulator, a client that has not loaded the key, and the key.
fn start() -> (Emulator, Client, String) {
    let emulator = Emulator::start();
    let key = create_p256_key(&emulator.client());
    let client = emulator.client();
    emulator.reset_requests();
    (emulator, client, key)
}

#[test]
fn a_key_costs_two_parallel_requests() {
    let (emulator, client, key) = start();
    // With both responses delayed, parallel requests overlap also on a slow machine.
    for operation in ["GetKey", "GetPublicKey"] {
        let delay = json!({"kind": "delay", "milliseconds": 300});
        emulator.fault(operation, 1, delay);
    }
    let earlier = emulator.log().len();
    client.public_key(&key).expect("a public key");
    assert_eq!(emulator.requests(), 2);
    let log = emulator.log().split_off(earlier);
    assert!(overlap(&log[0], &log[1]), "one after the other: {log:?}");
}

fn overlap(a: &Value, b: &Value) -> bool {
    let start = |request: &Value| request["started_at_us"].as_u64().expect("a time");
    let end = |request: &Value| request["ended_at_us"].as_u64().expect("a time");
    start(a) < end(b) && start(b) < end(a)
}

#[test]
fn a_loaded_key_costs_no_request_and_a_signature_one() {
    let (emulator, client, key) = start();
    client.public_key(&key).expect("a public key");
    assert_eq!(emulator.requests(), 2);
    let info = client.key_info(&key).expect("metadata");
    let short = format!("{}/{}", info.region, info.id);
    for reference in [key.clone(), info.id, short] {
        client.public_key(&reference).expect("a public key");
        client.key_info(&reference).expect("metadata");
    }
    assert_eq!(emulator.requests(), 2, "the key is cached");
    for i in 1..=5 {
        client.sign(&key, None, &[i; 32]).expect("a signature");
        assert_eq!(emulator.requests(), 2 + u64::from(i));
    }
}

#[test]
fn looking_up_a_name_costs_one_request() {
    let (emulator, client, key) = start();
    client.public_key(&key).expect("a public key");
    let sign_by_name = || {
        client
            .sign("scwkms:name=k", None, &[0; 32])
            .expect("a signature")
    };
    emulator.reset_requests();
    sign_by_name();
    assert_eq!(emulator.requests(), 2, "the lookup and the signature");
    sign_by_name();
    assert_eq!(emulator.requests(), 3, "the name is cached");
}

#[test]
fn concurrent_calls_load_a_key_once() {
    const THREADS: usize = 32;
    let (emulator, client, key) = start();
    emulator.fault("GetKey", 1, json!({"kind": "delay", "milliseconds": 300}));
    let barrier = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        for i in 0..THREADS {
            let (client, key, barrier) = (&client, &key, &barrier);
            scope.spawn(move || {
                barrier.wait();
                let digest = [i as u8; 32];
                client.sign(key, None, &digest).expect("a signature");
            });
        }
    });
    assert_eq!(emulator.requests(), 2 + THREADS as u64);
}

#[test]
fn an_error_of_loading_a_key_is_not_cached() {
    let (emulator, client, key) = start();
    emulator.fault("GetKey", 1, json!({"kind": "status", "status": 403}));
    client.public_key(&key).expect_err("403");
    client.public_key(&key).expect("a public key");
}
