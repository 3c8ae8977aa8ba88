//! Facts from recordings of the real service that an SDK hides: exact texts, the fields of each
//! response, and the form of times.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::{Emulator, Response, base64, bytes};

fn time(value: &Value) -> Timestamp {
    let text = value.as_str().expect("a time");
    assert!(text.ends_with('Z'), "{text}");
    text.parse().expect("an RFC 3339 time")
}

fn id_of(key: &Value) -> String {
    key["id"].as_str().expect("an id").to_owned()
}

/// Checks a response that has no body and still names a media type.
fn assert_empty(response: &Response) {
    assert_eq!((response.status, response.text.as_str()), (204, ""));
    assert_eq!(response.headers["content-type"], "application/json");
    assert!(!response.headers.contains_key("content-length"));
}

fn delete(emulator: &Emulator, id: &str) {
    assert_empty(&emulator.send("DELETE", &format!("/keys/{id}"), None));
}

#[test]
fn a_new_key_has_the_services_fields_in_its_order() {
    let emulator = Emulator::start(&[]);
    let body = emulator.new_key(
        "ec_p256_sha256",
        json!({"name": "n", "tags": null, "origin": "unknown_origin",
               "protection_level": "unknown_protection_level"}),
    );
    let response = emulator.post("/keys", body);
    let key = response.ok();
    let id = key["id"].as_str().expect("an id");
    assert_eq!(uuid::Uuid::try_parse(id).expect("a UUID").to_string(), id);
    let (created, updated) = (&key["created_at"], &key["updated_at"]);
    for time in [created, updated] {
        let time = time.as_str().expect("a time");
        assert_eq!(time.len(), "2026-07-07T07:46:04.804893Z".len(), "{time}");
    }
    assert!(time(created) <= time(updated));
    let project = emulator.get("project_id");
    let expected = format!(
        r#"{{"srn":"srn://key-manager.scw.eu/regions/fr-par/keys/{id}","id":"{id}","project_id":"{project}","name":"n","usage":{{"asymmetric_signing":"ec_p256_sha256"}},"state":"enabled","rotation_count":1,"created_at":{created},"updated_at":{updated},"protected":false,"locked":false,"description":null,"tags":[],"rotated_at":{updated},"rotation_policy":null,"origin":"scaleway_kms","deletion_requested_at":null,"protection_level":"software","region":"fr-par"}}"#
    );
    assert_eq!(response.text, expected);
    assert_eq!(emulator.key(id), key);
}

#[test]
fn a_list_holds_keys_and_their_number() {
    let emulator = Emulator::start(&[]);
    let key = emulator.key(&emulator.create("aes_256_gcm"));
    let project = emulator.get("project_id");
    let list = emulator.send("GET", &format!("/keys?project_id={project}"), None);
    assert_eq!(list.ok(), json!({"keys": [key], "total_count": 1}));
}

/// Sends a request to a key. Checks the names of the response's fields, which are sorted here.
fn fields(emulator: &Emulator, path: &str, body: Value, expected: &[&str]) -> Value {
    let response = emulator.ok(path, body);
    let names: Vec<_> = response.as_object().expect("an object").keys().collect();
    assert_eq!(names, expected, "{path}");
    response
}

#[test]
fn signing_responses_have_the_services_fields() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    let digest = base64(&[1; 32]);
    let path = format!("/keys/{id}/sign");
    let body = json!({"digest": digest});
    let signed = fields(&emulator, &path, body, &["key_id", "signature"]);
    let body = json!({"digest": digest, "signature": signed["signature"]});
    let verified = emulator.ok(&format!("/keys/{id}/verify"), body);
    assert_eq!(verified, json!({"key_id": id, "valid": true}));
}

#[test]
fn encryption_responses_have_the_services_fields() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    let plaintext = base64(b"text");
    let path = format!("/keys/{id}/encrypt");
    let body = json!({"plaintext": plaintext, "associated_data": null});
    let encrypted = fields(&emulator, &path, body, &["ciphertext", "key_id"]);
    let body = json!({"ciphertext": encrypted["ciphertext"], "associated_data": null});
    assert_eq!(
        emulator.ok(&format!("/keys/{id}/decrypt"), body),
        json!({"key_id": id, "plaintext": plaintext, "ciphertext": null})
    );
}

#[test]
fn a_data_key_has_nanoseconds_in_its_time() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    for hidden in [false, true] {
        let body = json!({"algorithm": "aes_256_gcm", "without_plaintext": hidden});
        let data_key = fields(
            &emulator,
            &format!("/keys/{id}/generate-data-key"),
            body,
            &[
                "algorithm",
                "ciphertext",
                "created_at",
                "key_id",
                "plaintext",
            ],
        );
        assert_eq!(data_key["plaintext"].is_null(), hidden);
        assert_eq!(bytes(&data_key["ciphertext"]).len(), 33 + 32);
        let created_at = data_key["created_at"].as_str().expect("a time");
        assert_eq!(created_at.len(), "2026-07-07T07:46:08.576401298Z".len());
        time(&data_key["created_at"]);
    }
}

#[test]
fn wrong_associated_data_has_the_services_message() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    let body = json!({"plaintext": "AAAA", "associated_data": "AAAA"});
    let encrypted = emulator.ok(&format!("/keys/{id}/encrypt"), body);
    let body = json!({"ciphertext": encrypted["ciphertext"], "associated_data": "AAAB"});
    let response = emulator.post(&format!("/keys/{id}/decrypt"), body);
    assert_eq!(response.status, 400);
    assert_eq!(
        response.text,
        r#"{"details":[{"argument_name":"ciphertext","help_message":"cipher: message authentication failed","reason":"constraint"}],"message":"invalid argument(s)","type":"invalid_arguments"}"#
    );
}

#[test]
fn a_deleted_key_keeps_its_history() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    let before = emulator.key(&id);
    delete(&emulator, &id);
    let mut expected = before.clone();
    let after = emulator.key(&id);
    assert!(time(&after["updated_at"]) > time(&before["updated_at"]));
    expected["state"] = json!("scheduled_for_deletion");
    expected["updated_at"] = after["updated_at"].clone();
    expected["deletion_requested_at"] = after["updated_at"].clone();
    assert_eq!(after, expected);
}

#[test]
fn an_external_key_counts_only_the_rotations_that_have_material() {
    let emulator = Emulator::start(&[]);
    let body = emulator.new_key("aes_256_gcm", json!({"origin": "external"}));
    let key = emulator.ok("/keys", body);
    assert_eq!(key["state"], "pending_key_material");
    assert_eq!(key["rotation_count"], 0);
    assert_eq!(key["rotated_at"], Value::Null);
    assert_eq!(key["updated_at"], key["created_at"]);
    let id = id_of(&key);
    let body = json!({"key_material": base64(&[8; 32])});
    let imported = emulator.ok(&format!("/keys/{id}/import-key-material"), body);
    assert_eq!(imported["state"], "enabled");
    assert_eq!(imported["rotation_count"], 1);
    assert!(time(&imported["rotated_at"]) <= time(&imported["updated_at"]));
    assert_empty(&emulator.post(&format!("/keys/{id}/delete-key-material"), json!({})));
    delete(&emulator, &id);
    let deleted = emulator.key(&id);
    assert_eq!(deleted["state"], "scheduled_for_deletion");
    assert_eq!(deleted["rotation_count"], 0);
    assert_eq!(deleted["rotated_at"], imported["rotated_at"]);
}

#[test]
fn a_rotation_policy_has_the_services_form() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    for (sent, received) in [
        ("3153600000.000000000s", "3153600000s"),
        ("86400.500000000s", "86400.500s"),
    ] {
        let policy = json!({"rotation_period": sent, "next_rotation_at": "2100-01-01T00:00:00Z"});
        let body = json!({"rotation_policy": policy});
        let key = emulator
            .send("PATCH", &format!("/keys/{id}"), Some(body))
            .ok();
        assert_eq!(
            key["rotation_policy"],
            json!({"rotation_period": received, "next_rotation_at": "2100-01-01T00:00:00Z"})
        );
    }
}

/// Without a date, the service counts the period from the request that sets the policy.
#[test]
fn a_rotation_policy_without_a_date_starts_at_its_request() {
    let emulator = Emulator::start(&[]);
    let policy = |seconds: u64| {
        json!({"rotation_policy": {"rotation_period": format!("{seconds}.000000000s"),
                                   "next_rotation_at": null}})
    };
    let check = |key: &Value, seconds: u64, sent_at: Timestamp| {
        let next = &key["rotation_policy"]["next_rotation_at"];
        let counted_from = time(next) - Duration::from_secs(seconds);
        assert!(sent_at.as_microsecond() <= counted_from.as_microsecond());
        assert!(counted_from <= time(&key["updated_at"]));
    };
    let sent_at = Timestamp::now();
    let key = emulator.ok("/keys", emulator.new_key("aes_256_gcm", policy(2_592_000)));
    check(&key, 2_592_000, sent_at);
    let sent_at = Timestamp::now();
    let path = format!("/keys/{}", id_of(&key));
    let key = emulator.send("PATCH", &path, Some(policy(31_536_000))).ok();
    check(&key, 31_536_000, sent_at);
}
