use serde_json::{Value, json};

use crate::support::Emulator;

fn act(emulator: &Emulator, id: &str, action: &str) -> crate::support::Answer {
    emulator.post(&format!("/keys/{id}/{action}"), json!({}))
}

fn delete(emulator: &Emulator, id: &str) -> crate::support::Answer {
    emulator.send("DELETE", &format!("/keys/{id}"), None)
}

#[test]
fn a_new_key_has_the_services_fields_in_its_order() {
    let emulator = Emulator::start(&[]);
    let body = emulator.new_key(
        "ec_p256_sha256",
        json!({"name": "n", "tags": null, "origin": "unknown_origin",
               "protection_level": "unknown_protection_level"}),
    );
    let answer = emulator.post("/keys", body);
    let key = answer.ok();
    let id = key["id"].as_str().expect("an id");
    let (created, updated) = (&key["created_at"], &key["updated_at"]);
    for time in [created, updated] {
        let time = time.as_str().expect("a time");
        assert_eq!(time.len(), "2026-07-07T07:46:04.804893Z".len(), "{time}");
        assert!(time.ends_with('Z'));
    }
    let project = emulator.get("project_id");
    let expected = format!(
        r#"{{"srn":"srn://key-manager.scw.eu/regions/fr-par/keys/{id}","id":"{id}","project_id":"{project}","name":"n","usage":{{"asymmetric_signing":"ec_p256_sha256"}},"state":"enabled","rotation_count":1,"created_at":{created},"updated_at":{updated},"protected":false,"locked":false,"description":null,"tags":[],"rotated_at":{updated},"rotation_policy":null,"origin":"scaleway_kms","deletion_requested_at":null,"protection_level":"software","region":"fr-par"}}"#
    );
    assert_eq!(answer.text, expected);
    assert_eq!(emulator.key(id), key);
}

#[test]
fn keys_are_protected_unless_told_otherwise() {
    let emulator = Emulator::start(&[]);
    let body = emulator.new_key("ec_p256_sha256", json!({"unprotected": false}));
    let key = emulator.ok("/keys", body);
    assert_eq!(key["protected"], true);
    let id = key["id"].as_str().expect("an id");
    delete(&emulator, id).misses_precondition("protected_resource");
    assert_eq!(act(&emulator, id, "unprotect").ok()["protected"], false);
    assert_eq!(act(&emulator, id, "protect").ok()["protected"], true);
    delete(&emulator, id).misses_precondition("protected_resource");
    act(&emulator, id, "unprotect").ok();
    let answer = delete(&emulator, id);
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    assert_eq!(answer.headers["content-type"], "application/json");
}

#[test]
fn deleted_keys_rest_until_they_are_restored() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    act(&emulator, &id, "restore").misses_precondition("attribute_must_be_set");
    assert_eq!(delete(&emulator, &id).status, 204);
    let key = emulator.key(&id);
    assert_eq!(key["state"], "scheduled_for_deletion");
    assert_eq!(key["deletion_requested_at"], key["updated_at"]);
    let digest = json!({"digest": crate::support::base64(&[0; 32])});
    emulator
        .post(&format!("/keys/{id}/sign"), digest)
        .misses_precondition("attribute_must_be_set");
    for action in ["enable", "disable", "protect", "unprotect"] {
        act(&emulator, &id, action).misses_precondition("attribute_must_be_set");
    }
    delete(&emulator, &id).misses_precondition("attribute_must_be_set");
    emulator
        .send("PATCH", &format!("/keys/{id}"), Some(json!({"name": "m"})))
        .misses_precondition("attribute_must_be_set");
    let restored = act(&emulator, &id, "restore").ok();
    assert_eq!(restored["state"], "enabled");
    assert!(restored["deletion_requested_at"].is_null());
    emulator.sign(&id, &[0; 32]);
}

#[test]
fn disabled_keys_refuse_to_work() {
    let emulator = Emulator::start(&[]);
    for (algorithm, operation, body) in [
        (
            "ec_p256_sha256",
            "sign",
            json!({"digest": crate::support::base64(&[0; 32])}),
        ),
        ("aes_256_gcm", "encrypt", json!({"plaintext": "AAAA"})),
        ("aes_256_gcm", "rotate", json!({})),
        (
            "aes_256_gcm",
            "generate-data-key",
            json!({"algorithm": "aes_256_gcm"}),
        ),
        ("ml_kem_768", "wrap", json!({"plaintext": "AAAA"})),
    ] {
        let id = emulator.create(algorithm);
        assert_eq!(act(&emulator, &id, "disable").ok()["state"], "disabled");
        let path = format!("/keys/{id}/{operation}");
        emulator
            .post(&path, body.clone())
            .misses_precondition("attribute_must_be_set");
        // What is disabled stays so over a deletion.
        assert_eq!(delete(&emulator, &id).status, 204);
        assert_eq!(act(&emulator, &id, "restore").ok()["state"], "disabled");
        assert_eq!(act(&emulator, &id, "enable").ok()["state"], "enabled");
        emulator.ok(&path, body);
    }
}

#[test]
fn attributes_change_one_by_one() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    let path = format!("/keys/{id}");
    let patch = |body: Value| emulator.send("PATCH", &path, Some(body));
    let before = emulator.key(&id);
    let key = patch(json!({"name": "new", "tags": ["a", "b"]})).ok();
    assert_eq!(key["name"], "new");
    assert_eq!(key["tags"], json!(["a", "b"]));
    assert!(key["description"].is_null());
    assert!(key["updated_at"].as_str() > before["updated_at"].as_str());
    assert_eq!(key["rotated_at"], before["rotated_at"]);
    let key = patch(json!({"description": "d", "rotation_policy":
        {"rotation_period": "86400.500000000s", "next_rotation_at": "2100-01-01T00:00:00Z"}}))
    .ok();
    assert_eq!(
        (&key["name"], &key["description"]),
        (&json!("new"), &json!("d"))
    );
    assert_eq!(
        key["rotation_policy"],
        json!({"rotation_period": "86400.500s", "next_rotation_at": "2100-01-01T00:00:00Z"})
    );
    assert_eq!(patch(json!({"tags": []})).ok()["tags"], json!([]));
    patch(json!({"usage": {}})).refuses(&[("usage", "unknown")]);
    patch(json!({"name": ""})).refuses(&[("name", "constraint")]);
    patch(json!({"tags": ["", 1]})).refuses(&[("tags", "format")]);
    assert_eq!(emulator.key(&id)["tags"], json!([]));
}

#[test]
fn only_symmetric_keys_rotate() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    act(&emulator, &id, "rotate").ok();
    let key = act(&emulator, &id, "rotate").ok();
    assert_eq!(key["rotation_count"], 3);
    assert_eq!(key["rotated_at"], key["updated_at"]);
    for algorithm in ["ec_p256_sha256", "rsa_oaep_2048_sha256", "ml_kem_768"] {
        let id = emulator.create(algorithm);
        act(&emulator, &id, "rotate").refuses(&[("key_id", "constraint")]);
        let policy = json!({"rotation_policy": {"rotation_period": "86400s"}});
        emulator
            .send("PATCH", &format!("/keys/{id}"), Some(policy.clone()))
            .refuses(&[("rotation_policy", "constraint")]);
        emulator
            .post("/keys", emulator.new_key(algorithm, policy))
            .refuses(&[("rotation_policy", "constraint")]);
    }
}

#[test]
fn rotations_are_listed() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("aes_256_gcm");
    act(&emulator, &id, "rotate").ok();
    let list = |query: &str| {
        let path = format!("/keys/{id}/rotations{query}");
        emulator.send("GET", &path, None)
    };
    let all = list("").ok();
    assert_eq!(all["total_count"], 2);
    let first = &all["rotations"][0];
    assert_eq!((&first["key_id"], &first["index"]), (&json!(id), &json!(1)));
    assert_eq!(first["status"], "enabled");
    assert_eq!(first["manually_rotated"], false);
    assert!(first["deleted_at"].is_null());
    assert_eq!(all["rotations"][1]["manually_rotated"], true);
    let newest = list("?order_by=created_at_desc&page_size=1").ok();
    assert_eq!(newest["rotations"], json!([all["rotations"][1]]));
    assert_eq!(newest["total_count"], 2);
    assert_eq!(
        list("?status=deleted").ok(),
        json!({"rotations": [], "total_count": 0})
    );
    assert_eq!(
        list("?status=deleted&status=enabled").ok()["total_count"],
        2
    );
    list("?status=gone").refuses(&[("status", "constraint")]);
}

#[test]
fn locked_keys_only_show_themselves() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    let state = |state: &str| {
        let path = format!("/keys/{id}/state");
        emulator.admin("PUT", &path, Some(json!({"state": state})))
    };
    assert_eq!(state("locked").ok()["locked"], true);
    assert_eq!(emulator.key(&id)["locked"], true);
    emulator.pem(&id);
    let digest = json!({"digest": crate::support::base64(&[0; 32])});
    for answer in [
        emulator.post(&format!("/keys/{id}/sign"), digest),
        act(&emulator, &id, "disable"),
        act(&emulator, &id, "restore"),
        delete(&emulator, &id),
    ] {
        assert_eq!(answer.status, 423, "{}", answer.text);
        assert_eq!(
            answer.json,
            json!({"type": "locked", "message": "resource is locked",
                   "resource": "key", "resource_id": id})
        );
    }
    assert_eq!(state("disabled").ok()["state"], "disabled");
    assert_eq!(
        state("scheduled_for_deletion").ok()["state"],
        "scheduled_for_deletion"
    );
    assert_eq!(state("enabled").ok()["state"], "enabled");
    emulator.sign(&id, &[0; 32]);
    assert_eq!(state("pending_key_material").status, 400);
    assert_eq!(state("odd").status, 400);
    let nobody = "/keys/00000000-0000-4000-8000-000000000000/state";
    let answer = emulator.admin("PUT", nobody, Some(json!({"state": "locked"})));
    assert_eq!(answer.status, 404);
}
