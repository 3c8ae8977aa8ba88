//! A TLS server whose behaviour a test defines.

use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::emulator::{Emulator, with_parameter};
use crate::temp_dir::TempDir;

pub(super) type Tls = StreamOwned<ServerConnection, TcpStream>;

pub(super) struct Server {
    address: SocketAddr,
    dir: TempDir,
    accepted: Arc<AtomicUsize>,
}

impl Server {
    /// Negotiates the protocol with this ALPN name, and passes each connection to `serve`.
    pub(super) fn start(protocol: &[u8], serve: impl Fn(Tls) + Send + Sync + 'static) -> Self {
        Self::with_certificate_for("IP:127.0.0.1", protocol, serve)
    }

    /// The same with another subjectAltName in its certificate.
    pub(super) fn with_certificate_for(
        name: &str,
        protocol: &[u8],
        serve: impl Fn(Tls) + Send + Sync + 'static,
    ) -> Self {
        let dir = TempDir::new();
        let tls = Arc::new(config(&dir, name, protocol));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
        let address = listener.local_addr().expect("an address");
        let accepted = Arc::new(AtomicUsize::new(0));
        let (counter, serve) = (Arc::clone(&accepted), Arc::new(serve));
        thread::spawn(move || {
            for tcp in listener.incoming().flatten() {
                counter.fetch_add(1, SeqCst);
                let connection = ServerConnection::new(Arc::clone(&tls)).expect("TLS");
                let serve = Arc::clone(&serve);
                thread::spawn(move || serve(StreamOwned::new(connection, tcp)));
            }
        });
        Self {
            address,
            dir,
            accepted,
        }
    }

    /// The URI of a client for this server, with the emulator's credentials.
    pub(super) fn uri(&self, emulator: &Emulator, parameters: &str) -> String {
        let uri = emulator.uri(&format!("ca-file=;{parameters}"));
        let uri = with_parameter(&uri, "api-url", &format!("https://{}", self.address));
        let ca_file = self.dir.path("certificate.pem");
        with_parameter(&uri, "ca-file", ca_file.to_str().expect("UTF-8"))
    }

    /// The number of accepted connections.
    pub(super) fn accepted(&self) -> usize {
        self.accepted.load(SeqCst)
    }
}

fn config(dir: &TempDir, name: &str, protocol: &[u8]) -> ServerConfig {
    dir.openssl(&format!(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
         -subj /CN=server -addext subjectAltName={name} \
         -addext basicConstraints=critical,CA:FALSE -keyout key.pem -out certificate.pem",
    ));
    let certificate = CertificateDer::from_pem_file(dir.path("certificate.pem")).expect("PEM");
    let key = PrivateKeyDer::from_pem_file(dir.path("key.pem")).expect("PEM");
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a configuration");
    config.alpn_protocols = vec![protocol.to_vec()];
    // The server can send data before it has received the client's last handshake message.
    config.send_half_rtt_data = true;
    config
}

/// Forwards requests to an emulator without TLS, until it is stopped.
pub(super) struct Forwarder {
    emulator: String,
    pub(super) stopped: AtomicBool,
    /// The number of connections over which a request was received.
    pub(super) connections: AtomicUsize,
}

impl Forwarder {
    pub(super) fn to(emulator: &Emulator) -> Arc<Self> {
        Arc::new(Self {
            emulator: emulator.get("url").replace("http://", ""),
            stopped: AtomicBool::new(false),
            connections: AtomicUsize::new(0),
        })
    }

    /// Forwards the requests of a connection. Returns when a request is received that is not
    /// forwarded, with the number of the connection; or `None` if the client closed it.
    pub(super) fn serve(&self, client: &mut Tls) -> Option<usize> {
        let mut request = read_message(client)?;
        let number = self.connections.fetch_add(1, SeqCst) + 1;
        let mut emulator =
            BufReader::new(TcpStream::connect(&self.emulator).expect("the emulator"));
        while !self.stopped.load(SeqCst) {
            emulator.get_mut().write_all(&request).expect("a request");
            let response = read_message(&mut emulator).expect("a response");
            client.write_all(&response).ok()?;
            request = read_message(client)?;
        }
        Some(number)
    }
}

/// Reads an HTTP/1.1 request or response. Its body has the length of the Content-Length field.
pub(super) fn read_message(from: &mut impl Read) -> Option<Vec<u8>> {
    let mut message = Vec::new();
    while !message.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        from.read_exact(&mut byte).ok()?;
        message.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&message).to_lowercase();
    let length = head
        .lines()
        .find_map(|l| l.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |n| n.parse().expect("a length"))];
    from.read_exact(&mut body).ok()?;
    message.append(&mut body);
    Some(message)
}
