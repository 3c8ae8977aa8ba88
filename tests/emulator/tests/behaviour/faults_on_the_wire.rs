//! Faults of connections, observed with a TCP socket and with an HTTP client over TLS.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Emulator, base64, bytes, client};

/// Sends a Sign request over TCP. Returns the bytes received and the error that ended the connection.
fn raw_sign(emulator: &Emulator, id: &str) -> (String, Option<ErrorKind>) {
    let address = emulator.get("url").strip_prefix("http://").expect("plain");
    let mut stream = TcpStream::connect(address).expect("a connection");
    let body = json!({"digest": base64(&[5; 32])}).to_string();
    let token = emulator.get("secret_key");
    let request = format!(
        "POST /key-manager/v1alpha1/regions/fr-par/keys/{id}/sign HTTP/1.1\r\nhost: {address}\r\n\
         x-auth-token: {token}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let (mut all, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return (String::from_utf8_lossy(&all).into_owned(), None),
            Ok(length) => all.extend_from_slice(&buffer[..length]),
            Err(error) => {
                return (
                    String::from_utf8_lossy(&all).into_owned(),
                    Some(error.kind()),
                );
            }
        }
    }
}

/// The body of a raw response, and the length in its header.
fn body_and_length(response: &str) -> (&str, usize) {
    let (head, body) = response.split_once("\r\n\r\n").expect("a head");
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .expect("a content-length");
    (body, length.parse().expect("a number"))
}

#[test]
fn a_reset_fault_resets_the_connection() {
    let emulator = Emulator::start(&["--plain"]);
    let id = emulator.create("ec_p256_sha256");
    for when in ["before", "after", "during"] {
        emulator.fault("Sign", json!({"kind": "reset", "when": when}));
        let (response, end) = raw_sign(&emulator, &id);
        assert_eq!(end, Some(ErrorKind::ConnectionReset), "{when}");
        if when == "during" {
            assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
            let (body, length) = body_and_length(&response);
            assert_eq!(body.len(), length / 2);
        } else {
            assert_eq!(response, "", "{when}");
        }
    }
}

#[test]
fn a_truncate_fault_ends_the_body_early() {
    let emulator = Emulator::start(&["--plain"]);
    let id = emulator.create("ec_p256_sha256");
    emulator.fault("Sign", json!({"kind": "truncate"}));
    let (response, end) = raw_sign(&emulator, &id);
    assert_eq!(end, None);
    let (body, length) = body_and_length(&response);
    assert_eq!(body.len(), length / 2);
}

#[test]
fn a_close_or_goaway_fault_sends_connection_close() {
    let emulator = Emulator::start(&["--plain"]);
    let id = emulator.create("ec_p256_sha256");
    for kind in ["close", "goaway"] {
        emulator.fault("Sign", json!({"kind": kind}));
        let (response, end) = raw_sign(&emulator, &id);
        assert_eq!(end, None);
        assert!(response.contains("\r\nconnection: close\r\n"), "{response}");
        let (body, length) = body_and_length(&response);
        assert_eq!(body.len(), length);
    }
}

/// Runs a test with HTTP/2 and HTTP/1.1, each over TLS and unencrypted.
fn with_every_transport(test: impl Fn(&Emulator)) {
    for (arguments, http1) in [
        (&[][..], false),
        (&[][..], true),
        (&["--plain"][..], false),
        (&["--plain"][..], true),
    ] {
        let mut emulator = Emulator::start(arguments);
        emulator.http = client(&emulator.ready, |builder| match (http1, arguments) {
            (true, _) => builder.http1_only(),
            (false, []) => builder,
            // Without TLS the HTTP version cannot be negotiated.
            (false, _) => builder.http2_prior_knowledge(),
        });
        test(&emulator);
        let expected = if http1 { "HTTP/1.1" } else { "HTTP/2.0" };
        for request in emulator.requests() {
            assert_eq!(request["http_version"], expected);
        }
    }
}

fn sign(emulator: &Emulator, id: &str) -> reqwest::Result<Value> {
    let body = json!({"digest": base64(&[5; 32])});
    let response = emulator.try_send("POST", &format!("/keys/{id}/sign"), Some(body))?;
    let text = response.text()?;
    Ok(serde_json::from_str(&text).expect("JSON"))
}

#[test]
fn an_http_client_detects_each_fault_and_recovers() {
    with_every_transport(|emulator| {
        let id = emulator.create("ec_p256_sha256");
        for fault in [
            json!({"kind": "reset", "when": "before"}),
            json!({"kind": "reset", "when": "during"}),
            json!({"kind": "reset", "when": "after"}),
            json!({"kind": "truncate"}),
        ] {
            emulator.fault("Sign", fault.clone());
            sign(emulator, &id).expect_err(&fault.to_string());
            let response = sign(emulator, &id).expect("a response");
            assert!(emulator.verify(&id, &[5; 32], &bytes(&response["signature"])));
        }
    });
}

#[test]
fn a_reset_comes_before_or_after_the_operation() {
    with_every_transport(|emulator| {
        let project = emulator.get("project_id");
        let total = || {
            let list = emulator.send("GET", &format!("/keys?project_id={project}"), None);
            list.ok()["total_count"].as_u64().expect("a number")
        };
        for (when, more) in [("before", 0), ("after", 1), ("during", 1)] {
            let before = total();
            emulator.fault("CreateKey", json!({"kind": "reset", "when": when}));
            let body = emulator.new_key("aes_256_gcm", json!({}));
            let result = emulator.try_send("POST", "/keys", Some(body));
            result.and_then(|response| response.text()).expect_err(when);
            assert_eq!(total(), before + more, "{when}");
        }
        let statuses: Vec<_> = emulator
            .requests()
            .iter()
            .filter(|request| request["operation"] == "CreateKey")
            .map(|request| request["status"].clone())
            .collect();
        assert_eq!(statuses, [Value::Null, Value::Null, json!(200)]);
    });
}

#[test]
fn an_endless_body_does_not_end() {
    with_every_transport(|emulator| {
        let id = emulator.create("ec_p256_sha256");
        emulator.fault("Sign", json!({"kind": "endless"}));
        let body = json!({"digest": base64(&[5; 32])});
        let mut response = emulator
            .try_send("POST", &format!("/keys/{id}/sign"), Some(body))
            .expect("a head");
        assert_eq!(response.status(), 200);
        let mut buffer = vec![0; 5_000_000];
        response.read_exact(&mut buffer).expect("five megabytes");
        drop(response);
        sign(emulator, &id).expect("a response");
    });
}

#[test]
fn a_delay_fault_delays_the_response() {
    let emulator = Emulator::start(&[]);
    let id = emulator.create("ec_p256_sha256");
    emulator.fault("Sign", json!({"kind": "delay", "milliseconds": 120}));
    let start = Instant::now();
    let response = sign(&emulator, &id).expect("a response");
    assert!(start.elapsed() >= Duration::from_millis(120));
    assert!(emulator.verify(&id, &[5; 32], &bytes(&response["signature"])));
}

#[test]
fn after_a_close_the_client_uses_another_connection() {
    with_every_transport(|emulator| {
        let id = emulator.create("ec_p256_sha256");
        sign(emulator, &id).expect("a response");
        emulator.fault("Sign", json!({"kind": "close"}));
        sign(emulator, &id).expect("a response");
        sign(emulator, &id).expect("a response");
        let connections: Vec<_> = emulator
            .requests()
            .iter()
            .map(|request| request["connection"].as_u64().expect("a number"))
            .collect();
        let [create, first, closing, last] = connections[..] else {
            panic!("{connections:?}");
        };
        assert_eq!((create, first), (first, closing));
        assert!(last > closing, "{connections:?}");
    });
}
