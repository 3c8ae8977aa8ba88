//! How many requests things cost. Operations are billed, and each is a round trip.

use std::sync::Barrier;

use crate::support::Emulator;
use scwkms::Algorithm;
use serde_json::json;

#[test]
fn a_key_costs_two_requests_side_by_side_and_a_signature_one() {
    let emulator = Emulator::start();
    let key = emulator
        .client()
        .create_key(
            "scwkms:name=k;unprotected=true",
            Some(Algorithm::EcP256Sha256),
            None,
        )
        .expect("a key");
    let client = emulator.client();
    emulator.reset_requests();
    // Both are held up, so they overlap if they are sent side by side, however slow the machine.
    emulator.fault("GetKey", 1, json!({"kind": "delay", "milliseconds": 300}));
    emulator.fault(
        "GetPublicKey",
        1,
        json!({"kind": "delay", "milliseconds": 300}),
    );
    let seen = emulator.log().len();
    client.public_key(&key.uri).expect("a public key");
    assert_eq!(emulator.requests(), 2);
    let log = emulator.log().split_off(seen);
    let time = |i: usize, field: &str| log[i][field].as_u64().expect("a time");
    assert!(
        time(0, "started_at_us") < time(1, "ended_at_us")
            && time(1, "started_at_us") < time(0, "ended_at_us"),
        "one after the other: {log:?}"
    );

    for form in [
        key.uri.clone(),
        key.id.clone(),
        format!("{}/{}", key.region, key.id),
    ] {
        client.public_key(&form).expect("a public key");
        client.key_info(&form).expect("metadata");
    }
    assert_eq!(emulator.requests(), 2, "the key is in the cache");
    for i in 1..=5 {
        client.sign(&key.uri, None, &[i; 32]).expect("a signature");
        assert_eq!(emulator.requests(), 2 + u64::from(i));
    }
    client
        .sign("scwkms:name=k", None, &[0; 32])
        .expect("a signature");
    assert_eq!(
        emulator.requests(),
        2 + 5 + 2,
        "looking up the name is one request more"
    );
    client
        .sign("scwkms:name=k", None, &[0; 32])
        .expect("a signature");
    assert_eq!(emulator.requests(), 2 + 5 + 2 + 1);
}

#[test]
fn many_threads_share_one_fetch() {
    const THREADS: usize = 32;
    let emulator = Emulator::start();
    let key = emulator
        .client()
        .create_key("scwkms:name=k;unprotected=true", None, None)
        .expect("a key");
    let client = emulator.client();
    emulator.reset_requests();
    emulator.fault("GetKey", 1, json!({"kind": "delay", "milliseconds": 300}));
    let barrier = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        for i in 0..THREADS {
            let (client, key, barrier) = (&client, &key, &barrier);
            scope.spawn(move || {
                barrier.wait();
                client
                    .sign(&key.uri, None, &[i as u8; 32])
                    .expect("a signature");
            });
        }
    });
    assert_eq!(emulator.requests(), 2 + THREADS as u64);
}

#[test]
fn a_failed_fetch_is_not_kept() {
    let emulator = Emulator::start();
    let key = emulator
        .client()
        .create_key("scwkms:name=k;unprotected=true", None, None)
        .expect("a key");
    let client = emulator.client();
    emulator.fault("GetKey", 1, json!({"kind": "status", "status": 403}));
    client.public_key(&key.uri).expect_err("403");
    client.public_key(&key.uri).expect("a public key");
}
