//! Rotate, enable, disable, protect, unprotect and restore.

use scwkms::{Client, ErrorKind, KeyInfo, Result};
use serde_json::{Value, json};

use super::Fixture;
use crate::call_paths::{CallPath, call};
use crate::support::check_error;

type Operation = fn(CallPath, &Client, &str) -> Result<KeyInfo>;

const ROTATE: Operation =
    |path, client, key| call!(path, client, rotate_key, start_rotate_key(key));
const ENABLE: Operation =
    |path, client, key| call!(path, client, enable_key, start_enable_key(key));
const DISABLE: Operation =
    |path, client, key| call!(path, client, disable_key, start_disable_key(key));
const PROTECT: Operation =
    |path, client, key| call!(path, client, protect_key, start_protect_key(key));
const UNPROTECT: Operation =
    |path, client, key| call!(path, client, unprotect_key, start_unprotect_key(key));
const RESTORE: Operation =
    |path, client, key| call!(path, client, restore_key, start_restore_key(key));

/// Executes an operation, and checks one field of the key at the service.
fn check(
    fixture: &Fixture,
    path: CallPath,
    operation: Operation,
    key: &str,
    (field, value): (&str, Value),
) {
    let info = operation(path, &fixture.client, key);
    let info = info.unwrap_or_else(|e| panic!("{path:?}, {field} {value}: {e}"));
    assert_eq!(info.id, key);
    fixture.check_key(&info);
    assert_eq!(fixture.key(key)[field], value, "{path:?}");
}

#[test]
fn a_key_is_disabled_and_enabled() {
    let fixture = Fixture::new();
    let key = fixture.create("name=k");
    for path in CallPath::FORMS {
        // The second execution changes nothing.
        for _ in 0..2 {
            check(&fixture, path, DISABLE, &key, ("state", json!("disabled")));
        }
        let error = fixture
            .client
            .sign(&key, None, &[1; 32])
            .expect_err("disabled");
        check_error(&error, ErrorKind::KeyState, &[]);
        for _ in 0..2 {
            check(&fixture, path, ENABLE, &key, ("state", json!("enabled")));
        }
        let signature = fixture.client.sign(&key, None, &[1; 32]);
        signature.expect("a signature");
    }
}

#[test]
fn a_key_is_protected_and_unprotected() {
    let fixture = Fixture::new();
    let key = fixture.create("name=k");
    for path in CallPath::FORMS {
        for _ in 0..2 {
            check(&fixture, path, PROTECT, &key, ("protected", json!(true)));
        }
        let error = fixture.client.delete_key(&key).expect_err("protected");
        check_error(&error, ErrorKind::KeyState, &["must be unprotected first"]);
        for _ in 0..2 {
            check(&fixture, path, UNPROTECT, &key, ("protected", json!(false)));
        }
    }
    fixture.client.delete_key(&key).expect("deleted");
}

#[test]
fn a_deleted_key_is_restored() {
    let fixture = Fixture::new();
    let key = fixture.create("name=k");
    for path in CallPath::FORMS {
        fixture.client.delete_key(&key).expect("deleted");
        check(&fixture, path, RESTORE, &key, ("state", json!("enabled")));
        let signature = fixture.client.sign(&key, None, &[1; 32]);
        signature.expect("a signature");
        let error = RESTORE(path, &fixture.client, &key).expect_err("not deleted");
        check_error(&error, ErrorKind::KeyState, &["restore key"]);
    }
}

/// Older ciphertexts can still be decrypted.
#[test]
fn a_symmetric_key_is_rotated() {
    let fixture = Fixture::new();
    let key = fixture.create_symmetric();
    let ciphertext = fixture.client.encrypt(&key, b"old").expect("a ciphertext");
    for (path, count) in CallPath::FORMS.into_iter().zip(2..) {
        check(
            &fixture,
            path,
            ROTATE,
            &key,
            ("rotation_count", json!(count)),
        );
    }
    let plaintext = fixture.client.decrypt(&key, &ciphertext);
    assert_eq!(*plaintext.expect("a plaintext"), b"old");
}

#[test]
fn operations_that_the_state_or_the_usage_forbids() {
    let fixture = Fixture::new();
    let signing = fixture.create("name=signing");
    let deleted = fixture.create("name=deleted;algorithm=aes_256_gcm");
    fixture.client.delete_key(&deleted).expect("deleted");
    for path in CallPath::FORMS {
        let error = ROTATE(path, &fixture.client, &signing).expect_err("an asymmetric key");
        check_error(&error, ErrorKind::InvalidArgument, &["rotate key"]);
        for (operation, title) in [
            (ENABLE, "enable key"),
            (DISABLE, "disable key"),
            (ROTATE, "rotate key"),
        ] {
            let error = operation(path, &fixture.client, &deleted).expect_err(title);
            check_error(&error, ErrorKind::KeyState, &[title]);
        }
    }
}
