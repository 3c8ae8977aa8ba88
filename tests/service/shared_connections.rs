//! Shared connections: how many of them the client opens.

use std::collections::HashSet;

use scwkms::{Client, Operation};
use serde_json::{Value, json};

use crate::asynchronous::start_sign;
use crate::emulator::Emulator;
use crate::support::client_and_key_of;

fn start(client: &Client, key: &str, number: usize) -> Vec<Operation<Vec<u8>>> {
    (0..number)
        .map(|i| start_sign(client, key, &[i as u8; 32]).expect("an operation"))
        .collect()
}

fn finish(operations: Vec<Operation<Vec<u8>>>) {
    for operation in operations {
        operation.wait().expect("a signature");
    }
}

/// The service delays its responses, so that all requests are in flight at the same time.
#[test]
fn a_connection_is_opened_for_each_further_hundred_requests() {
    let emulator = Emulator::start();
    let (client, key) = client_and_key_of(&emulator, "timeout=60s");
    let before = emulator.count("open_connections");
    let first = connection_of_a_list(&emulator, &client);
    let delay = json!({"kind": "delay", "milliseconds": 10_000});
    emulator.fault("Sign", 202, delay);

    let mut operations = start(&client, &key, 100);
    emulator.wait_until("max_in_flight", 100);
    assert_eq!(emulator.count("open_connections"), before, "100 requests");
    // The first connection is full. This request does not wait until the second one is open.
    operations.extend(start(&client, &key, 1));
    emulator.wait_until("max_in_flight", 101);
    emulator.wait_until("open_connections", before + 1);
    send_until_another_connection_is_used(&emulator, &client, &first);
    operations.extend(start(&client, &key, 100));
    emulator.wait_until("max_in_flight", 201);
    let open = emulator.count("open_connections");
    assert_eq!(open, before + 1, "201 requests");
    operations.extend(start(&client, &key, 1));
    emulator.wait_until("open_connections", before + 2);
    finish(operations);

    let opened = emulator.count("connections");
    assert_eq!(opened, 2, "in addition to the first connection");
    let log = emulator.log();
    let signatures = log.iter().filter(|r| r["operation"] == "Sign").count();
    assert_eq!(signatures, 202);
}

/// The server accepts a connection before the client has completed the TLS handshake. Until then the
/// client sends further requests over the first connection, and would open more connections.
fn send_until_another_connection_is_used(emulator: &Emulator, client: &Client, first: &Value) {
    const TRIES: usize = 500;
    let mut tries = 0..TRIES;
    let used = tries.any(|_| connection_of_a_list(emulator, client) != *first);
    assert!(used, "{TRIES} requests went over the first connection");
}

/// Sends a request that the emulator does not delay, and returns the number of its connection.
fn connection_of_a_list(emulator: &Emulator, client: &Client) -> Value {
    client.find_keys("scwkms:name=k").expect("a list");
    let log = emulator.log();
    let list = log.iter().rfind(|r| r["operation"] == "ListKeys");
    list.expect("the request")["connection"].clone()
}

/// Each request in flight needs its own connection. Idle connections are used again.
#[test]
fn a_server_without_http_2() {
    let emulator = Emulator::start_with(&["--plain"]);
    let (client, key) = client_and_key_of(&emulator, "timeout=60s");
    emulator.fault("Sign", 20, json!({"kind": "delay", "milliseconds": 3000}));
    let operations = start(&client, &key, 20);
    emulator.wait_until("max_in_flight", 20);
    finish(operations);
    let opened = emulator.count("connections");
    assert_eq!(opened, 19, "one is open, which loaded the key");
    for i in 0..20 {
        client.sign(&key, None, &[i; 32]).expect("a signature");
    }
    finish(start(&client, &key, 20));
    let opened = emulator.count("connections");
    assert_eq!(opened, 20, "only a direct connection is opened");
    let log = emulator.log();
    let versions: HashSet<Value> = log.iter().map(|r| r["http_version"].clone()).collect();
    assert_eq!(versions, HashSet::from([json!("HTTP/1.1")]));
    assert_eq!(emulator.requests(), 60);
}

/// The server allows fewer requests on a connection than the client would send. All requests are in flight at the same
/// time, on further connections.
#[test]
fn a_server_that_allows_few_requests_on_a_connection() {
    let emulator = Emulator::start_with(&["--max-streams", "10"]);
    let (client, key) = client_and_key_of(&emulator, "timeout=60s");
    emulator.fault("Sign", 35, json!({"kind": "delay", "milliseconds": 10_000}));
    let operations = start(&client, &key, 35);
    emulator.wait_until("max_in_flight", 35);
    assert!(emulator.count("open_connections") >= 4);
    finish(operations);
    let log = emulator.log();
    let signatures = log.iter().filter(|r| r["operation"] == "Sign").count();
    assert_eq!(signatures, 35);
}

/// A new client sends a burst before it knows how many requests the server allows on a connection.
#[test]
fn a_burst_to_a_server_that_allows_few_requests() {
    let emulator = Emulator::start_with(&["--max-streams", "10"]);
    let (_, key) = client_and_key_of(&emulator, "");
    let client = Client::open(&emulator.uri("timeout=60s")).expect("a client");
    let operations = start(&client, &key, 50);
    finish(operations);
}
