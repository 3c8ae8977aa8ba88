//! The token, the credentials and the headers of every response.

use serde_json::{Value, json};

use crate::support::{Emulator, Response};

fn with_token(emulator: &Emulator, path: &str, token: Option<&str>) -> Response {
    let mut request = emulator.http.get(emulator.url(path));
    if let Some(token) = token {
        request = request.header("x-auth-token", token);
    }
    Response::of(request.send().expect("a response"))
}

#[test]
fn only_the_secret_key_is_accepted() {
    let emulator = Emulator::start(&[]);
    let unknown = "11111111-1111-4111-8111-111111111111";
    let project = emulator.get("project_id");
    let list = format!("/keys?project_id={project}");
    for path in [list.as_str(), "/algorithms", "/keys/not-an-id"] {
        for (token, reason) in [
            (None, "invalid_argument"),
            (Some(""), "invalid_argument"),
            (Some("secret"), "invalid_argument"),
            (Some(emulator.get("access_key")), "invalid_argument"),
            (Some(unknown), "not_found"),
        ] {
            let response = with_token(&emulator, path, token);
            assert_eq!(response.status, 401);
            assert_eq!(
                response.json,
                json!({"type": "denied_authentication", "method": "api_key", "reason": reason,
                       "message": "authentication is denied"})
            );
        }
    }
    let right = emulator.get("secret_key");
    assert_eq!(with_token(&emulator, &list, Some(right)).status, 200);
}

#[test]
fn credentials_have_the_services_form_and_differ() {
    let (one, two) = (Emulator::start(&[]), Emulator::start(&["--plain"]));
    for emulator in [&one, &two] {
        let access_key = emulator.get("access_key");
        assert_eq!(access_key.len(), 20);
        assert!(access_key.starts_with("SCW"));
        for field in ["secret_key", "project_id", "organization_id"] {
            uuid::Uuid::try_parse(emulator.get(field)).expect("a UUID");
        }
        assert_eq!(emulator.get("region"), "fr-par");
        assert_eq!(
            emulator.get("admin_url"),
            format!("{}/emulator", emulator.get("url"))
        );
    }
    for field in ["access_key", "secret_key", "project_id", "organization_id"] {
        assert_ne!(one.get(field), two.get(field));
    }
    assert_eq!(two.ready["ca_file"], Value::Null);
}

#[test]
fn every_response_has_the_services_headers() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    let key = format!("/keys/{id}");
    let mut ids = Vec::new();
    let mut remaining = Vec::new();
    for response in [
        emulator.send("GET", &key, None),
        emulator.send("DELETE", &key, None),
        emulator.send("GET", "/keys/x", None),
        emulator.send("GET", "/nonsense", None),
        with_token(&emulator, &key, None),
    ] {
        assert_eq!(response.headers["content-type"], "application/json");
        assert!(response.headers.contains_key("date"));
        assert!(response.headers.contains_key("server"));
        let request_id = response.headers["x-request-id"].to_str().expect("text");
        uuid::Uuid::try_parse(request_id).expect("a UUID");
        ids.push(request_id.to_owned());
        assert_eq!(response.headers["x-ratelimit-limit"], "50, 50;w=1");
        assert_eq!(response.headers["x-ratelimit-reset"], "1");
        let left = response.headers["x-ratelimit-remaining"].to_str();
        remaining.push(left.expect("text").parse::<u64>().expect("a number"));
    }
    // With the creation at most six requests are in one window.
    assert!(remaining.iter().all(|left| (44..50).contains(left)));
    let stats = emulator.admin("GET", "/stats", None);
    assert!(!stats.headers.contains_key("x-ratelimit-limit"));
    let logged: Vec<_> = emulator
        .requests()
        .iter()
        .map(|request| request["request_id"].as_str().expect("an id").to_owned())
        .collect();
    assert!(logged.ends_with(&ids));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5);
}
