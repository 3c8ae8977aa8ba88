//! The list of a key's rotations.

use scwkms::{KeyRotation, Result};
use serde_json::json;

use super::Fixture;
use crate::call_paths::{CallPath, call};

fn list(path: CallPath, fixture: &Fixture, key: &str) -> Result<Vec<KeyRotation>> {
    let client = &fixture.client;
    call!(path, client, list_rotations, start_list_rotations(key))
}

#[test]
fn all_pages_of_rotations_are_read() {
    let fixture = Fixture::new();
    let key = fixture.create_symmetric();
    for _ in 1..205 {
        fixture.post(&key, "rotate", json!({}));
    }
    for path in CallPath::FORMS {
        fixture.emulator.reset_requests();
        let rotations = list(path, &fixture, &key).expect("rotations");
        let indexes = rotations.iter().map(|rotation| rotation.index);
        assert!(indexes.eq(1..=205), "the oldest is first");
        assert!(
            rotations[1..]
                .iter()
                .all(|rotation| rotation.manually_rotated)
        );
        assert!(
            rotations
                .iter()
                .all(|rotation| rotation.status == "enabled")
        );
        assert_eq!(fixture.emulator.requests(), 3);
        assert_eq!(fixture.count("ListKeyRotations"), 3);
    }
}

#[test]
fn an_asymmetric_key_has_one_rotation() {
    let fixture = Fixture::new();
    let key = fixture.create("name=signing");
    let path = format!("keys/{key}/rotations");
    let expected = &fixture.emulator.api("GET", &path, None)["rotations"][0];
    for path in CallPath::FORMS {
        let rotations = list(path, &fixture, "scwkms:name=signing").expect("rotations");
        let [rotation] = rotations.as_slice() else {
            panic!("{rotations:?}");
        };
        assert_eq!(json!(rotation.index), expected["index"]);
        assert_eq!(json!(rotation.created_at), expected["created_at"]);
        assert_eq!(json!(rotation.updated_at), expected["updated_at"]);
        assert_eq!(
            json!(rotation.manually_rotated),
            expected["manually_rotated"]
        );
        assert_eq!(rotation.deleted_at, "");
    }
}
