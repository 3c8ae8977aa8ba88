//! Retries: when the client makes another attempt, and what its error says about it.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use scwkms::{Client, Error, ErrorKind};
use serde_json::json;

use crate::asynchronous::start_sign;
use crate::emulator::Emulator;
use crate::support::{check_error, client_and_key_of};

const DIGEST: [u8; 32] = [7; 32];

#[test]
fn an_error_contains_attempts_waits_and_the_last_cause() {
    let emulator = Emulator::start();
    let (client, key) = client_and_key_of(&emulator, "");
    emulator.fault("Sign", 2, json!({"kind": "reset", "when": "before"}));
    emulator.fault("Sign", 1, json!({"kind": "status", "status": 504}));
    emulator.fault("Sign", 1, json!({"kind": "status", "status": 502}));
    let error = client.sign(&key, None, &DIGEST).expect_err("four faults");
    let parts = [
        "the service responded with 502",
        "; 4 attempts were made in ",
        " s, with waits of ",
        " s in between",
        "request id",
    ];
    check_error(&error, ErrorKind::Unavailable, &parts);
    let waits = waits_in(&error);
    assert_eq!(waits.len(), 3, "{error}");
    // Full jitter, doubling from 100 ms.
    for (wait, most) in waits.iter().zip([0.1, 0.2, 0.4]) {
        assert!((0.0..=most).contains(wait), "{error}");
    }
    assert_eq!(emulator.requests(), 4);
}

/// The waits between attempts, in seconds: numbers that are separated by ", " and " and ".
fn waits_in(error: &Error) -> Vec<f64> {
    let (_, waits) = error.message().split_once("with waits of ").expect("waits");
    waits
        .split([',', ' '])
        .filter(|word| !matches!(*word, "" | "and"))
        .map_while(|word| word.parse().ok())
        .collect()
}

#[test]
fn a_wait_that_does_not_fit_the_deadline_is_not_started() {
    let emulator = Emulator::start();
    let (client, key) = client_and_key_of(&emulator, "timeout=50s");
    let fault = json!({"kind": "status", "status": 503, "retry_after": "50"});
    emulator.fault("Sign", 1, fault);
    let start = Instant::now();
    let error = client.sign(&key, None, &DIGEST).expect_err("a fault");
    let parts = [
        "1 attempt was made in ",
        "another would not have fitted the deadline",
    ];
    check_error(&error, ErrorKind::Unavailable, &parts);
    assert_eq!(emulator.requests(), 1);
    assert!(start.elapsed() < Duration::from_secs(50), "it waited");
}

#[test]
fn retries_to_a_failing_service_are_limited() {
    const CALLERS: usize = 50;
    const CALLS: usize = 10;
    let emulator = Emulator::start();
    let (client, key) = client_and_key_of(&emulator, "timeout=60s");
    let fault = json!({"kind": "status", "status": 503, "retry_after": "0"});
    emulator.permanent_fault("Sign", fault);
    let start = Instant::now();
    let errors = sign_concurrently(&client, &key, CALLERS, CALLS);
    let calls = (CALLERS * CALLS) as f64;
    // A fifth of the requests, and ten per second, counted over ten seconds.
    let retries = calls / 5.0 + 10.0 * (10.0 + start.elapsed().as_secs_f64());
    let sent = emulator.requests() as f64;
    assert!(
        sent <= calls + retries,
        "{sent} requests for {calls} calls and {retries} retries"
    );
    assert!(sent > calls, "there were no retries");
    for error in &errors {
        check_error(
            error,
            ErrorKind::Unavailable,
            &["the service responded with 503"],
        );
    }
    let budget = "the budget for retries is used up";
    let named = errors.iter().any(|error| error.message().contains(budget));
    assert!(named, "no error names the retry budget");
}

/// The errors of all calls.
fn sign_concurrently(client: &Client, key: &str, callers: usize, calls: usize) -> Vec<Error> {
    let (sender, errors) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..callers {
            let sender = sender.clone();
            scope.spawn(move || {
                for _ in 0..calls {
                    let error = client.sign(key, None, &DIGEST).expect_err("a fault");
                    sender.send(error).expect("the receiver");
                }
            });
        }
    });
    drop(sender);
    errors.iter().collect()
}

#[test]
fn a_closed_client_makes_no_further_attempt() {
    let emulator = Emulator::start();
    let (client, key) = client_and_key_of(&emulator, "timeout=600s");
    let fault = json!({"kind": "status", "status": 503, "retry_after": "300"});
    emulator.fault("Sign", 2, fault);
    let operation = start_sign(&client, &key, &DIGEST).expect("an operation");
    let closed = "the client was closed before another";
    let error = std::thread::scope(|scope| {
        let blocking = scope.spawn(|| client.sign(&key, None, &DIGEST));
        emulator.wait_until("requests", 2);
        client.close();
        let error = operation.wait().expect_err("a fault");
        check_error(&error, ErrorKind::Unavailable, &[closed]);
        blocking.join().expect("no panic").expect_err("a fault")
    });
    let parts = [
        "the service responded with 503",
        "1 attempt was made in ",
        closed,
    ];
    check_error(&error, ErrorKind::Unavailable, &parts);
    assert_eq!(emulator.requests(), 2);
}

#[test]
fn a_cancelled_operation_ends_during_the_wait_for_another_attempt() {
    let emulator = Emulator::start();
    let (client, key) = client_and_key_of(&emulator, "timeout=600s");
    let fault = json!({"kind": "status", "status": 429, "retry_after": "300"});
    emulator.fault("Sign", 1, fault);
    let operation = start_sign(&client, &key, &DIGEST).expect("an operation");
    emulator.wait_until("requests", 1);
    operation.cancel();
    let error = operation.wait().expect_err("a cancelled operation");
    check_error(&error, ErrorKind::Cancelled, &["was cancelled"]);
    client.sign(&key, None, &DIGEST).expect("a signature");
    assert_eq!(emulator.requests(), 2);
}
