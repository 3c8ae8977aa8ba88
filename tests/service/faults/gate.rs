//! A way to an emulator that tests can break below HTTP, while its address stays the same.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};

/// What becomes of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mode {
    Forward(SocketAddr),
    Reset,
    /// For the first one only.
    ResetOnce(SocketAddr),
    /// Not a word, until the mode changes.
    Silent,
    /// An answer in the clear to whatever the client says.
    Cleartext,
}

pub(super) struct Gate {
    /// Keeps the port while nobody listens.
    _reserved: Socket,
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    listening: Option<(TcpListener, JoinHandle<()>)>,
}

struct State {
    mode: Mode,
    connections: u64,
    through: Vec<Through>,
    silent: Vec<TcpStream>,
}

/// A connection that is forwarded.
struct Through {
    server: TcpStream,
    threads: [JoinHandle<()>; 2],
}

impl Gate {
    pub(super) fn new(mode: Mode) -> Self {
        let reserved = bound(0);
        let address = reserved.local_addr().expect("an address");
        let mut gate = Self {
            _reserved: reserved,
            address: address.as_socket().expect("an address"),
            state: Arc::new(Mutex::new(State {
                mode,
                connections: 0,
                through: Vec::new(),
                silent: Vec::new(),
            })),
            listening: None,
        };
        gate.listen();
        gate
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(super) fn connections(&self) -> u64 {
        self.state.lock().expect("a lock").connections
    }

    /// From now on. The count begins again.
    pub(super) fn set(&self, mode: Mode) {
        let mut state = self.state.lock().expect("a lock");
        state.mode = mode;
        state.connections = 0;
        state.silent.clear();
    }

    /// Ends what is open in good order, and waits until the client knows.
    pub(super) fn cut(&self) {
        let through = std::mem::take(&mut self.state.lock().expect("a lock").through);
        for Through { server, threads } in through {
            // It may have ended already.
            let _ = server.shutdown(Shutdown::Both);
            for thread in threads {
                thread.join().expect("a copier");
            }
        }
    }

    pub(super) fn refuse(&mut self) {
        if let Some((listener, thread)) = self.listening.take() {
            // Wakes the thread that accepts, too.
            SockRef::from(&listener)
                .shutdown(Shutdown::Both)
                .expect("no listener");
            thread.join().expect("the gate's thread");
        }
    }

    pub(super) fn listen(&mut self) {
        if self.listening.is_some() {
            return;
        }
        let socket = bound(self.address.port());
        socket.listen(64).expect("a listener");
        let listener = TcpListener::from(socket);
        let accepting = listener.try_clone().expect("a listener");
        let state = Arc::clone(&self.state);
        let thread = std::thread::spawn(move || {
            while let Ok((client, _)) = accepting.accept() {
                admit(&state, client);
            }
        });
        self.listening = Some((listener, thread));
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.refuse();
    }
}

/// A socket that does not listen yet.
fn bound(port: u16) -> Socket {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.set_reuse_address(true).expect("an option");
    let address = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port));
    socket.bind(&address.into()).expect("a port");
    socket
}

fn admit(state: &Mutex<State>, mut client: TcpStream) {
    let mut state = state.lock().expect("a lock");
    state.connections += 1;
    match state.mode {
        Mode::Reset => reset(client),
        Mode::ResetOnce(server) => {
            reset(client);
            state.mode = Mode::Forward(server);
        }
        Mode::Silent => state.silent.push(client),
        Mode::Cleartext => {
            // Whatever goes wrong here, the client has no TLS.
            let _ = client.set_read_timeout(Some(Duration::from_secs(60)));
            let _ = client.read(&mut [0; 4096]);
            let _ = client.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
        }
        Mode::Forward(server) => {
            let server = TcpStream::connect(server).expect("the emulator");
            let threads = [copier(&client, &server), copier(&server, &client)];
            state.through.push(Through { server, threads });
        }
    }
}

fn reset(client: TcpStream) {
    let zero = Some(Duration::ZERO);
    SockRef::from(&client).set_linger(zero).expect("an option");
}

/// Carries what one side says to the other, and then its end.
fn copier(from: &TcpStream, to: &TcpStream) -> JoinHandle<()> {
    let mut from = from.try_clone().expect("a stream");
    let mut to = to.try_clone().expect("a stream");
    std::thread::spawn(move || {
        // Either may break off; then both are at their end.
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    })
}
