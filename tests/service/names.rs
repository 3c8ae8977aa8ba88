//! Names of keys. A name refers to the key that has it now.

use scwkms::{Client, ErrorKind};
use serde_json::json;

use crate::call_paths::CallPath;
use crate::emulator::Emulator;
use crate::support::check_error;

const NAME: &str = "scwkms:name=temp";
const DIGEST: [u8; 32] = [5; 32];

fn create(client: &Client) -> String {
    let created = client.create_key("scwkms:name=temp;unprotected=true", None, None);
    created.expect("a key").id
}

fn rename(emulator: &Emulator, key: &str) {
    emulator.api(
        "PATCH",
        &format!("keys/{key}"),
        Some(json!({"name": "kept"})),
    );
}

/// A key that has lost its name after the client had used it by this name.
fn used_and_renamed(emulator: &Emulator, client: &Client) -> String {
    let key = create(client);
    client.sign(NAME, None, &DIGEST).expect("a signature");
    rename(emulator, &key);
    key
}

fn state(emulator: &Emulator, key: &str) -> String {
    let metadata = emulator.api("GET", &format!("keys/{key}"), None);
    metadata["state"].as_str().expect("a state").to_owned()
}

#[test]
fn a_renamed_key_is_not_deleted_by_its_old_name() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let old = used_and_renamed(&emulator, &client);
    let new = create(&client);
    client.delete_key(NAME).expect("deleted");
    assert_eq!(state(&emulator, &old), "enabled");
    assert_eq!(state(&emulator, &new), "scheduled_for_deletion");
}

#[test]
fn a_name_without_a_key_deletes_nothing() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let key = used_and_renamed(&emulator, &client);
    let error = client.delete_key(NAME).expect_err("no key");
    check_error(&error, ErrorKind::NotFound, &["no key is named \"temp\""]);
    assert_eq!(state(&emulator, &key), "enabled");
}

/// The client has loaded a key that is then disabled and renamed. Another key gets its name.
#[test]
fn a_name_is_looked_up_again_if_its_key_is_disabled() {
    for path in CallPath::ALL {
        let emulator = Emulator::start();
        let client = emulator.client();
        let old = create(&client);
        path.must_sign(&client, NAME, &DIGEST);
        emulator.api("POST", &format!("keys/{old}/disable"), Some(json!({})));
        rename(&emulator, &old);
        let new = create(&client);
        path.must_sign(&client, NAME, &DIGEST);
        emulator.reset_requests();
        path.must_sign(&client, NAME, &DIGEST);
        assert_eq!(
            emulator.count("requests"),
            1,
            "{path:?}: the new key is cached"
        );
        assert_ne!(old, new);
    }
}

#[test]
fn a_disabled_key_is_reported_with_its_id() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let key = create(&client);
    client.sign(NAME, None, &DIGEST).expect("a signature");
    emulator.api("POST", &format!("keys/{key}/disable"), Some(json!({})));
    emulator.reset_requests();
    let error = client.sign(NAME, None, &DIGEST).expect_err("disabled");
    let id = format!("the name refers to key {key}");
    check_error(&error, ErrorKind::KeyState, &["key \"temp\"", &id]);
    let operations = &emulator.stats()["operations"];
    assert_eq!(
        (&operations["Sign"], &operations["ListKeys"]),
        (&json!(1), &json!(1))
    );
    // An id is not looked up.
    emulator.reset_requests();
    client.sign(&key, None, &DIGEST).expect_err("disabled");
    assert_eq!(emulator.count("requests"), 1);
}

#[test]
fn metadata_that_was_just_received_is_not_requested() {
    let emulator = Emulator::start();
    let client = emulator.client();
    emulator.reset_requests();
    let key = create(&client);
    client.public_key(&key).expect("a public key");
    assert_eq!(emulator.count("requests"), 2, "CreateKey and GetPublicKey");
    let client = emulator.client();
    emulator.reset_requests();
    let found = client.find_keys("").expect("keys");
    client.key_info(&found[0].uri).expect("metadata");
    assert_eq!(emulator.count("requests"), 2, "ListKeys and GetPublicKey");
    client.key_info(&found[0].uri).expect("metadata");
    assert_eq!(emulator.count("requests"), 2, "cached");
}
