//! One connection through the proxy.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, Weak};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

use super::Fault;

/// A connection that is forwarded. Two threads copy its bytes, one for each direction. They own it.
pub(super) struct Connection {
    client: TcpStream,
    server: TcpStream,
    faults: Mutex<Faults>,
}

#[derive(Default)]
struct Faults {
    active: Option<Fault>,
    at_next_request: Option<Fault>,
}

impl Connection {
    /// Starts to copy. `on_client_closed` is called when no more bytes are read from the client.
    pub(super) fn start(
        client: TcpStream,
        server: TcpStream,
        on_client_closed: impl FnOnce() + Send + 'static,
    ) -> Weak<Self> {
        for side in [&client, &server] {
            side.set_nodelay(true).expect("an option");
        }
        let requests = Arc::new(Self {
            client,
            server,
            faults: Mutex::default(),
        });
        let responses = Arc::clone(&requests);
        let weak = Arc::downgrade(&requests);
        thread::spawn(move || {
            requests.copy(&requests.client, &requests.server, || {
                requests.start_planned_fault();
            });
            on_client_closed();
        });
        thread::spawn(move || responses.copy(&responses.server, &responses.client, || ()));
        weak
    }

    pub(super) fn fail(&self, fault: Fault) {
        self.faults.lock().expect("a lock").active = Some(fault);
        match fault {
            // The thread that reads from the client ends when the client closes its side.
            Fault::Fin => {
                let _ = self.server.shutdown(Shutdown::Both);
                let _ = self.client.shutdown(Shutdown::Write);
            }
            // Both threads end. The RST is sent when they drop the sockets.
            Fault::Rst => {
                for side in [&self.client, &self.server] {
                    reset_when_dropped(side);
                    let _ = side.shutdown(Shutdown::Read);
                }
            }
            Fault::Silence => {}
        }
    }

    pub(super) fn fail_at_next_request(&self, fault: Fault) {
        self.faults.lock().expect("a lock").at_next_request = Some(fault);
    }

    /// Ends both threads.
    pub(super) fn close(&self) {
        for side in [&self.client, &self.server] {
            let _ = side.shutdown(Shutdown::Both);
        }
    }

    fn start_planned_fault(&self) {
        let planned = self.faults.lock().expect("a lock").at_next_request.take();
        if let Some(fault) = planned {
            self.fail(fault);
        }
    }

    /// Copies bytes, and then the end of the stream. `on_bytes` is called before bytes are written.
    fn copy(&self, mut from: &TcpStream, mut to: &TcpStream, on_bytes: impl Fn()) {
        let mut bytes = [0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut bytes) {
            on_bytes();
            match self.active_fault() {
                None if to.write_all(&bytes[..length]).is_ok() => {}
                // Reading on keeps the sender from being blocked.
                Some(Fault::Silence) => {}
                _ => break,
            }
        }
        if self.active_fault().is_none() {
            let _ = to.shutdown(Shutdown::Write);
        }
    }

    fn active_fault(&self) -> Option<Fault> {
        self.faults.lock().expect("a lock").active
    }
}

/// Dropping the socket sends a RST.
pub(super) fn reset_when_dropped(socket: &TcpStream) {
    // It fails if the connection has ended already.
    let _ = SockRef::from(socket).set_linger(Some(Duration::ZERO));
}

/// Responds with plain HTTP, in a thread of its own, and closes the connection.
pub(super) fn respond_in_plaintext(mut client: TcpStream) {
    thread::spawn(move || {
        // If reading or writing fails, the client has no TLS connection either.
        let _ = client.set_read_timeout(Some(Duration::from_secs(60)));
        let _ = client.read(&mut [0; 4096]);
        let _ = client.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
    });
}
