//! The service's rate limit. docs/rate-limit.md describes the behaviour.

use scwkms::{Client, ErrorKind, Operation, StartOptions};
use serde_json::json;

use crate::asynchronous::start_sign;
use crate::emulator::Emulator;
use crate::support::{check_error, client_and_key_of};

fn start(client: &Client, key: &str, number: u8) -> Vec<Operation<Vec<u8>>> {
    (0..number)
        .map(|i| start_sign(client, key, &[i; 32]).expect("an operation"))
        .collect()
}

#[test]
fn requests_wait_for_their_turn() {
    let emulator = Emulator::start_with(&["--rate-limit", "5"]);
    let (client, key) = client_and_key_of(&emulator, "timeout=60s");
    emulator.reset_requests();
    for operation in start(&client, &key, 12) {
        operation.wait().expect("a signature");
    }
    assert_eq!(emulator.count("accepted"), 12);
    assert!(
        emulator.count("rate_limited") <= 1,
        "the service refused requests"
    );
}

/// An operation that waits for its turn has begun, so it completes after the client was closed.
#[test]
fn a_closed_client_completes_the_requests_that_wait() {
    let emulator = Emulator::start_with(&["--rate-limit", "5"]);
    let (client, key) = client_and_key_of(&emulator, "timeout=60s");
    let operations = start(&client, &key, 12);
    client.close();
    for operation in operations {
        operation.wait().expect("a signature");
    }
}

#[test]
fn a_turn_after_the_deadline_is_an_error_at_once() {
    let emulator = Emulator::start_with(&["--rate-limit", "5"]);
    let (client, key) = client_and_key_of(&emulator, "timeout=10s");
    emulator.reset_requests();
    // In ten seconds there are turns for about 50 requests.
    let operations = start(&client, &key, 100);
    let last = operations.last().expect("operations");
    let error = last.wait().expect_err("too late");
    let parts = [
        "the service accepts 5 requests in 1s",
        "could be sent in",
        "timeout=",
    ];
    check_error(&error, ErrorKind::RateLimited, &parts);
    assert!(emulator.requests() < 50, "the error came late");
}

/// A refused request is neither an attempt nor a reason to give up before the deadline.
#[test]
fn refused_requests_are_repeated() {
    let emulator = Emulator::start_with(&["--rate-limit", "5"]);
    let (client, key) = client_and_key_of(&emulator, "timeout=60s");
    emulator.use_rate_limit(5, 4);
    emulator.reset_requests();
    for operation in start(&client, &key, 8) {
        operation.wait().expect("a signature");
    }
    assert_eq!(emulator.count("accepted"), 8);
    assert!(
        emulator.count("rate_limited") > 0,
        "another user uses the limit"
    );
}

/// The service does not respond, so it is unknown whether it has a limit. Operations that waited for the first response
/// time out.
#[test]
fn without_a_response_no_limit_is_reported() {
    let emulator = Emulator::start();
    let (_, key) = client_and_key_of(&emulator, "");
    let client = Client::open(&emulator.uri("timeout=2s")).expect("a client");
    emulator.permanent_fault("ListKeys", json!({"kind": "delay", "milliseconds": 60_000}));
    let start = || client.start_find_keys("", StartOptions::default());
    let operations: Vec<_> = (0..70).map(|_| start().expect("an operation")).collect();
    for operation in operations {
        let error = operation.wait().expect_err("no response");
        check_error(&error, ErrorKind::Timeout, &["no response within"]);
    }
    emulator.clear_faults();
    client.sign(&key, None, &[1; 32]).expect("a signature");
}
