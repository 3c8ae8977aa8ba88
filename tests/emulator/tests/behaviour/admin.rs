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
