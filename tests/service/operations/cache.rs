//! Cached metadata, public keys and names after a key was changed.

use scwkms::{Client, ErrorKind, KeyUpdate, Result, WrappingAlgorithm};
use serde_json::json;

use super::Fixture;
use crate::call_paths::CallPath;
use crate::support::check_error;

const DIGEST: [u8; 32] = [4; 32];

fn rename(name: &str) -> KeyUpdate {
    KeyUpdate {
        name: Some(name.to_owned()),
        ..KeyUpdate::default()
    }
}

/// The client that disabled the key reports its state, and so does a client that has loaded it before.
#[test]
fn a_signature_with_a_disabled_key_reports_the_state() {
    for path in CallPath::ALL {
        let fixture = Fixture::new();
        let key = fixture.create("name=k");
        let other = fixture.emulator.client();
        for client in [&fixture.client, &other] {
            path.warm_up(&fixture.emulator, client, &key);
        }
        fixture.client.disable_key(&key).expect("disabled");
        for client in [&fixture.client, &other] {
            let error = path.sign(client, &key, &DIGEST).expect_err("disabled");
            check_error(&error, ErrorKind::KeyState, &["sign with key"]);
        }
        fixture.client.enable_key(&key).expect("enabled");
        for client in [&fixture.client, &other] {
            path.must_sign(client, &key, &DIGEST);
        }
    }
}

#[test]
fn metadata_after_a_change_is_new_and_costs_no_request() {
    let fixture = Fixture::new();
    let key = fixture.create_symmetric();
    fixture.client.key_info(&key).expect("metadata");
    let changed = fixture
        .client
        .update_key(&key, &rename("new"))
        .expect("updated");
    fixture.emulator.reset_requests();
    let info = fixture.client.key_info(&key).expect("metadata");
    assert_eq!(info, changed);
    assert_eq!(fixture.emulator.requests(), 0);
    let rotated = fixture.client.rotate_key(&key).expect("rotated");
    let info = fixture.client.key_info(&key).expect("metadata");
    assert_eq!(info, rotated);
    assert_eq!((info.name.as_str(), info.rotation_count), ("new", 2));
}

/// The change may have happened, so the cached metadata is not used.
#[test]
fn metadata_after_a_change_of_unknown_outcome_is_loaded_again() {
    let fixture = Fixture::new();
    let key = fixture.create_symmetric();
    fixture.client.key_info(&key).expect("metadata");
    let reset = json!({"kind": "reset", "when": "after"});
    fixture.emulator.fault("RotateKey", 1, reset);
    fixture.client.rotate_key(&key).expect_err("a reset");
    let info = fixture.client.key_info(&key).expect("metadata");
    assert_eq!(info.rotation_count, 2);
}

#[test]
fn a_renamed_key_is_found_by_its_new_name_only() {
    let fixture = Fixture::new();
    let key = fixture.create("name=old");
    let sign = |name| fixture.client.sign(name, None, &DIGEST);
    sign("scwkms:name=old").expect("a signature");
    let updated = fixture.client.update_key("scwkms:name=old", &rename("new"));
    assert_eq!(updated.expect("updated").id, key);
    sign("scwkms:name=new").expect("a signature");
    let error = sign("scwkms:name=old").expect_err("no such key");
    check_error(&error, ErrorKind::NotFound, &["no key is named \"old\""]);
}

type Management = (&'static str, fn(&Client, &str) -> Result<()>);

/// The operations that manage a key and succeed for an enabled one of external origin.
const MANAGEMENT: [Management; 9] = [
    ("UpdateKey", |client, key| {
        let tags = Some(vec!["a".to_owned()]);
        let update = KeyUpdate {
            tags,
            ..KeyUpdate::default()
        };
        client.update_key(key, &update).map(drop)
    }),
    ("EnableKey", |client, key| client.enable_key(key).map(drop)),
    ("DisableKey", |client, key| {
        client.disable_key(key).map(drop)
    }),
    ("ProtectKey", |client, key| {
        client.protect_key(key).map(drop)
    }),
    ("UnprotectKey", |client, key| {
        client.unprotect_key(key).map(drop)
    }),
    ("ListKeyRotations", |client, key| {
        client.list_rotations(key).map(drop)
    }),
    ("GenerateKeyMaterialImportParameters", |client, key| {
        let algorithm = WrappingAlgorithm::RsaOaep2048Sha256;
        client.import_parameters(key, algorithm).map(drop)
    }),
    ("ImportKeyMaterial", |client, key| {
        client.import_key_material(key, &[1; 32], b"").map(drop)
    }),
    ("DeleteKeyMaterial", |client, key| {
        client.delete_key_material(key, None)
    }),
];

/// Another key got the name after the client had cached it. The other key is the one that changes.
#[test]
fn operations_that_manage_a_key_look_its_name_up_again() {
    let fixture = Fixture::new();
    let parameters = "name=k;algorithm=aes_256_gcm;origin=external";
    let old = fixture.create(parameters);
    let import = |key: &str| {
        fixture
            .client
            .import_key_material(key, &[1; 32], b"")
            .expect("imported");
    };
    import(&old);
    fixture
        .client
        .encrypt("scwkms:name=k", b"x")
        .expect("a ciphertext");
    let path = format!("keys/{old}");
    fixture
        .emulator
        .api("PATCH", &path, Some(json!({"name": "renamed"})));
    let new = fixture.create(parameters);
    import(&new);
    let before = fixture.key(&old);
    for (operation, run) in MANAGEMENT {
        fixture.emulator.reset_requests();
        run(&fixture.client, "scwkms:name=k").unwrap_or_else(|e| panic!("{operation}: {e}"));
        assert_eq!(fixture.count("ListKeys"), 1, "{operation}");
        assert_eq!(fixture.count(operation), 1);
        assert_eq!(fixture.emulator.requests(), 2, "{operation}");
        let log = fixture.emulator.log();
        let request = log.iter().find(|r| r["operation"] == operation);
        let path = request.expect(operation)["path"].as_str().expect("a path");
        assert!(path.contains(&new), "{operation}: {path}");
    }
    assert_eq!(fixture.key(&old), before);
}

/// A deleted key is in no list, so its name is not found.
#[test]
fn a_deleted_key_is_restored_by_its_id() {
    let fixture = Fixture::new();
    let key = fixture.create("name=k");
    fixture
        .client
        .sign("scwkms:name=k", None, &DIGEST)
        .expect("a signature");
    fixture.client.delete_key(&key).expect("deleted");
    let error = fixture
        .client
        .restore_key("scwkms:name=k")
        .expect_err("no such key");
    check_error(&error, ErrorKind::NotFound, &["no key is named \"k\""]);
    fixture.client.restore_key(&key).expect("restored");
    fixture
        .client
        .sign("scwkms:name=k", None, &DIGEST)
        .expect("a signature");
}
