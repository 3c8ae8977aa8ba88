//! Creation and deletion whose outcome is unknown: the connection broke before the response.

use scwkms::ErrorKind;
use serde_json::json;

use crate::emulator::Emulator;
use crate::support::{check_error, create_p256_key};

#[test]
fn a_creation_is_not_repeated_if_it_may_have_happened() {
    let emulator = Emulator::start();
    let client = emulator.client();
    emulator.fault("CreateKey", 1, json!({"kind": "reset", "when": "after"}));
    emulator.reset_requests();
    let created = client.create_key("scwkms:name=once;unprotected=true", None, None);
    let error = created.expect_err("a reset");
    let parts = [
        "create key \"once\"",
        "may have been created all the same",
        "look for \"once\" in fr-par",
    ];
    check_error(&error, ErrorKind::Network, &parts);
    assert_eq!(emulator.requests(), 1);
    let found = client.find_keys("scwkms:name=once").expect("keys");
    assert_eq!(found.len(), 1);
}

#[test]
fn a_creation_is_repeated_after_429() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let fault = json!({"kind": "status", "status": 429, "retry_after": "0"});
    emulator.fault("CreateKey", 1, fault);
    let created = client.create_key("scwkms:name=twice;unprotected=true", None, None);
    created.expect("a key");
    let found = client.find_keys("scwkms:name=twice").expect("keys");
    assert_eq!(found.len(), 1);
}

#[test]
fn the_key_state_is_not_cached_after_a_deletion_that_may_have_happened() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let key = create_p256_key(&client);
    let state = || client.key_info(&key).expect("metadata").state;
    assert_eq!(state(), "enabled");
    emulator.fault("DeleteKey", 1, json!({"kind": "reset", "when": "after"}));
    let error = client.delete_key(&key).expect_err("a reset");
    let parts = [
        "delete key",
        "all the same: check its state before you try again",
    ];
    check_error(&error, ErrorKind::Network, &parts);
    assert_eq!(state(), "scheduled_for_deletion");
}
