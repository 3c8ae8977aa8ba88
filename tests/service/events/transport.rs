//! The events of connections and of the rate limit.

use std::time::Duration;

use scwkms::{Client, ErrorKind};

use super::recording::{Recording, id_of};
use crate::asynchronous::start_sign;
use crate::call_paths::CallPath;
use crate::emulator::Emulator;
use crate::fault_proxy::{Fault, FaultProxy, NewConnections};
use crate::support::{client_and_key, client_and_key_of};

const DIGEST: [u8; 32] = [7; 32];

#[test]
fn connections_that_are_opened_and_lost_are_reported() {
    for (path, protocol) in [
        (CallPath::Asynchronous, "h2"),
        (CallPath::Direct, "http/1.1"),
    ] {
        let emulator = Emulator::start();
        let proxy = FaultProxy::to(emulator.get("url"));
        let uri = emulator.uri_via("127.0.0.1", proxy.port(), "");
        let server = format!("https://127.0.0.1:{}", proxy.port());
        let recording = Recording::start();
        let (client, key) = client_and_key(&uri);
        path.warm_up(&emulator, &client, &key);
        let is_ours = |kind: &str, e: &super::recording::Recorded| {
            e.kind == kind && e.server.starts_with(&server) && e.protocol == protocol
        };
        let opened = recording.wait_for(|e| is_ours("opened", e));
        assert!(opened.duration > Duration::ZERO);
        proxy.fail_open_connections(Fault::Rst);
        path.must_sign(&client, &key, &DIGEST);
        let closed = recording.wait_for(|e| is_ours("closed", e));
        assert!(!closed.message.is_empty(), "{closed:?}");
    }
}

/// The direct connections of a client that is dropped are closed, and not lost.
#[test]
fn connections_that_are_not_used_any_more_are_closed_without_a_reason() {
    let emulator = Emulator::start();
    let recording = Recording::start();
    let (client, key) = client_and_key_of(&emulator, "");
    CallPath::Direct.warm_up(&emulator, &client, &key);
    let is_ours = |e: &super::recording::Recorded| e.server.starts_with(emulator.get("url"));
    let opened = recording.events().into_iter();
    let opened = opened.filter(|e| e.kind == "opened" && is_ours(e)).count();
    drop(client);
    for protocol in ["h2", "http/1.1"] {
        let closed =
            recording.wait_for(|e| e.kind == "closed" && is_ours(e) && e.protocol == protocol);
        assert_eq!(closed.message, "", "{protocol}");
    }
    assert!(opened >= 2, "{opened}");
}

#[test]
fn connections_that_cannot_be_opened_are_reported() {
    let emulator = Emulator::start();
    let (_, key) = client_and_key_of(&emulator, "");
    let proxy = FaultProxy::to(emulator.get("url"));
    let uri = emulator.uri_via("127.0.0.1", proxy.port(), "timeout=2s");
    let client = Client::open(&uri).expect("a client");
    proxy.fail_new_connections(NewConnections::Refuse);
    let recording = Recording::start();
    client.sign(&key, None, &DIGEST).expect_err("no service");
    let server = format!("https://127.0.0.1:{}", proxy.port());
    let failed = recording.wait_for(|e| e.kind == "failed" && e.server.starts_with(&server));
    assert_eq!(failed.error, Some(ErrorKind::Network));
    let operation = recording.wait_for(|e| e.key_id.as_deref() == Some(id_of(&key)));
    assert_eq!(
        (operation.error, operation.http_status),
        (Some(ErrorKind::Network), None)
    );
}

/// Other clients of the same account use the limit.
#[test]
fn waits_for_the_rate_limit_are_reported() {
    let emulator = Emulator::start_with(&["--rate-limit", "5"]);
    let (client, key) = client_and_key_of(&emulator, "timeout=60s");
    emulator.use_rate_limit(5, 4);
    let recording = Recording::start();
    let start = |_| start_sign(&client, &key, &DIGEST).expect("an operation");
    let operations: Vec<_> = (0..8).map(start).collect();
    for operation in operations {
        operation.wait().expect("a signature");
    }
    let paced = recording.wait_for(|e| e.kind == "paced");
    assert!(paced.duration >= Duration::from_millis(1));
    let refused = recording.wait_for(|e| e.kind == "rate limited");
    assert!(refused.request_id.is_some(), "{refused:?}");
    let operations = recording.operations(id_of(&key));
    assert_eq!(operations.len(), 8);
    assert!(operations.iter().any(|e| e.pacing > Duration::ZERO));
    assert!(operations.iter().any(|e| e.attempts > e.requests));
}
