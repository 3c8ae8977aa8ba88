//! Faults of responses. Each one has its kind of error, and no error contains the secret key.

use scwkms::{Client, ErrorKind};
use serde_json::{Value, json};

use super::check_error_and_secrets;
use crate::emulator::Emulator;
use crate::support::client_and_key;

/// A fault, how often it is used, the kind of the error, and a part of its text.
type Case = (Value, u32, ErrorKind, &'static str);

#[test]
fn each_fault_has_its_error_without_the_secret_key() {
    let emulator = Emulator::start();
    let (client, key) = client_and_key(&emulator.uri("timeout=2m"));
    let faults = [status_faults(), body_faults(), signature_faults()].concat();
    for case in faults {
        check_fault(&emulator, &client, &key, case);
    }
    let repeated = format!("you sent {}", emulator.get("secret_key"));
    let body = json!({"message": repeated});
    let fault = json!({"kind": "status", "status": 400, "body": body});
    let case = (
        fault,
        1,
        ErrorKind::InvalidArgument,
        "you sent [secret key]",
    );
    check_fault(&emulator, &client, &key, case);
}

/// The next signature after the fault succeeds.
fn check_fault(emulator: &Emulator, client: &Client, key: &str, case: Case) {
    let (fault, times, kind, part) = case;
    emulator.fault("Sign", times, fault.clone());
    emulator.reset_requests();
    let error = client.sign(key, None, &[1; 32]).expect_err(part);
    assert_eq!(emulator.requests(), u64::from(times), "{fault}: {error}");
    check_error_and_secrets(emulator, &error, kind, &[part, "sign with key"]);
    let next = client.sign(key, None, &[1; 32]);
    next.expect("a signature after the fault");
}

fn status_faults() -> Vec<Case> {
    vec![
        (
            json!({"kind": "status", "status": 503}),
            4,
            ErrorKind::Unavailable,
            "4 attempts were made",
        ),
        (
            json!({"kind": "status", "status": 403}),
            1,
            ErrorKind::PermissionDenied,
            "IAM",
        ),
        (
            json!({"kind": "redirect", "location": "https://127.0.0.1:1/"}),
            1,
            ErrorKind::Protocol,
            "redirects are not followed",
        ),
        (
            json!({"kind": "reset", "when": "after"}),
            4,
            ErrorKind::Network,
            "4 attempts were made",
        ),
    ]
}

fn body_faults() -> Vec<Case> {
    vec![
        (
            json!({"kind": "garbage"}),
            1,
            ErrorKind::Protocol,
            "the service's response",
        ),
        (
            json!({"kind": "html"}),
            1,
            ErrorKind::Protocol,
            "is not JSON",
        ),
        (
            json!({"kind": "oversized", "bytes": 2_000_000}),
            1,
            ErrorKind::Protocol,
            "over 1 MiB",
        ),
    ]
}

fn signature_faults() -> Vec<Case> {
    vec![
        (
            json!({"kind": "key_id"}),
            1,
            ErrorKind::Integrity,
            "about another key",
        ),
        (
            json!({"kind": "flip"}),
            1,
            ErrorKind::Integrity,
            "not a signature of the digest",
        ),
        (
            json!({"kind": "other_key"}),
            1,
            ErrorKind::Integrity,
            "not a signature of the digest",
        ),
    ]
}
