//! The events of operations.

use std::time::Duration;

use scwkms::{Client, ErrorKind, StartOptions};
use serde_json::json;

use super::recording::{Recording, id_of};
use crate::asynchronous::start_sign;
use crate::call_paths::CallPath;
use crate::emulator::Emulator;
use crate::support::{client_and_key_of, create_p256_key};

const DIGEST: [u8; 32] = [0x5a; 32];

#[test]
fn each_call_path_reports_a_signature_once() {
    let emulator = Emulator::start();
    for path in CallPath::ALL {
        let (client, key) = client_and_key_of(&emulator, "");
        path.warm_up(&emulator, &client, &key);
        let recording = Recording::start();
        path.must_sign(&client, &key, &DIGEST);
        let event = recording.take_operation(id_of(&key));
        assert_eq!(event.operation, "sign", "{path:?}");
        assert_eq!(event.region.as_deref(), Some("fr-par"), "{path:?}");
        assert_eq!(
            (event.error, event.http_status),
            (None, Some(200)),
            "{path:?}"
        );
        assert_eq!((event.requests, event.attempts), (1, 1), "{path:?}");
        assert!(
            event.request_id.is_some_and(|id| !id.is_empty()),
            "{path:?}"
        );
        assert!(event.duration > Duration::ZERO, "{path:?}");
        assert_eq!(event.pacing, Duration::ZERO, "{path:?}");
    }
}

/// The first operation loads the key over a new connection.
#[test]
fn the_requests_that_load_a_key_count() {
    let emulator = Emulator::start();
    let (_, key) = client_and_key_of(&emulator, "");
    for path in [CallPath::Blocking, CallPath::Asynchronous] {
        let client = emulator.client();
        let recording = Recording::start();
        path.must_sign(&client, &key, &DIGEST);
        let event = recording.take_operation(id_of(&key));
        assert_eq!((event.requests, event.attempts), (3, 3), "{path:?}");
        assert!(event.connecting > Duration::ZERO, "{path:?}");
        assert!(event.connecting <= event.duration * 3, "{path:?}");
    }
}

#[test]
fn attempts_and_errors_are_reported() {
    let emulator = Emulator::start();
    for path in CallPath::ALL {
        let (client, key) = client_and_key_of(&emulator, "");
        path.warm_up(&emulator, &client, &key);
        let recording = Recording::start();
        emulator.fault("Sign", 2, json!({"kind": "status", "status": 503}));
        path.must_sign(&client, &key, &DIGEST);
        let event = recording.take_operation(id_of(&key));
        assert_eq!((event.requests, event.attempts), (1, 3), "{path:?}");
        assert_eq!(event.http_status, Some(200), "{path:?}");

        emulator.fault("Sign", 1, json!({"kind": "status", "status": 403}));
        let error = path
            .sign(&client, &key, &DIGEST)
            .expect_err("not permitted");
        let event = recording.take_operation(id_of(&key));
        assert_eq!(event.error, Some(ErrorKind::PermissionDenied), "{path:?}");
        assert_eq!(event.http_status, Some(403), "{path:?}");
        assert_eq!(event.message, error.to_string(), "{path:?}");
        assert_eq!(event.request_id.as_deref(), error.request_id(), "{path:?}");
    }
}

/// A check that needs the key fails. A started operation reports it too.
#[test]
fn an_operation_that_sends_no_request_is_reported() {
    let emulator = Emulator::start();
    let (client, key) = client_and_key_of(&emulator, "");
    let recording = Recording::start();
    client.sign(&key, None, &[1; 31]).expect_err("too short");
    let blocking = recording.take_operation(id_of(&key));
    let started = client.start_sign(&key, None, &[1; 31], StartOptions::default());
    assert!(started.is_err(), "too short");
    let asynchronous = recording.take_operation(id_of(&key));
    for event in [blocking, asynchronous] {
        assert_eq!(event.error, Some(ErrorKind::InvalidArgument));
        assert_eq!((event.requests, event.http_status), (0, None));
    }
}

#[test]
fn cancelled_and_untaken_operations_are_reported() {
    let emulator = Emulator::start();
    let (client, key) = client_and_key_of(&emulator, "");
    let recording = Recording::start();
    emulator.fault("Sign", 1, json!({"kind": "delay", "milliseconds": 60_000}));
    let operation = start_sign(&client, &key, &DIGEST).expect("an operation");
    operation.cancel();
    let event = recording.wait_for(|e| e.key_id.as_deref() == Some(id_of(&key)));
    assert_eq!(event.error, Some(ErrorKind::Cancelled));
    operation.wait().expect_err("cancelled");
    assert_eq!(recording.operations(id_of(&key)).len(), 1);

    emulator.clear_faults();
    let (sender, ended) = std::sync::mpsc::channel();
    let options = StartOptions {
        notify: Some(Box::new(move || sender.send(()).expect("a receiver"))),
        ..StartOptions::default()
    };
    let untaken = client.start_sign(&key, None, &DIGEST, options);
    ended.recv().expect("an end");
    assert_eq!(recording.operations(id_of(&key)).len(), 1);
    drop(untaken);
    let event = recording.wait_for(|e| e.http_status == Some(200));
    assert_eq!((event.operation, event.error), ("sign", None));
}

#[test]
fn keys_by_name_new_keys_and_lists_are_reported() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let recording = Recording::start();
    let key = create_p256_key(&client);
    let event = recording.take_operation(id_of(&key));
    assert_eq!(
        (event.operation, event.http_status),
        ("create_key", Some(200))
    );
    assert_eq!(event.region.as_deref(), Some("fr-par"));

    let other = emulator.client();
    other
        .sign("scwkms:name=k", None, &DIGEST)
        .expect("a signature");
    assert_eq!(recording.take_operation(id_of(&key)).requests, 4);

    other.find_keys("").expect("keys");
    let event = recording.wait_for(|e| e.operation == "find_keys");
    assert_eq!((event.requests, event.key_id), (1, None));
    assert_eq!(event.region.as_deref(), Some("fr-par"));
}

#[test]
fn no_event_contains_a_secret() {
    // The digest, and the plaintext below, as bytes, in hexadecimal and in Base64.
    const CANARIES: [&str; 5] = ["ZZZZZZZZ", "90, 90, 90", "5a5a5a5a", "WlpaWlpa", "5A5A5A5A"];
    let emulator = Emulator::start();
    let secret_key = emulator.get("secret_key");
    let recording = Recording::start();
    let client = Client::open(&emulator.uri("insecure=true")).expect("a client");
    let symmetric = client.create_key("scwkms:name=s;algorithm=aes_256_gcm", None, None);
    let symmetric = symmetric.expect("a key").uri;
    let key = create_p256_key(&client);
    let echo = json!({"kind": "status", "status": 400, "body": format!("{secret_key} ZZZZ")});
    for _ in 0..2 {
        client.sign(&key, None, &DIGEST).expect("a signature");
        let ciphertext = client.encrypt(&symmetric, &DIGEST).expect("a ciphertext");
        client
            .decrypt(&symmetric, &ciphertext)
            .expect("a plaintext");
    }
    emulator.fault("Sign", 1, echo);
    client.sign(&key, None, &DIGEST).expect_err("a fault");
    client
        .sign(&key, None, &DIGEST[1..])
        .expect_err("too short");
    let events = recording.events();
    assert!(events.len() > 10, "{events:#?}");
    for event in events {
        for secret in CANARIES.iter().chain([&secret_key]) {
            assert!(!event.text.contains(secret), "an event contains {secret}");
        }
    }
}
