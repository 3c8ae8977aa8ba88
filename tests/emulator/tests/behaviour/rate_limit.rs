//! The rate limit of the gateway. The clock is stopped, so that all requests are in one window.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Emulator, Response, base64, client};

fn set_clock(emulator: &Emulator, change: Value) -> Value {
    emulator.admin("PUT", "/clock", Some(change)).ok()
}

fn next_window(emulator: &Emulator) {
    set_clock(emulator, json!({"advance_milliseconds": 1000}));
}

/// An emulator whose clock is stopped.
fn start(arguments: &[&str]) -> Emulator {
    let emulator = Emulator::start(arguments);
    set_clock(&emulator, json!({"running": false}));
    emulator
}

fn set_limit(emulator: &Emulator, change: Value) -> Value {
    emulator.admin("PUT", "/rate-limit", Some(change)).ok()
}

/// Sends a request that needs no key.
fn list(emulator: &Emulator) -> Response {
    emulator.send("GET", "/algorithms", None)
}

fn statuses(emulator: &Emulator, requests: usize) -> Vec<u16> {
    (0..requests).map(|_| list(emulator).status).collect()
}

/// The headers of the rate limit: limit, remaining and reset.
fn headers(response: &Response) -> [Option<&str>; 3] {
    ["limit", "remaining", "reset"].map(|name| {
        let value = response.headers.get(format!("x-ratelimit-{name}"))?;
        Some(value.to_str().expect("text"))
    })
}

#[test]
fn requests_above_the_limit_are_refused_until_the_next_window() {
    let emulator = start(&["--rate-limit", "3"]);
    for _ in 0..2 {
        let remaining: Vec<_> = (0..3).map(|_| list(&emulator)).collect();
        for (response, left) in remaining.iter().zip(["2", "1", "0"]) {
            assert_eq!(response.status, 200);
            assert_eq!(headers(response), [Some("3, 3;w=1"), Some(left), Some("1")]);
            assert!(!response.headers.contains_key("x-envoy-ratelimited"));
        }
        assert_eq!(statuses(&emulator, 2), [429, 429]);
        next_window(&emulator);
    }
}

#[test]
fn a_refusal_is_the_gateways() {
    for http1 in [false, true] {
        let mut emulator = start(&["--rate-limit", "1"]);
        if http1 {
            emulator.http = client(&emulator.ready, |builder| builder.http1_only());
        }
        list(&emulator).ok();
        let body = emulator.new_key("aes_256_gcm", json!({}));
        for refused in [list(&emulator), emulator.post("/keys", body)] {
            assert_eq!((refused.status, refused.text.as_str()), (429, ""));
            assert_eq!(refused.headers["x-envoy-ratelimited"], "true");
            let expected = [Some("1, 1;w=1"), Some("0"), Some("1")];
            assert_eq!(headers(&refused), expected);
            for name in ["retry-after", "content-type"] {
                assert!(!refused.headers.contains_key(name), "{name}");
            }
            assert!(refused.headers.contains_key("x-request-id"));
        }
        // The body of the refused request was read, so the connection stays usable.
        next_window(&emulator);
        list(&emulator).ok();
        assert_eq!(
            emulator.admin("GET", "/stats", None).ok()["connections"],
            1 + u64::from(http1)
        );
    }
}

#[test]
fn refused_requests_are_counted_and_logged() {
    let emulator = start(&["--rate-limit", "2"]);
    statuses(&emulator, 5);
    let stats = emulator.admin("GET", "/stats", None).ok();
    let counted = ["requests", "accepted", "rate_limited"].map(|name| stats[name].as_u64());
    assert_eq!(counted, [Some(5), Some(2), Some(3)]);
    assert_eq!(stats["operations"], json!({"ListAlgorithms": 5}));
    let logged: Vec<_> = emulator.requests();
    let logged: Vec<_> = logged.iter().map(|request| &request["status"]).collect();
    assert_eq!(logged, [200, 200, 429, 429, 429]);
    emulator.admin("DELETE", "/stats", None);
    let stats = emulator.admin("GET", "/stats", None).ok();
    assert_eq!(
        (&stats["accepted"], &stats["rate_limited"]),
        (&json!(0), &json!(0))
    );
}

#[test]
fn a_refused_request_has_no_effect() {
    let emulator = start(&["--rate-limit", "1"]);
    list(&emulator).ok();
    emulator.fault("CreateKey", json!({"kind": "status", "status": 500}));
    let create = || emulator.post("/keys", emulator.new_key("aes_256_gcm", json!({})));
    assert_eq!(create().status, 429);
    next_window(&emulator);
    assert_eq!(create().status, 500);
    next_window(&emulator);
    let project = emulator.get("project_id");
    let keys = emulator.send("GET", &format!("/keys?project_id={project}"), None);
    assert_eq!(keys.ok()["total_count"], 0);
}

#[test]
fn each_token_has_its_own_limit() {
    let emulator = start(&["--rate-limit", "1"]);
    assert_eq!(statuses(&emulator, 2), [200, 429]);
    let other = emulator.http.get(emulator.url("/algorithms"));
    let other = || {
        other
            .try_clone()
            .expect("no body")
            .header("x-auth-token", "other")
    };
    let statuses = [(); 2].map(|()| other().send().expect("a response").status());
    assert_eq!(statuses.map(|status| status.as_u16()), [401, 429]);
}

#[test]
fn zero_disables_headers_and_limit() {
    let emulator = start(&["--rate-limit", "0"]);
    for _ in 0..60 {
        let response = list(&emulator);
        assert_eq!((response.status, headers(&response)), (200, [None; 3]));
    }
}

#[test]
fn without_the_option_the_services_limit_is_reported_and_not_enforced() {
    let emulator = start(&[]);
    assert_eq!(statuses(&emulator, 59), [200; 59]);
    let last = list(&emulator);
    assert_eq!(last.status, 200);
    assert_eq!(headers(&last), [Some("50, 50;w=1"), Some("0"), Some("1")]);
}

#[test]
fn other_users_use_a_part_of_each_window() {
    let emulator = start(&["--rate-limit", "5"]);
    let policy = set_limit(&emulator, json!({"used_by_others": 3}));
    assert_eq!(
        policy,
        json!({"limit": 5, "enforced": true, "used_by_others": 3})
    );
    for _ in 0..2 {
        assert_eq!(headers(&list(&emulator))[1], Some("1"));
        assert_eq!(statuses(&emulator, 2), [200, 429]);
        next_window(&emulator);
    }
    // They are not counted as requests.
    assert_eq!(emulator.admin("GET", "/stats", None).ok()["requests"], 6);
    set_limit(&emulator, json!({"used_by_others": 0}));
    assert_eq!(headers(&list(&emulator))[1], Some("4"));
}

#[test]
fn the_limit_can_change() {
    let emulator = start(&[]);
    set_limit(&emulator, json!({"limit": 2, "enforced": true}));
    assert_eq!(statuses(&emulator, 3), [200, 200, 429]);
    set_limit(&emulator, json!({"limit": 0}));
    assert_eq!(headers(&list(&emulator)), [None; 3]);
    let policy = emulator.admin("GET", "/rate-limit", None).ok();
    assert_eq!(
        policy,
        json!({"limit": 0, "enforced": true, "used_by_others": 0})
    );
    for (path, change) in [
        ("/rate-limit", json!({"limit": -1})),
        ("/rate-limit", json!({"limits": 1})),
        ("/clock", json!({"running": 1})),
        ("/clock", json!({"advance_milliseconds": -1})),
    ] {
        let response = emulator.admin("PUT", path, Some(change.clone()));
        assert_eq!(response.status, 400, "{change}");
    }
}

#[test]
fn the_log_has_the_times_of_the_clock() {
    let emulator = start(&["--rate-limit", "1"]);
    let now = emulator.admin("GET", "/clock", None).ok();
    assert_eq!(now["running"], false);
    list(&emulator).ok();
    next_window(&emulator);
    list(&emulator).ok();
    let started: Vec<_> = emulator
        .requests()
        .iter()
        .map(|request| request["started_at_us"].as_u64().expect("a number"))
        .collect();
    let now = now["now_us"].as_u64().expect("a number");
    assert_eq!(started, [now, now + 1_000_000]);
    let moved = set_clock(&emulator, json!({"running": true}));
    assert!(moved["now_us"].as_u64() >= Some(now + 1_000_000), "{moved}");
}

#[test]
fn the_latency_delays_a_refusal() {
    let emulator = start(&["--rate-limit", "1", "--latency", "60"]);
    list(&emulator).ok();
    let start = Instant::now();
    assert_eq!(list(&emulator).status, 429);
    // A slow machine cannot violate a lower bound.
    assert!(start.elapsed() >= Duration::from_millis(60));
}

#[test]
fn repeated_responses_are_limited() {
    let emulator = start(&["--rate-limit", "4", "--prepared"]);
    let id = emulator.create("ec_p256_sha256");
    let body = json!({"digest": base64(&[1; 32])});
    let sign = || emulator.post(&format!("/keys/{id}/sign"), body.clone());
    let responses = [(); 4].map(|()| sign());
    let statuses = responses.each_ref().map(|response| response.status);
    assert_eq!(statuses, [200, 200, 200, 429]);
    let remaining = responses.each_ref().map(|response| headers(response)[1]);
    assert_eq!(remaining, [Some("2"), Some("1"), Some("0"), Some("0")]);
}
