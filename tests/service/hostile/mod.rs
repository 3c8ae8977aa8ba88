//! What no honest server does, and the emulator neither.

mod server;

use std::io::{Read, Write};
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use scwkms::{Client, ErrorKind};

use crate::support::{Emulator, check, client_and_key};
use crate::ways::Way;
use server::{Relaying, Server, Tls, message};

const DIGEST: [u8; 32] = [7; 32];

/// An HTTP/2 frame (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a length");
    let head = [kind, flags, 0, 0, 0, stream];
    [&length.to_be_bytes()[1..], &head, payload].concat()
}

/// The server's settings, of which there are none.
fn settings() -> Vec<u8> {
    frame(4, 0, 0, &[])
}

/// The end of the connection, with a text.
fn goaway(debug_data: &[u8]) -> Vec<u8> {
    const INTERNAL_ERROR: u8 = 2;
    let fields = [0, 0, 0, 0, 0, 0, 0, INTERNAL_ERROR];
    frame(7, 0, 0, &[&fields, debug_data].concat())
}

/// A whole answer of status 200 with so many fields of 1,000 bytes.
fn answer_with_fields(count: usize) -> Vec<u8> {
    const END_STREAM: u8 = 1;
    const END_HEADERS: u8 = 4;
    // Field names and values as they are, and lengths (RFC 7541, sections 6.2.2 and 5.1).
    let field = [&[0, 1, b'x', 0x7f, 0xe9, 0x06], &[b'a'; 1000][..]].concat();
    let mut frames = frame(1, END_STREAM, 1, &[0x88]);
    for part in field.repeat(count).chunks(16 << 10) {
        frames.extend(frame(9, 0, 1, part));
    }
    frames.extend(frame(9, END_HEADERS, 1, &[]));
    frames
}

/// A server that says without end that it is at it (RFC 9110, section 15.2), and faster than that
/// can be read, so that there is always something to read.
#[test]
fn interim_answers_without_end_meet_the_deadline() {
    for way in Way::ALL {
        let emulator = Emulator::start_with(&["--plain"]);
        let relaying = Relaying::to(&emulator);
        let unanswered = Arc::new(Mutex::new(Vec::new()));
        let (serving, numbers) = (Arc::clone(&relaying), Arc::clone(&unanswered));
        let server = Server::start(b"http/1.1", move |mut client| {
            let Some(number) = serving.serve(&mut client) else {
                return;
            };
            numbers.lock().expect("numbers").push(number);
            let interim = b"HTTP/1.1 102 Processing\r\n\r\n".repeat(2000);
            while client.write_all(&interim).is_ok() {}
        });
        let (client, key) = client_and_key(&server.uri(&emulator, "timeout=3s"));
        let client = Arc::new(client);
        // Requests one at a time take one connection, as long as none of them takes a lane.
        let before = relaying.used.load(SeqCst);
        while way == Way::Lane && relaying.used.load(SeqCst) == before {
            client.sign(&key, None, &DIGEST).expect("a signature");
        }

        relaying.stopped.store(true, SeqCst);
        let (sender, result) = mpsc::channel();
        let (caller, its_key) = (Arc::clone(&client), key.clone());
        thread::spawn(move || sender.send(way.sign(&caller, &its_key, &DIGEST)));
        let result = result.recv_timeout(Duration::from_secs(60));
        let error = result.expect("an end").expect_err("no answer");
        check(&error, ErrorKind::Timeout, &["no answer within 3s"]);
        let unanswered = unanswered.lock().expect("numbers").clone();
        let by_lane = unanswered.first().is_some_and(|first| *first > before);
        assert_eq!(by_lane, way == Way::Lane, "{way:?}: {unanswered:?}");

        relaying.stopped.store(false, SeqCst);
        way.sign(&client, &key, &DIGEST)
            .unwrap_or_else(|e| panic!("{way:?}: {e}"));
    }
}

/// Each connection is at its end before a request can get onto it. That is no reason to open them
/// without end.
#[test]
fn a_server_that_ends_each_connection_at_once_is_not_hammered() {
    let emulator = Emulator::start();
    let server = Server::start(b"h2", |mut tls: Tls| {
        let Tls { conn, sock } = &mut tls;
        while conn.is_handshaking() && !conn.wants_write() {
            if conn.read_tls(sock).is_err() || conn.process_new_packets().is_err() {
                return;
            }
        }
        // All of it beside the server's part of the handshake.
        let end = [settings(), goaway(b"")].concat();
        conn.writer().write_all(&end).expect("room");
        conn.send_close_notify();
        while conn.wants_write() {
            if conn.write_tls(sock).is_err() {
                return;
            }
        }
        // Closed with something unread it would be a reset, which loses what was written.
        let _ = sock.shutdown(std::net::Shutdown::Write);
        let _ = std::io::copy(sock, &mut std::io::sink());
    });
    let client = Client::open(&server.uri(&emulator, "timeout=10s")).expect("a client");
    let error = client.find_keys("").expect_err("no connection");
    check(&error, ErrorKind::Network, &["4 attempts were made"]);
    let accepted = server.accepted();
    assert!((4..=12).contains(&accepted), "{accepted} connections");
}

/// A server that takes connections and says nothing. What was never sent was not done, and no error says
/// that it may have been.
#[test]
fn what_no_connection_got_cannot_have_happened() {
    let emulator = Emulator::start();
    let server = Server::start(b"h2", |mut tls| {
        let _ = std::io::copy(&mut tls.sock, &mut std::io::sink());
    });
    let client = Client::open(&server.uri(&emulator, "timeout=1s")).expect("a client");
    let creation = client.create_key("scwkms:name=never;unprotected=true", None, None);
    let error = creation.expect_err("no connection");
    check(
        &error,
        ErrorKind::Timeout,
        &["create key \"never\"", "no answer within 1s"],
    );
    assert!(!error.to_string().contains("may have been"), "{error}");
}

/// Who has the secret key may send it back, where no error should show it.
#[test]
fn a_server_that_repeats_the_secret_key_does_not_get_it_into_errors() {
    let emulator = Emulator::start();
    let secret = emulator.get("secret_key").to_owned();
    let by_server = |server: Server| {
        let client = Client::open(&server.uri(&emulator, "")).expect("a client");
        let error = client.find_keys("").expect_err("no answer");
        for text in [error.to_string(), format!("{error:?}")] {
            assert!(!text.contains(&secret), "{text}");
            assert!(text.len() < 1000, "{text}");
        }
        error
    };

    for (more, body) in [(0, "{}"), (1, "{}"), (0, "{")] {
        let head = format!(
            "HTTP/1.1 403 Forbidden\r\nx-request-id: id of {secret}\r\n\
             content-type: application/json\r\n"
        );
        let length = body.len() + more;
        let answer = format!("{head}content-length: {length}\r\n\r\n{body}");
        let error = by_server(Server::start(b"http/1.1", move |mut client| {
            while message(&mut client).is_some() && client.write_all(answer.as_bytes()).is_ok() {
                if more > 0 {
                    return;
                }
            }
        }));
        assert_eq!(error.http_status(), Some(403), "{error}");
        assert_eq!(error.request_id(), None);
    }

    let debug_data = format!("{secret} {}", "x".repeat(8000));
    let error = by_server(Server::start(b"h2", move |mut client| {
        // What comes first is no more than a request's beginning.
        let mut request = [0; 200];
        if client.read_exact(&mut request).is_ok() {
            let end = [settings(), goaway(debug_data.as_bytes())].concat();
            let _ = client.write_all(&end);
            let _ = client.flush();
            let _ = std::io::copy(&mut client, &mut std::io::sink());
        }
    }));
    check(&error, ErrorKind::Network, &["internal error"]);

    let name = format!("DNS:{secret}.example");
    let error = by_server(Server::named(&name, b"h2", |mut client| {
        let _ = client.flush();
    }));
    let said = "certificate is only valid for DnsName(\"[secret key].example\")";
    check(&error, ErrorKind::Network, &[said]);
}

#[test]
fn an_answer_whose_head_has_no_end_does_not_fill_the_memory() {
    let emulator = Emulator::start();
    for (count, accepted) in [(10, true), (2000, false)] {
        let server = Server::start(b"h2", move |mut client| {
            let mut request = [0; 200];
            if client.read_exact(&mut request).is_ok() {
                let _ = client.write_all(&[settings(), answer_with_fields(count)].concat());
                let _ = client.flush();
                let _ = std::io::copy(&mut client, &mut std::io::sink());
            }
        });
        let client = Client::open(&server.uri(&emulator, "")).expect("a client");
        let error = client.find_keys("").expect_err("no answer with keys");
        match accepted {
            // There is nothing in it.
            true => check(&error, ErrorKind::Protocol, &["is not JSON"]),
            false => check(&error, ErrorKind::Network, &["broke before an answer came"]),
        }
    }
}
