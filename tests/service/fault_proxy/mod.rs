//! A TCP proxy between the client and the service that can break connections.
//!
//! ```text
//! let proxy = FaultProxy::to(emulator.get("url"));     // listens on loopback, at proxy.port()
//! proxy.fail_new_connections(NewConnections::Reset);   // until forward_to() is called
//! proxy.forward_to(other.get("url"));                  // new connections go to this server
//! proxy.fail_open_connections(Fault::Fin);             // immediately
//! proxy.fail_open_connections_at_next_request(Fault::Silence);
//! ```
//!
//! The proxy counts connections. It copies bytes and knows neither TLS nor HTTP.

mod connection;
mod listener;

use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Weak};
use std::time::Duration;

use socket2::Socket;

use connection::Connection;
use listener::Listener;

/// How an open connection fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Both sides receive a FIN.
    Fin,
    /// Both sides receive a RST.
    Rst,
    /// The connection stays open. The proxy reads and discards all bytes.
    Silence,
}

/// How a connection fails that the client opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NewConnections {
    /// The port does not listen.
    Refuse,
    /// Each connection is reset.
    Reset,
    /// The first connection is reset. Further connections are forwarded.
    ResetOnce,
    /// Each connection is accepted. The proxy sends no byte.
    Silence,
    /// The proxy responds to the first bytes with plain HTTP instead of TLS.
    Plaintext,
}

/// Dropping it closes the port and all connections.
pub(crate) struct FaultProxy {
    address: SocketAddr,
    /// Keeps the port while connections are refused.
    _reserved: Socket,
    listener: Mutex<Option<Listener>>,
    shared: Arc<Shared>,
}

/// The state that the threads of the connections use, too.
struct Shared {
    state: Mutex<State>,
    open_changed: Condvar,
}

struct State {
    server: SocketAddr,
    new_connections: Option<NewConnections>,
    forwarded: Vec<Weak<Connection>>,
    /// Connections to which no byte is sent.
    silent: Vec<TcpStream>,
    accepted: usize,
    open: usize,
}

impl FaultProxy {
    /// A proxy that forwards connections to the server at this URL.
    pub(crate) fn to(url: &str) -> Self {
        let (reserved, address) = listener::reserve_port();
        let proxy = Self {
            address,
            _reserved: reserved,
            listener: Mutex::default(),
            shared: Arc::new(Shared {
                state: Mutex::new(State::new(address_of(url))),
                open_changed: Condvar::new(),
            }),
        };
        proxy.listen();
        proxy
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Forwards new connections to the server at this URL. This ends `fail_new_connections`. Open
    /// connections stay as they are.
    pub(crate) fn forward_to(&self, url: &str) {
        let mut state = self.shared.lock();
        state.server = address_of(url);
        state.new_connections = None;
        state.silent.clear();
        drop(state);
        self.listen();
    }

    /// Lets each new connection fail, until `forward_to` is called.
    pub(crate) fn fail_new_connections(&self, how: NewConnections) {
        self.shared.lock().new_connections = Some(how);
        if how == NewConnections::Refuse {
            drop(self.listener.lock().expect("a lock").take());
        }
    }

    /// Lets the open connections fail now. Later connections are not affected.
    pub(crate) fn fail_open_connections(&self, fault: Fault) {
        for connection in self.shared.lock().connections() {
            connection.fail(fault);
        }
    }

    /// Lets each open connection fail when the client next sends bytes over it. The server does
    /// not receive these bytes.
    pub(crate) fn fail_open_connections_at_next_request(&self, fault: Fault) {
        for connection in self.shared.lock().connections() {
            connection.fail_at_next_request(fault);
        }
    }

    /// The number of accepted connections, including those that failed at once.
    pub(crate) fn accepted(&self) -> usize {
        self.shared.lock().accepted
    }

    /// The number of forwarded connections that the client has not closed.
    pub(crate) fn open(&self) -> usize {
        self.shared.lock().open
    }

    /// Waits until exactly this number of connections is open.
    pub(crate) fn wait_until_open(&self, number: usize) {
        const LIMIT: Duration = Duration::from_secs(120);
        let differs = |state: &mut State| state.open != number;
        let (changed, state) = (&self.shared.open_changed, self.shared.lock());
        let (state, result) = changed
            .wait_timeout_while(state, LIMIT, differs)
            .expect("a lock");
        assert!(
            !result.timed_out(),
            "{} connections are open after {LIMIT:?}, not {number}",
            state.open
        );
    }

    fn listen(&self) {
        let mut listener = self.listener.lock().expect("a lock");
        listener.get_or_insert_with(|| {
            let shared = Arc::clone(&self.shared);
            Listener::start(self.address, move |client| shared.admit(client))
        });
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.fail_new_connections(NewConnections::Refuse);
        for connection in self.shared.lock().connections() {
            connection.close();
        }
    }
}

impl State {
    fn new(server: SocketAddr) -> Self {
        Self {
            server,
            new_connections: None,
            forwarded: Vec::new(),
            silent: Vec::new(),
            accepted: 0,
            open: 0,
        }
    }

    /// The forwarded connections that still exist.
    fn connections(&mut self) -> Vec<Arc<Connection>> {
        self.forwarded
            .retain(|connection| connection.strong_count() > 0);
        self.forwarded.iter().filter_map(Weak::upgrade).collect()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("a lock")
    }

    fn admit(self: &Arc<Self>, client: TcpStream) {
        let mut state = self.lock();
        state.accepted += 1;
        match state.new_connections {
            None => self.forward(&mut state, client),
            // It was accepted before the port was closed.
            Some(NewConnections::Refuse) => drop(client),
            Some(NewConnections::Reset) => connection::reset_when_dropped(&client),
            Some(NewConnections::ResetOnce) => {
                connection::reset_when_dropped(&client);
                state.new_connections = None;
            }
            Some(NewConnections::Silence) => state.silent.push(client),
            Some(NewConnections::Plaintext) => connection::respond_in_plaintext(client),
        }
    }

    fn forward(self: &Arc<Self>, state: &mut State, client: TcpStream) {
        // While the server is not running, the client's connection is closed.
        let Ok(server) = TcpStream::connect(state.server) else {
            return;
        };
        let shared = Arc::clone(self);
        let connection = Connection::start(client, server, move || {
            shared.lock().open -= 1;
            shared.open_changed.notify_all();
        });
        state.forwarded.push(connection);
        state.open += 1;
        self.open_changed.notify_all();
    }
}

fn address_of(url: &str) -> SocketAddr {
    let authority = url.split("://").nth(1).expect("a URL");
    authority.parse().expect("an address and a port")
}
