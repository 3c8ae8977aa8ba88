//! What lies between the client and the service: a relay on loopback that passes bytes on, until a
//! test has it do what middleboxes do.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use socket2::SockRef;

/// How a connection ends, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// In good order, by a FIN to both sides.
    Fin,
    /// By a RST to both sides.
    Rst,
    /// Not at all: what comes is taken, and goes nowhere.
    Silence,
}

pub(crate) struct Relay {
    address: SocketAddr,
    state: Arc<State>,
    listening: Option<JoinHandle<()>>,
}

struct State {
    server: Mutex<SocketAddr>,
    connections: Mutex<Vec<Arc<Connection>>>,
    accepted: AtomicUsize,
    open: AtomicUsize,
    gone: AtomicBool,
}

struct Connection {
    client: TcpStream,
    server: TcpStream,
    /// How it ends when the client next sends something.
    planned: Mutex<Option<End>>,
    ended: Mutex<Option<End>>,
}

impl Relay {
    /// A relay to the server at this URL.
    pub(crate) fn to(url: &str) -> Self {
        Self::on("127.0.0.1:0", url)
    }

    pub(crate) fn on(address: &str, url: &str) -> Self {
        let listener = TcpListener::bind(address).expect("a listener");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State {
            server: Mutex::new(address_of(url)),
            connections: Mutex::default(),
            accepted: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
            gone: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&state);
        let listening = thread::spawn(move || {
            for client in listener.incoming() {
                if accepting.gone.load(SeqCst) {
                    return;
                }
                if let Ok(client) = client {
                    State::take_in(&accepting, client);
                }
            }
        });
        Self {
            address,
            state,
            listening: Some(listening),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Connections from now on lead to the server at this URL.
    pub(crate) fn lead_to(&self, url: &str) {
        *self.state.server.lock().expect("the server") = address_of(url);
    }

    /// Ends those that are open. Later ones are not concerned.
    pub(crate) fn end_all(&self, how: End) {
        for connection in self.state.take() {
            connection.end(how);
        }
    }

    /// Ends those that are open when the client next sends something, of which nothing arrives.
    pub(crate) fn end_all_at_next_request(&self, how: End) {
        for connection in self.state.take() {
            *connection.planned.lock().expect("a plan") = Some(how);
        }
    }

    /// Connections that came since the relay began.
    pub(crate) fn accepted(&self) -> usize {
        self.state.accepted.load(SeqCst)
    }

    pub(crate) fn open(&self) -> usize {
        self.state.open.load(SeqCst)
    }

    /// Waits until exactly so many connections are open.
    pub(crate) fn wait_until_open(&self, number: usize) {
        const PATIENCE: Duration = Duration::from_secs(120);
        let begun = Instant::now();
        while self.open() != number {
            assert!(
                begun.elapsed() < PATIENCE,
                "{} connections are open after {PATIENCE:?}, and not {number}",
                self.open()
            );
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Nobody listens at its address any more, and its connections end.
impl Drop for Relay {
    fn drop(&mut self) {
        self.state.gone.store(true, SeqCst);
        // Has the listener look.
        let _ = TcpStream::connect(self.address);
        if let Some(listening) = self.listening.take() {
            let _ = listening.join();
        }
        self.end_all(End::Fin);
    }
}

impl State {
    fn take_in(self: &Arc<Self>, client: TcpStream) {
        let server = *self.server.lock().expect("the server");
        // Dropped, it is closed: to the client the server refuses.
        let Ok(server) = TcpStream::connect(server) else {
            return;
        };
        for side in [&client, &server] {
            side.set_nodelay(true).expect("a socket");
        }
        let connection = Arc::new(Connection {
            client,
            server,
            planned: Mutex::default(),
            ended: Mutex::default(),
        });
        self.accepted.fetch_add(1, SeqCst);
        self.open.fetch_add(1, SeqCst);
        let mut connections = self.connections.lock().expect("the connections");
        connections.push(Arc::clone(&connection));
        drop(connections);
        let (state, up) = (Arc::clone(self), Arc::clone(&connection));
        thread::spawn(move || {
            up.pass(&up.client, &up.server, true);
            // The client is gone, or the connection was ended.
            state.open.fetch_sub(1, SeqCst);
        });
        thread::spawn(move || connection.pass(&connection.server, &connection.client, false));
    }

    fn take(&self) -> Vec<Arc<Connection>> {
        std::mem::take(&mut *self.connections.lock().expect("the connections"))
    }
}

impl Connection {
    fn pass(&self, mut from: &TcpStream, mut to: &TcpStream, from_client: bool) {
        let mut bytes = [0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut bytes) {
            if from_client && let Some(how) = self.planned.lock().expect("a plan").take() {
                self.end(how);
            }
            match self.ended() {
                None if to.write_all(&bytes[..length]).is_ok() => {}
                // So that the other side goes on too.
                Some(End::Silence) => {}
                _ => break,
            }
        }
        if self.ended().is_none() {
            let _ = to.shutdown(Shutdown::Write);
        }
    }

    fn ended(&self) -> Option<End> {
        *self.ended.lock().expect("an end")
    }

    fn end(&self, how: End) {
        *self.ended.lock().expect("an end") = Some(how);
        for side in [&self.client, &self.server] {
            let _ = match how {
                End::Fin => side.shutdown(Shutdown::Both),
                // The threads that read end by this, and the last to let go of the socket resets it.
                End::Rst => SockRef::from(side)
                    .set_linger(Some(Duration::ZERO))
                    .and_then(|()| side.shutdown(Shutdown::Read)),
                End::Silence => Ok(()),
            };
        }
    }
}

fn address_of(url: &str) -> SocketAddr {
    let authority = url.split("://").nth(1).expect("a URL");
    authority.parse().expect("an address and a port")
}
