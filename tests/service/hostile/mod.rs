//! Servers that behave as no correct server and no emulator does.

mod http2;
mod secrets;
mod server;

use std::io::{Read, Write};
use std::net::Shutdown;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use scwkms::{Client, Error, ErrorKind};

use crate::call_paths::CallPath;
use crate::emulator::Emulator;
use crate::support::{check_error, client_and_key};
use http2::{goaway, response_with_fields, settings};
use server::{Forwarder, Server, Tls};

const DIGEST: [u8; 32] = [7; 32];

/// The server sends interim responses (RFC 9110, section 15.2) without end, and faster than the
/// client reads them, so that the client always has something to read.
#[test]
fn interim_responses_without_end_meet_the_deadline() {
    for path in CallPath::ALL {
        let fixture = InterimResponses::new();
        let before = fixture.forwarder.connections.load(SeqCst);
        fixture.warm_up(path, before);
        fixture.forwarder.stopped.store(true, SeqCst);
        let error = fixture.sign_in_thread(path);
        check_error(&error, ErrorKind::Timeout, &["timeout= in the URI"]);
        let unanswered = fixture.unanswered.lock().expect("numbers").clone();
        let direct = unanswered.first().is_some_and(|first| *first > before);
        assert_eq!(direct, path == CallPath::Direct, "{path:?}: {unanswered:?}");
        fixture.forwarder.stopped.store(false, SeqCst);
        path.must_sign(&fixture.client, &fixture.key, &DIGEST);
    }
}

/// A server that sends interim responses when its forwarder is stopped.
struct InterimResponses {
    forwarder: Arc<Forwarder>,
    /// The numbers of the connections with a request that has no final response.
    unanswered: Arc<Mutex<Vec<usize>>>,
    client: Arc<Client>,
    key: String,
    _emulator: Emulator,
    _server: Server,
}

impl InterimResponses {
    fn new() -> Self {
        let emulator = Emulator::start_with(&["--plain"]);
        let forwarder = Forwarder::to(&emulator);
        let unanswered = Arc::new(Mutex::new(Vec::new()));
        let (serving, numbers) = (Arc::clone(&forwarder), Arc::clone(&unanswered));
        let server = Server::start(b"http/1.1", move |mut client| {
            let Some(number) = serving.serve(&mut client) else {
                return;
            };
            numbers.lock().expect("numbers").push(number);
            let interim = b"HTTP/1.1 102 Processing\r\n\r\n".repeat(2000);
            while client.write_all(&interim).is_ok() {}
        });
        let (client, key) = client_and_key(&server.uri(&emulator, "timeout=3s"));
        Self {
            forwarder,
            unanswered,
            client: Arc::new(client),
            key,
            _emulator: emulator,
            _server: server,
        }
    }

    /// Opens a direct connection if the path needs one. Sequential calls use one connection until
    /// there is a direct connection.
    fn warm_up(&self, path: CallPath, before: usize) {
        while path == CallPath::Direct && self.forwarder.connections.load(SeqCst) == before {
            path.must_sign(&self.client, &self.key, &DIGEST);
        }
    }

    /// The error of a signature that must end within a minute.
    fn sign_in_thread(&self, path: CallPath) -> Error {
        let (client, key) = (Arc::clone(&self.client), self.key.clone());
        let (sender, result) = mpsc::channel();
        thread::spawn(move || sender.send(path.sign(&client, &key, &DIGEST)));
        let result = result.recv_timeout(Duration::from_secs(60));
        result.expect("the end").expect_err("no response")
    }
}

/// Each connection ends before the client can send a request. The client opens only a few.
#[test]
fn connections_that_end_at_once_are_not_opened_without_limit() {
    let emulator = Emulator::start();
    let server = Server::start(b"h2", |tls| {
        // An error means that the client has closed the connection.
        let _ = end_during_handshake(tls);
    });
    let client = Client::open(&server.uri(&emulator, "timeout=10s")).expect("a client");
    let error = client.find_keys("").expect_err("no connection");
    check_error(&error, ErrorKind::Network, &["4 attempts were made"]);
    let accepted = server.accepted();
    assert!((4..=12).contains(&accepted), "{accepted} connections");
}

/// Sends GOAWAY and the end of TLS together with the server's part of the handshake.
fn end_during_handshake(mut tls: Tls) -> std::io::Result<()> {
    let Tls { conn, sock } = &mut tls;
    while conn.is_handshaking() && !conn.wants_write() {
        conn.read_tls(sock)?;
        conn.process_new_packets().map_err(std::io::Error::other)?;
    }
    let end = [settings(), goaway(b"")].concat();
    conn.writer().write_all(&end)?;
    conn.send_close_notify();
    while conn.wants_write() {
        conn.write_tls(sock)?;
    }
    // Closing a socket with unread data would send a RST, and the client would lose the frames.
    sock.shutdown(Shutdown::Write)?;
    std::io::copy(sock, &mut std::io::sink())?;
    Ok(())
}

/// The server accepts connections and sends nothing. The creation was never sent, and the error does
/// not say that the key may exist.
#[test]
fn a_creation_that_was_not_sent_has_a_known_outcome() {
    let emulator = Emulator::start();
    let server = Server::start(b"h2", |mut tls| {
        let _ = std::io::copy(&mut tls.sock, &mut std::io::sink());
    });
    let client = Client::open(&server.uri(&emulator, "timeout=1s")).expect("a client");
    let creation = client.create_key("scwkms:name=never;unprotected=true", None, None);
    let error = creation.expect_err("no connection");
    let parts = ["create key \"never\"", "no response within 1s"];
    check_error(&error, ErrorKind::Timeout, &parts);
    assert!(!error.to_string().contains("may have been"), "{error}");
}

#[test]
fn the_size_of_a_response_head_is_limited() {
    let error = error_of_response_with_fields(10);
    // The response is accepted, and has no body.
    check_error(&error, ErrorKind::Protocol, &["is not JSON"]);
    let error = error_of_response_with_fields(2000);
    check_error(
        &error,
        ErrorKind::Network,
        &["broke before a response arrived"],
    );
}

fn error_of_response_with_fields(count: usize) -> Error {
    let emulator = Emulator::start();
    let server = Server::start(b"h2", move |client| {
        send_after_request(client, &[settings(), response_with_fields(count)].concat());
    });
    let client = Client::open(&server.uri(&emulator, "")).expect("a client");
    client.find_keys("").expect_err("no list")
}

/// Sends HTTP/2 frames when the first bytes of a request have arrived.
fn send_after_request(mut client: Tls, frames: &[u8]) {
    let mut request = [0; 200];
    if client.read_exact(&mut request).is_ok() {
        // It fails if the client has closed the connection.
        let _ = client.write_all(frames);
        let _ = client.flush();
        let _ = std::io::copy(&mut client, &mut std::io::sink());
    }
}
