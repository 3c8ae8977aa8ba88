//! Statistics and the log of requests below `/emulator`.

use serde_json::{Value, json};

use crate::support::{Emulator, base64};

fn stats(emulator: &Emulator) -> Value {
    emulator.admin("GET", "/stats", None).ok()
}

#[test]
fn requests_are_counted_by_operation() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    emulator.sign(&id, &[1; 32]);
    emulator.sign(&id, &[2; 32]);
    emulator.send("GET", "/nonsense", None);
    let counted = stats(&emulator);
    assert_eq!(counted["requests"], 4);
    assert_eq!(counted["accepted"], 4);
    assert_eq!(
        counted["operations"],
        json!({"CreateKey": 1, "Sign": 2, "Unknown": 1})
    );
    assert_eq!(counted["connections"], 1);
    assert_eq!(counted["open_connections"], 1);
    assert_eq!(counted["max_in_flight"], 1);
    assert_eq!(counted["tokens_seen"], 1);

    for token in ["x", "x", "y"] {
        let request = emulator.http.get(emulator.url("/algorithms"));
        request
            .header("x-auth-token", token)
            .send()
            .expect("a response");
    }
    assert_eq!(stats(&emulator)["tokens_seen"], 3);
    assert_eq!(emulator.admin("DELETE", "/stats", None).status, 204);
    let counted = stats(&emulator);
    assert_eq!(
        counted,
        json!({"requests": 0, "accepted": 0, "rate_limited": 0, "operations": {}, "connections": 0,
               "open_connections": 1, "max_in_flight": 0, "tokens_seen": 0})
    );
    assert!(emulator.requests().is_empty());
}

#[test]
fn requests_are_logged() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    emulator.sign(&id, &[1; 32]);
    emulator
        .post(&format!("/keys/{id}/sign"), json!({"digest": ""}))
        .assert_invalid(&[("digest", "constraint")]);
    let requests = emulator.requests();
    let names: Vec<_> = requests[0].as_object().expect("an object").keys().collect();
    assert_eq!(
        names,
        [
            "connection",
            "ended_at_us",
            "http_version",
            "method",
            "operation",
            "path",
            "request_id",
            "started_at_us",
            "status"
        ]
    );
    let [_, good, bad] = &requests[..] else {
        panic!("{requests:?}");
    };
    assert_eq!(good["operation"], "Sign");
    assert_eq!(good["method"], "POST");
    assert_eq!(
        good["path"],
        format!("/key-manager/v1alpha1/regions/fr-par/keys/{id}/sign")
    );
    assert_eq!(good["http_version"], "HTTP/2.0");
    assert_eq!(
        (&good["status"], &bad["status"]),
        (&json!(200), &json!(400))
    );
    assert!(good["started_at_us"].as_u64() <= good["ended_at_us"].as_u64());
    assert!(good["ended_at_us"].as_u64() <= bad["started_at_us"].as_u64());
}

#[test]
fn overlapping_requests_are_visible() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    let order = json!({"operation": "Sign", "times": 2,
        "fault": {"kind": "delay", "milliseconds": 400}});
    assert_eq!(emulator.admin("POST", "/faults", Some(order)).status, 204);
    std::thread::scope(|scope| {
        for digest in [[1; 32], [2; 32]] {
            let (emulator, id) = (&emulator, &id);
            scope.spawn(move || emulator.sign(id, &digest));
        }
    });
    assert_eq!(stats(&emulator)["max_in_flight"], 2);
    let [.., one, two] = &emulator.requests()[..] else {
        panic!("too few requests");
    };
    let at = |request: &Value, name: &str| request[name].as_u64().expect("a time");
    assert!(at(one, "started_at_us") < at(two, "ended_at_us"));
    assert!(at(two, "started_at_us") < at(one, "ended_at_us"));
}

#[test]
fn concurrent_requests_are_counted() {
    let emulator = Emulator::start(&[]);
    let ids: Vec<_> = (0..4).map(|_| emulator.create("ec_p256_sha256")).collect();
    std::thread::scope(|scope| {
        for number in 0..16 {
            let (emulator, id) = (&emulator, &ids[number % ids.len()]);
            scope.spawn(move || {
                for round in 0..20 {
                    let digest = [u8::try_from(number * 16 + round % 16).unwrap_or(0); 32];
                    let signature = emulator.sign(id, &digest);
                    assert!(
                        emulator.verify(id, &digest, &signature),
                        "{}",
                        base64(&digest)
                    );
                }
            });
        }
    });
    let counted = stats(&emulator);
    assert_eq!(counted["operations"]["Sign"], 320);
    assert_eq!(counted["operations"]["Verify"], 320);
    assert_eq!(emulator.requests().len(), 644);
}
