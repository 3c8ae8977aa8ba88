//! How many connections requests are spread over.

use std::collections::HashSet;

use scwkms::{Client, Pending};
use serde_json::{Value, json};

use crate::support::{Emulator, client_and_key};

fn open_key(emulator: &Emulator) -> (Client, String) {
    client_and_key(&emulator.uri("timeout=60s"))
}

fn start(client: &Client, key: &str, number: usize) -> Vec<Pending> {
    (0..number)
        .map(|i| {
            let prepared = client.prepare_sign(key, None, &[i as u8; 32]);
            prepared.expect("prepared").start(|| ()).expect("started")
        })
        .collect()
}

fn finish(pending: Vec<Pending>) {
    for pending in pending {
        pending.wait().expect("a signature");
    }
}

/// The service answers late, so that all are under way at once.
#[test]
fn a_connection_carries_a_hundred_requests_and_each_further_hundred_has_another() {
    let emulator = Emulator::start();
    let (client, key) = open_key(&emulator);
    emulator.reset_requests();
    let first = emulator.count("open_connections");
    let own = connection_of_a_list(&emulator, &client);
    emulator.fault(
        "Sign",
        202,
        json!({"kind": "delay", "milliseconds": 10_000}),
    );

    let mut pending = start(&client, &key, 100);
    emulator.wait_until("max_in_flight", 100);
    assert_eq!(emulator.count("open_connections"), first, "100 requests");
    // This one finds the first connection full. It does not wait for the second.
    pending.extend(start(&client, &key, 1));
    emulator.wait_until("max_in_flight", 101);
    emulator.wait_until("open_connections", first + 1);
    until_another_is_used(&emulator, &client, &own);
    pending.extend(start(&client, &key, 100));
    emulator.wait_until("max_in_flight", 201);
    assert_eq!(
        emulator.count("open_connections"),
        first + 1,
        "201 requests"
    );
    pending.extend(start(&client, &key, 1));
    emulator.wait_until("open_connections", first + 2);
    finish(pending);
    assert_eq!(emulator.count("connections"), 2, "in addition to the first");
    let log = emulator.log();
    let signatures = log.iter().filter(|r| r["operation"] == "Sign").count();
    assert_eq!(signatures, 202);
}

/// A connection that the server has accepted can be used once the client has shaken hands too. Until
/// then requests crowd on the first, and want more connections.
fn until_another_is_used(emulator: &Emulator, client: &Client, first: &Value) {
    const TRIES: usize = 500;
    let mut tries = 0..TRIES;
    let used = tries.any(|_| connection_of_a_list(emulator, client) != *first);
    assert!(used, "{TRIES} requests went over the first connection");
}

/// The number of the connection over which a request goes that is not held back.
fn connection_of_a_list(emulator: &Emulator, client: &Client) -> Value {
    client.find_keys("scwkms:name=k").expect("a list");
    let log = emulator.log();
    let list = log.iter().rfind(|r| r["operation"] == "ListKeys");
    list.expect("what was asked for")["connection"].clone()
}

/// Each request has a connection of its own, which is used again.
#[test]
fn a_server_that_speaks_http_1_only() {
    let emulator = Emulator::start_with(&["--plain"]);
    let (client, key) = open_key(&emulator);
    emulator.reset_requests();
    emulator.fault("Sign", 20, json!({"kind": "delay", "milliseconds": 3000}));
    let pending = start(&client, &key, 20);
    emulator.wait_until("max_in_flight", 20);
    finish(pending);
    // The key took two, side by side.
    assert_eq!(emulator.count("connections"), 18, "more than there were");
    for i in 0..20 {
        client.sign(&key, None, &[i; 32]).expect("a signature");
    }
    finish(start(&client, &key, 20));
    assert_eq!(emulator.count("connections"), 19, "they are not used again");
    let versions: HashSet<Value> = emulator
        .log()
        .iter()
        .map(|r| r["http_version"].clone())
        .collect();
    assert_eq!(versions, HashSet::from([json!("HTTP/1.1")]));
    assert_eq!(emulator.requests(), 60);
}
