//! Errors: their kind, and the text that helps a person.

mod configuration;
mod outcome_unknown;
mod responses;

use scwkms::{Client, Error, ErrorKind};
use serde_json::json;

use crate::emulator::{Emulator, with_parameter};
use crate::support::{check_error, create_p256_key, texts_of};

const NO_SUCH_KEY: &str = "scwkms:key-id=00000000-0000-4000-8000-000000000000";

/// A secret key that the emulator does not know.
const UNKNOWN_SECRET: &str = "99999999-9999-4999-8999-999999999999";

/// Checks an error as [`check_error`] does, and that it contains no secret key.
fn check_error_and_secrets(emulator: &Emulator, error: &Error, kind: ErrorKind, parts: &[&str]) {
    check_error(error, kind, parts);
    for secret in [emulator.get("secret_key"), UNKNOWN_SECRET] {
        for text in texts_of(error) {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[test]
fn an_error_quotes_the_service() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let result = client.sign(NO_SUCH_KEY, None, &[0; 32]);
    let error = result.expect_err("no such key");
    let parts = [
        "sign with key 00000000-0000-4000-8000-000000000000",
        "not_found",
        "check the id, the region",
    ];
    check_error(&error, ErrorKind::NotFound, &parts);
    assert_eq!(error.http_status(), Some(404));
    let id = error.request_id().expect("a request id");
    assert!(error.to_string().contains(id), "{error}");
}

#[test]
fn names_without_a_key_and_names_of_several_keys() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let error = client.delete_key("scwkms:name=unused").expect_err("no key");
    let parts = ["no key is named \"unused\" in fr-par", "exactly"];
    check_error(&error, ErrorKind::NotFound, &parts);

    for _ in 0..2 {
        let created = client.create_key("scwkms:name=twin;unprotected=true", None, None);
        created.expect("a key");
    }
    let error = client.public_key("scwkms:name=twin").expect_err("two keys");
    let parts = ["2 keys are named \"twin\"", "use the id of one of them"];
    check_error(&error, ErrorKind::InvalidArgument, &parts);
}

#[test]
fn a_protected_key_is_not_deleted() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let key = client.create_key("kept", None, None).expect("a key");
    assert!(key.protected);
    let error = client.delete_key(&key.uri).expect_err("a protected key");
    let parts = ["delete key", "must be unprotected first"];
    check_error(&error, ErrorKind::KeyState, &parts);
}

#[test]
fn a_slow_service_meets_the_deadline() {
    let emulator = Emulator::start();
    let key = create_p256_key(&emulator.client());
    let client = Client::open(&emulator.uri("timeout=900ms")).expect("a client");
    client.public_key(&key).expect("a public key");
    emulator.fault("Sign", 4, json!({"kind": "delay", "milliseconds": 60_000}));
    let error = client.sign(&key, None, &[0; 32]).expect_err("no response");
    let parts = [
        "no response within",
        "timeout= in the URI",
        " attempts were made in ",
    ];
    check_error(&error, ErrorKind::Timeout, &parts);
}

#[test]
fn fixed_width_ecdsa_signatures_become_der() {
    let emulator = Emulator::start();
    let key = create_p256_key(&emulator.client());
    let client = emulator.client();
    let pem = json!({"kind": "pem", "label": "PUBLIC KEY"});
    emulator.fault("GetPublicKey", 1, pem);
    emulator.fault("Sign", 1, json!({"kind": "raw_ecdsa"}));
    let signature = client.sign(&key, None, &[7; 32]).expect("a signature");
    assert_eq!(signature.first(), Some(&0x30), "ASN.1 DER");
}

#[test]
fn a_malformed_pem_is_an_error() {
    let emulator = Emulator::start();
    let key = create_p256_key(&emulator.client());
    emulator.fault("GetPublicKey", 1, json!({"kind": "bad_pem"}));
    let error = emulator.client().public_key(&key).expect_err("no PEM");
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
}

#[test]
fn the_length_of_a_message_is_limited() {
    let emulator = Emulator::start();
    let client = emulator.client();
    for _ in 0..30 {
        client.create_key("many", None, None).expect("a key");
    }
    let error = client.public_key("scwkms:name=many").expect_err("30 keys");
    let parts = [
        "30 keys are named \"many\"",
        " and 25 more",
        "use the id of one of them",
    ];
    check_error(&error, ErrorKind::InvalidArgument, &parts);
    assert!(error.to_string().len() < 500, "{error}");
}

#[cfg(unix)]
#[test]
fn an_endless_ca_file_is_an_error() {
    let emulator = Emulator::start();
    let endless = with_parameter(&emulator.uri(""), "ca-file", "/dev/zero");
    let error = Client::open(&endless).err().expect("an endless file");
    let parts = ["/dev/zero", "over 8 MiB"];
    check_error(&error, ErrorKind::Configuration, &parts);
}
