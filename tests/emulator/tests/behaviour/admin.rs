//! The endpoints below `/emulator`, except for the effects of faults.

use serde_json::{Value, json};

use crate::support::{Emulator, Response, UNKNOWN_ID, base64};

#[test]
fn the_admin_endpoints_take_no_token() {
    let emulator = Emulator::start(&[]);
    for path in ["/stats", "/requests", "/faults"] {
        let url = format!("{}{path}", emulator.get("admin_url"));
        let response = Response::of(emulator.http.get(url).send().expect("a response"));
        assert_ne!(response.ok(), Value::Null);
    }
    assert_eq!(emulator.admin("GET", "/stats", None).ok()["requests"], 0);
    assert_eq!(emulator.admin("GET", "/nonsense", None).status, 404);
}

#[test]
fn a_locked_key_can_only_be_read() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    assert_eq!(emulator.force_state(&id, "locked").ok()["locked"], true);
    assert_eq!(emulator.key(&id)["locked"], true);
    emulator.pem(&id);
    let path = format!("/keys/{id}");
    let digest = json!({"digest": base64(&[0; 32])});
    for response in [
        emulator.post(&format!("{path}/sign"), digest),
        emulator.post(&format!("{path}/disable"), json!({})),
        emulator.post(&format!("{path}/restore"), json!({})),
        emulator.send("DELETE", &path, None),
    ] {
        assert_eq!(response.status, 423, "{}", response.text);
        assert_eq!(
            response.json,
            json!({"type": "locked", "message": "resource is locked",
                   "resource": "key", "resource_id": id})
        );
    }
}

#[test]
fn a_state_can_be_forced() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    for state in ["disabled", "scheduled_for_deletion", "enabled"] {
        assert_eq!(emulator.force_state(&id, state).ok()["state"], state);
    }
    emulator.force_state(&id, "locked").ok();
    assert_eq!(emulator.force_state(&id, "enabled").ok()["locked"], false);
    emulator.sign(&id, &[0; 32]);
    assert_eq!(
        emulator.force_state(&id, "pending_key_material").status,
        400
    );
    assert_eq!(emulator.force_state(&id, "odd").status, 400);
    assert_eq!(emulator.force_state(UNKNOWN_ID, "locked").status, 404);
}

fn replace_fields(emulator: &Emulator, id: &str, fields: Value) -> Response {
    emulator.admin("PUT", &format!("/keys/{id}/fields"), Some(fields))
}

#[test]
fn fields_of_a_key_can_be_replaced() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    let other = emulator.key(&emulator.create("aes_256_gcm"));
    let fields = json!({"name": null, "usage": {"sealing": "ascon"}, "colour": "red"});
    let mut expected = replace_fields(&emulator, &id, fields).ok();
    for (name, value) in [("name", json!(null)), ("colour", json!("red"))] {
        assert_eq!(expected[name], value);
    }
    assert_eq!(expected["usage"], json!({"sealing": "ascon"}));
    assert_eq!(emulator.key(&id), expected);
    let project = emulator.get("project_id");
    let path = format!("/keys?project_id={project}&order_by=created_at_asc");
    let list = emulator.send("GET", &path, None).ok();
    assert_eq!(list["keys"], json!([expected, other]));

    // Only responses change.
    emulator.sign(&id, &[0; 32]);
    let path = format!("/keys?project_id={project}&name=ec-p256-sha256");
    assert_eq!(emulator.send("GET", &path, None).ok()["total_count"], 1);
    let restored = replace_fields(&emulator, &id, json!({})).ok();
    expected["name"] = json!("ec-p256-sha256");
    expected["usage"] = json!({"asymmetric_signing": "ec_p256_sha256"});
    expected["updated_at"] = restored["updated_at"].clone();
    expected
        .as_object_mut()
        .expect("an object")
        .remove("colour");
    assert_eq!(emulator.key(&id), expected);
}

#[test]
fn invalid_replacements_are_rejected() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    assert_eq!(replace_fields(&emulator, &id, json!([])).status, 400);
    assert_eq!(replace_fields(&emulator, UNKNOWN_ID, json!({})).status, 404);
    let path = format!("/keys/{id}/nonsense");
    assert_eq!(emulator.admin("PUT", &path, Some(json!({}))).status, 404);
}

#[test]
fn invalid_fault_orders_are_rejected() {
    let emulator = Emulator::start(&[]);
    for order in [
        json!({}),
        json!({"operation": "Sign"}),
        json!({"operation": "Sing", "fault": {"kind": "flip"}}),
        json!({"operation": "Sign", "fault": {"kind": "flip", "more": 1}}),
        json!({"operation": "GetKey", "fault": {"kind": "flip"}}),
        json!({"operation": "Sign", "times": -1, "fault": {"kind": "flip"}}),
        json!({"operation": "Sign", "fault": {"kind": "reset", "when": "never"}}),
    ] {
        let response = emulator.admin("POST", "/faults", Some(order));
        assert_eq!(response.status, 400);
        assert!(response.json["message"].is_string());
    }
    assert_eq!(emulator.admin("GET", "/faults", None).ok(), json!([]));
}
