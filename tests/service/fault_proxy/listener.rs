//! The listening socket of the proxy. It can be closed and opened again at the same port.

use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use socket2::{Domain, SockRef, Socket, Type};

/// Dropping it closes the port and ends its thread.
pub(super) struct Listener {
    socket: TcpListener,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// Listens, and passes each connection to `admit`.
    pub(super) fn start(address: SocketAddr, admit: impl Fn(TcpStream) + Send + 'static) -> Self {
        let socket = bind(address);
        socket.listen(64).expect("a listener");
        let socket = TcpListener::from(socket);
        let accepting = socket.try_clone().expect("a listener");
        let thread = thread::spawn(move || {
            while let Ok((client, _)) = accepting.accept() {
                admit(client);
            }
        });
        Self {
            socket,
            thread: Some(thread),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // This also ends accept() in the thread.
        let _ = SockRef::from(&self.socket).shutdown(Shutdown::Both);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A free port on loopback, and a socket that keeps it reserved. The socket does not listen.
pub(super) fn reserve_port() -> (Socket, SocketAddr) {
    let socket = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    let address = socket.local_addr().expect("an address");
    (socket, address.as_socket().expect("an IP address"))
}

/// Several sockets can be bound to the same port, of which one listens.
fn bind(address: SocketAddr) -> Socket {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.set_reuse_address(true).expect("an option");
    socket.bind(&address.into()).expect("a port");
    socket
}
