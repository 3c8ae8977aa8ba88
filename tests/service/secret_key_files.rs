//! Secret keys in files: `secret-key-file=` in a client's URI.

use scwkms::{Client, ErrorKind, StartOptions};

use crate::call_paths::CallPath;
use crate::emulator::{Emulator, with_parameter};
use crate::support::{check_error, texts_of};
use crate::temp_dir::TempDir;

const DIGEST: [u8; 32] = [5; 32];
const OTHER_KEY: &str = "8a83f62f-2b00-4e17-9bef-bc10faef3098";

/// A client's URI with a file instead of the secret key.
fn uri_with_file(emulator: &Emulator, folder: &TempDir) -> String {
    let file = folder.path("secret-key");
    let uri = with_parameter(&emulator.uri(""), "secret-key", "");
    format!("{uri};secret-key-file={}", file.display())
}

fn write(folder: &TempDir, secret_key: &str) {
    folder.write("secret-key", secret_key.as_bytes());
}

#[test]
fn the_key_in_the_file_is_used() {
    let emulator = Emulator::start();
    let folder = TempDir::new();
    for end in ["", "\n", "\r\n"] {
        write(&folder, &format!("{}{end}", emulator.get("secret_key")));
        let client = Client::open(&uri_with_file(&emulator, &folder)).expect("a client");
        client.find_keys("").expect("keys");
    }
}

#[test]
fn the_file_is_read_again_when_the_key_is_no_longer_accepted() {
    let emulator = Emulator::start();
    let key = emulator
        .client()
        .create_key("k", None, None)
        .expect("a key")
        .uri;
    for path in CallPath::ALL {
        let folder = TempDir::new();
        write(&folder, emulator.get("secret_key"));
        let client = Client::open(&uri_with_file(&emulator, &folder)).expect("a client");
        path.warm_up(&emulator, &client, &key);
        // The service answers as after the key's expiry, once.
        let unauthorized = serde_json::json!({"kind": "status", "status": 401});
        emulator.fault("Sign", 1, unauthorized.clone());
        let error = path.sign(&client, &key, &DIGEST).expect_err("the same key");
        check_error(&error, ErrorKind::Authentication, &["401"]);
        assert_eq!(emulator.count("requests"), 1, "{path:?}");
    }
}

#[test]
fn a_new_key_in_the_file_replaces_one_that_is_not_accepted() {
    let emulator = Emulator::start();
    let key = emulator
        .client()
        .create_key("k", None, None)
        .expect("a key")
        .uri;
    for path in CallPath::ALL {
        let folder = TempDir::new();
        write(&folder, OTHER_KEY);
        let client = Client::open(&uri_with_file(&emulator, &folder)).expect("a client");
        let error = path.sign(&client, &key, &DIGEST).expect_err("a wrong key");
        check_error(&error, ErrorKind::Authentication, &[]);
        write(&folder, "malformed");
        let error = path.sign(&client, &key, &DIGEST).expect_err("a wrong key");
        let parts = ["could not be read again", "it is malformed"];
        check_error(&error, ErrorKind::Authentication, &parts);
        write(&folder, emulator.get("secret_key"));
        path.must_sign(&client, &key, &DIGEST);
        emulator.reset_requests();
        path.must_sign(&client, &key, &DIGEST);
        assert_eq!(emulator.count("requests"), 1, "{path:?}: the key is kept");
        // An operation that is not idempotent was certainly not processed.
        client.create_key("other", None, None).expect("a key");
    }
}

#[test]
fn a_pipe_in_place_of_the_file_delays_no_operation() {
    let emulator = Emulator::start();
    let other = emulator.client();
    let key = other.create_key("k", None, None).expect("a key").uri;
    for path in CallPath::ALL {
        let folder = TempDir::new();
        write(&folder, emulator.get("secret_key"));
        let client = Client::open(&uri_with_file(&emulator, &folder)).expect("a client");
        path.warm_up(&emulator, &client, &key);
        folder.replace_by_pipe("secret-key");
        let unauthorized = serde_json::json!({"kind": "status", "status": 401});
        emulator.fault("Sign", 1, unauthorized);
        let error = path.sign(&client, &key, &DIGEST).expect_err("a pipe");
        let parts = ["401", "could not be read again", "it is not a regular file"];
        check_error(&error, ErrorKind::Authentication, &parts);
        path.must_sign(&other, &key, &DIGEST);
        path.must_sign(&client, &key, &DIGEST);
    }
}

#[test]
fn concurrent_operations_use_the_new_key() {
    let emulator = Emulator::start();
    let folder = TempDir::new();
    write(&folder, OTHER_KEY);
    let client = Client::open(&uri_with_file(&emulator, &folder)).expect("a client");
    write(&folder, emulator.get("secret_key"));
    let start = |_| client.start_find_keys("", StartOptions::default());
    let operations: Vec<_> = (0..100).map(start).collect();
    for operation in operations {
        let keys = operation.and_then(|operation| operation.wait());
        keys.expect("keys");
    }
}

#[test]
fn creations_are_repeated_with_the_new_key() {
    let emulator = Emulator::start();
    let folder = TempDir::new();
    write(&folder, OTHER_KEY);
    let client = Client::open(&uri_with_file(&emulator, &folder)).expect("a client");
    write(&folder, emulator.get("secret_key"));
    client.create_key("k", None, None).expect("a key");
    assert_eq!(client.find_keys("scwkms:name=k").expect("keys").len(), 1);
}

#[test]
fn mistakes_are_named_and_show_no_secret() {
    let emulator = Emulator::start();
    let folder = TempDir::new();
    let uri = uri_with_file(&emulator, &folder);
    for (content, expected) in [
        (None, "No such file"),
        (Some(""), "it is empty"),
        (Some("hunter2"), "malformed"),
    ] {
        if let Some(content) = content {
            write(&folder, content);
        }
        let error = Client::open(&uri).err().expect("no client");
        check_error(
            &error,
            ErrorKind::Configuration,
            &["secret-key-file", expected],
        );
        for text in texts_of(&error) {
            assert!(!text.contains("hunter2"), "{text}");
        }
    }
    write(&folder, emulator.get("secret_key"));
    let twice = format!("{uri};secret-key={OTHER_KEY}");
    let error = Client::open(&twice).err().expect("no client");
    check_error(&error, ErrorKind::Configuration, &["given twice"]);
}
