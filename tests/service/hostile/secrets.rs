//! A server that has received the secret key can send it back. No error contains it.

use std::io::Write;

use scwkms::{Client, Error, ErrorKind};

use super::http2::{goaway, settings};
use super::send_after_request;
use super::server::{Server, Tls, read_message};
use crate::emulator::Emulator;
use crate::support::{check_error, texts_of};

/// The error of a request to this server. It must not contain the secret key.
fn error_of(emulator: &Emulator, server: &Server) -> Error {
    let client = Client::open(&server.uri(emulator, "")).expect("a client");
    let error = client.find_keys("").expect_err("no list");
    for text in texts_of(&error) {
        assert!(!text.contains(emulator.get("secret_key")), "{text}");
        assert!(text.len() < 1000, "{text}");
    }
    error
}

#[test]
fn the_secret_key_in_a_response_head_is_redacted() {
    let emulator = Emulator::start();
    let head = format!(
        "HTTP/1.1 403 Forbidden\r\nx-request-id: id of {}\r\n\
         content-type: application/json\r\n",
        emulator.get("secret_key")
    );
    for (missing, body) in [(0, "{}"), (1, "{}"), (0, "{")] {
        let length = body.len() + missing;
        let response = format!("{head}content-length: {length}\r\n\r\n{body}");
        let server = Server::start(b"http/1.1", move |client| {
            respond(client, &response, missing > 0);
        });
        let error = error_of(&emulator, &server);
        assert_eq!(error.http_status(), Some(403), "{error}");
        assert_eq!(error.request_id(), None);
    }
}

/// Sends a response to each request, or only to the first one.
fn respond(mut client: Tls, response: &str, once: bool) {
    while read_message(&mut client).is_some() && client.write_all(response.as_bytes()).is_ok() {
        if once {
            return;
        }
    }
}

#[test]
fn the_secret_key_in_goaway_is_redacted() {
    let emulator = Emulator::start();
    let debug_data = format!("{} {}", emulator.get("secret_key"), "x".repeat(8000));
    let server = Server::start(b"h2", move |client| {
        send_after_request(
            client,
            &[settings(), goaway(debug_data.as_bytes())].concat(),
        );
    });
    let error = error_of(&emulator, &server);
    check_error(&error, ErrorKind::Network, &["internal error"]);
}

#[test]
fn the_secret_key_in_a_certificate_is_redacted() {
    let emulator = Emulator::start();
    let name = format!("DNS:{}.example", emulator.get("secret_key"));
    let server = Server::with_certificate_for(&name, b"h2", |mut client| {
        // It fails, since the client rejects the certificate.
        let _ = client.flush();
    });
    let error = error_of(&emulator, &server);
    let part = "certificate is only valid for DnsName(\"[secret key].example\")";
    check_error(&error, ErrorKind::Network, &[part]);
}
