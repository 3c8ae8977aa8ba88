//! Operations whose second execution would have another effect than the first are repeated only if the
//! first request was certainly not processed. The fault matrix has all faults.

use scwkms::{Client, ErrorKind, Result};
use serde_json::{Value, json};

use super::Fixture;
use crate::call_paths::{CallPath, call};
use crate::support::check_error;

/// An operation that is not repeated.
struct NotRepeated {
    endpoint: &'static str,
    run: fn(CallPath, &Client, &str) -> Result<()>,
    /// The advice in the error.
    advice: &'static str,
}

const NOT_REPEATED: [NotRepeated; 4] = [
    NotRepeated {
        endpoint: "RotateKey",
        run: |path, client, key| call!(path, client, rotate_key, start_rotate_key(key)).map(drop),
        advice: "may have been rotated all the same: compare its rotation count",
    },
    NotRepeated {
        endpoint: "RestoreKey",
        run: |path, client, key| call!(path, client, restore_key, start_restore_key(key)).map(drop),
        advice: "may have been restored all the same: check its state",
    },
    NotRepeated {
        endpoint: "ImportKeyMaterial",
        run: |path, client, key| {
            call!(
                path,
                client,
                import_key_material,
                start_import_key_material(key, &[1; 32], b"")
            )
            .map(drop)
        },
        advice: "may have been imported all the same: look at the key's rotations",
    },
    NotRepeated {
        endpoint: "DeleteKeyMaterial",
        run: |path, client, key| {
            call!(
                path,
                client,
                delete_key_material,
                start_delete_key_material(key, None)
            )
        },
        advice: "may have been deleted all the same: look at the key's rotations",
    },
];

/// A key for which the operation succeeds.
fn create(fixture: &Fixture, endpoint: &str) -> String {
    let external = matches!(endpoint, "ImportKeyMaterial" | "DeleteKeyMaterial");
    let origin = if external { "external" } else { "scaleway_kms" };
    let key = fixture.create(&format!("name=k;algorithm=aes_256_gcm;origin={origin}"));
    match endpoint {
        "RestoreKey" => fixture.client.delete_key(&key).expect("deleted"),
        "DeleteKeyMaterial" => {
            for _ in 0..2 {
                let body = json!({"key_material": "a2V5IG1hdGVyaWFs"});
                fixture.post(&key, "import-key-material", body);
            }
        }
        _ => {}
    }
    key
}

/// The parts of a key's metadata that the operations change.
fn changes(fixture: &Fixture, key: &str) -> Value {
    let metadata = fixture.key(key);
    json!([metadata["state"], metadata["rotation_count"]])
}

#[test]
fn an_operation_that_may_have_been_executed_is_not_repeated() {
    let fixture = Fixture::new();
    let executed = json!({"kind": "reset", "when": "after"});
    let not_executed = json!({"kind": "status", "status": 503});
    for operation in &NOT_REPEATED {
        for path in CallPath::FORMS {
            for (fault, kind, is_executed) in [
                (&executed, ErrorKind::Network, true),
                (&not_executed, ErrorKind::Unavailable, false),
            ] {
                let key = create(&fixture, operation.endpoint);
                let before = changes(&fixture, &key);
                fixture.emulator.fault(operation.endpoint, 1, fault.clone());
                fixture.emulator.reset_requests();
                let error = (operation.run)(path, &fixture.client, &key).expect_err("a fault");
                check_error(&error, kind, &[operation.advice]);
                assert_eq!(fixture.emulator.requests(), 1, "{error}");
                assert_eq!(changes(&fixture, &key) != before, is_executed, "{error}");
            }
        }
    }
}

/// A request that the service has not accepted is repeated.
#[test]
fn an_operation_is_repeated_after_429() {
    let fixture = Fixture::new();
    let fault = json!({"kind": "status", "status": 429, "retry_after": "0"});
    for operation in &NOT_REPEATED {
        for path in CallPath::FORMS {
            let key = create(&fixture, operation.endpoint);
            fixture.emulator.fault(operation.endpoint, 1, fault.clone());
            fixture.emulator.reset_requests();
            (operation.run)(path, &fixture.client, &key)
                .unwrap_or_else(|e| panic!("{}, {path:?}: {e}", operation.endpoint));
            assert_eq!(fixture.emulator.requests(), 2);
        }
    }
}
