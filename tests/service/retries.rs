//! When the client tries again, when it does not, and what its error says of that.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use scwkms::{Client, ErrorKind};
use serde_json::json;

use crate::support::{Emulator, check, client_and_key};

const DIGEST: [u8; 32] = [7; 32];

/// A client whose key is fetched, so that what follows is signatures alone.
fn with_key(emulator: &Emulator, more: &str) -> (Client, String) {
    let (client, key) = client_and_key(&emulator.uri(more));
    emulator.reset_requests();
    (client, key)
}

#[test]
fn an_error_tells_attempts_waits_and_the_last_cause() {
    let emulator = Emulator::start();
    let (client, key) = with_key(&emulator, "");
    emulator.fault("Sign", 2, json!({"kind": "reset", "when": "before"}));
    emulator.fault("Sign", 1, json!({"kind": "status", "status": 504}));
    emulator.fault("Sign", 1, json!({"kind": "status", "status": 502}));
    let error = client.sign(&key, None, &DIGEST).expect_err("four faults");
    check(
        &error,
        ErrorKind::Unavailable,
        &[
            "the service answered 502",
            "; 4 attempts were made in ",
            " s, with waits of ",
            " s in between",
            "request id",
        ],
    );
    let (_, waits) = error
        .message()
        .split_once("with waits of ")
        .expect("what was looked for above");
    let waits: Vec<f64> = waits
        .split([',', ' '])
        .map_while(|word| match word {
            "" | "and" => Some(None),
            word => word.parse().ok().map(Some),
        })
        .flatten()
        .collect();
    assert_eq!(waits.len(), 3, "{error}");
    // Full jitter, doubling from 100 ms.
    for (wait, most) in waits.iter().zip([0.1, 0.2, 0.4]) {
        assert!((0.0..=most).contains(wait), "{error}");
    }
    assert_eq!(emulator.requests(), 4);
}

#[test]
fn a_wait_that_does_not_fit_the_deadline_is_not_begun() {
    let emulator = Emulator::start();
    let (client, key) = with_key(&emulator, "timeout=50s");
    let fault = json!({"kind": "status", "status": 503, "retry_after": "50"});
    emulator.fault("Sign", 1, fault);
    let begun = Instant::now();
    let error = client.sign(&key, None, &DIGEST).expect_err("a fault");
    check(
        &error,
        ErrorKind::Unavailable,
        &[
            "1 attempt was made in ",
            "another would not have fitted the deadline",
        ],
    );
    assert_eq!(emulator.requests(), 1);
    assert!(begun.elapsed() < Duration::from_secs(50), "it waited");
}

#[test]
fn a_failing_service_is_not_hammered() {
    const CALLERS: usize = 50;
    const CALLS: usize = 10;
    let emulator = Emulator::start();
    let (client, key) = with_key(&emulator, "timeout=60s");
    emulator.fault(
        "Sign",
        (4 * CALLERS * CALLS) as u32,
        json!({"kind": "status", "status": 503, "retry_after": "0"}),
    );
    let begun = Instant::now();
    let (sender, errors) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            let (sender, client, key) = (sender.clone(), &client, &key);
            scope.spawn(move || {
                for _ in 0..CALLS {
                    let error = client.sign(key, None, &DIGEST).expect_err("a fault");
                    sender.send(error).expect("whoever counts");
                }
            });
        }
    });
    drop(sender);
    let calls = (CALLERS * CALLS) as f64;
    // A fifth of the requests, and ten a second, counted over ten seconds.
    let retries = calls / 5.0 + 10.0 * (10.0 + begun.elapsed().as_secs_f64());
    let sent = emulator.requests() as f64;
    assert!(
        sent <= calls + retries,
        "{sent} requests for {calls} calls and {retries} retries"
    );
    assert!(sent > calls, "nothing was tried again");
    let without = errors
        .iter()
        .inspect(|error| check(error, ErrorKind::Unavailable, &["the service answered 503"]))
        .filter(|error| {
            error
                .message()
                .contains("the budget for retries is used up")
        })
        .count();
    assert!(without > 0, "no error names the budget");
}

#[test]
fn a_client_that_is_closed_waits_for_no_other_attempt() {
    let emulator = Emulator::start();
    let (client, key) = with_key(&emulator, "timeout=600s");
    let fault = json!({"kind": "status", "status": 503, "retry_after": "300"});
    emulator.fault("Sign", 2, fault);
    let waiting = client
        .prepare_sign(&key, None, &DIGEST)
        .and_then(|prepared| prepared.start(|| ()))
        .expect("a request");
    let error = std::thread::scope(|scope| {
        let blocked = scope.spawn(|| client.sign(&key, None, &DIGEST));
        emulator.wait_until("requests", 2);
        client.close();
        check(
            &waiting.wait().expect_err("a fault"),
            ErrorKind::Unavailable,
            &["the client was freed before another"],
        );
        blocked.join().expect("no panic").expect_err("a fault")
    });
    check(
        &error,
        ErrorKind::Unavailable,
        &[
            "the service answered 503",
            "1 attempt was made in ",
            "the client was freed before another",
        ],
    );
    assert_eq!(emulator.requests(), 2);
}

#[test]
fn a_cancelled_request_ends_while_another_attempt_is_waited_for() {
    let emulator = Emulator::start();
    let (client, key) = with_key(&emulator, "timeout=600s");
    let fault = json!({"kind": "status", "status": 429, "retry_after": "300"});
    emulator.fault("Sign", 1, fault);
    let waiting = client
        .prepare_sign(&key, None, &DIGEST)
        .and_then(|prepared| prepared.start(|| ()))
        .expect("a request");
    emulator.wait_until("requests", 1);
    waiting.cancel();
    check(
        &waiting.wait().expect_err("given up"),
        ErrorKind::Cancelled,
        &["was given up"],
    );
    client.sign(&key, None, &DIGEST).expect("a signature");
    assert_eq!(emulator.requests(), 2);
}
