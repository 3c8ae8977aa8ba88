//! Changes of a key's attributes, and rotation policies.

use scwkms::{KeyInfo, KeyUpdate};

use super::Fixture;
use crate::call_paths::{CallPath, call};

const DAY: u64 = 24 * 60 * 60;

fn update(path: CallPath, fixture: &Fixture, key: &str, update: &KeyUpdate) -> KeyInfo {
    let client = &fixture.client;
    let info = call!(path, client, update_key, start_update_key(key, update));
    let info = info.unwrap_or_else(|e| panic!("{path:?}, {update:?}: {e}"));
    fixture.check_key(&info);
    info
}

/// Each attribute, and the function that reads it from the metadata.
#[test]
fn only_the_given_attributes_change() {
    let fixture = Fixture::new();
    for path in CallPath::FORMS {
        let key = fixture.create("name=old;description=first;tags=a,b;algorithm=aes_256_gcm");
        let none = KeyUpdate::default;
        let info = update(
            path,
            &fixture,
            &key,
            &KeyUpdate {
                name: Some("new".into()),
                ..none()
            },
        );
        assert_eq!(info.name, "new");
        assert_eq!((info.description.as_str(), info.tags.len()), ("first", 2));
        let info = update(
            path,
            &fixture,
            &key,
            &KeyUpdate {
                description: Some("second".into()),
                tags: Some(vec!["c".into()]),
                ..none()
            },
        );
        assert_eq!(
            (info.name.as_str(), info.description.as_str()),
            ("new", "second")
        );
        assert_eq!(info.tags, ["c"]);
        let info = update(
            path,
            &fixture,
            &key,
            &KeyUpdate {
                description: Some(String::new()),
                tags: Some(Vec::new()),
                ..none()
            },
        );
        assert_eq!(info.description, "");
        assert!(info.tags.is_empty());
    }
}

#[test]
fn a_rotation_policy_is_set_and_changed() {
    let fixture = Fixture::new();
    for path in CallPath::FORMS {
        let key = fixture.create_symmetric();
        let info = update(
            path,
            &fixture,
            &key,
            &KeyUpdate {
                rotation_period: Some(DAY),
                ..KeyUpdate::default()
            },
        );
        assert_eq!(info.rotation_period, Some(DAY));
        assert!(!info.next_rotation_at.is_empty());
        let next = "2100-01-01T00:00:00Z";
        let info = update(
            path,
            &fixture,
            &key,
            &KeyUpdate {
                rotation_period: Some(30 * DAY),
                next_rotation_at: Some(next.into()),
                ..KeyUpdate::default()
            },
        );
        assert_eq!(info.rotation_period, Some(30 * DAY));
        assert_eq!(info.next_rotation_at, next);
        assert_eq!(
            fixture.key(&key)["rotation_policy"]["next_rotation_at"],
            next
        );
    }
}

#[test]
fn a_key_is_created_with_a_rotation_period() {
    let fixture = Fixture::new();
    for (period, seconds) in [("24h", DAY), ("30d", 30 * DAY), ("86400s", DAY)] {
        let key = fixture.create(&format!(
            "name=k;algorithm=aes_256_gcm;rotation-period={period}"
        ));
        let policy = &fixture.key(&key)["rotation_policy"];
        assert_eq!(policy["rotation_period"], format!("{seconds}s"));
        let info = fixture.client.key_info(&key).expect("metadata");
        assert_eq!(info.rotation_period, Some(seconds));
    }
}
