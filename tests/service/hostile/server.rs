//! A TLS server that a test gives its manners.

use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::support::{Emulator, Folder, with_parameter};

pub(super) type Tls = StreamOwned<ServerConnection, TcpStream>;

pub(super) struct Server {
    address: SocketAddr,
    folder: Folder,
    accepted: Arc<AtomicUsize>,
}

impl Server {
    /// Speaks the protocol that ALPN calls so, and gives each connection to `serve` before anything
    /// was said.
    pub(super) fn start(protocol: &[u8], serve: impl Fn(Tls) + Send + Sync + 'static) -> Self {
        Self::named("IP:127.0.0.1", protocol, serve)
    }

    /// The same with another name in its certificate.
    pub(super) fn named(
        name: &str,
        protocol: &[u8],
        serve: impl Fn(Tls) + Send + Sync + 'static,
    ) -> Self {
        let folder = Folder::new();
        let tls = Arc::new(config(&folder, name, protocol));
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
            folder,
            accepted,
        }
    }

    /// The URI of a client for this server, with the emulator's credentials.
    pub(super) fn uri(&self, emulator: &Emulator, more: &str) -> String {
        let uri = emulator.uri(&format!("ca-file=;{more}"));
        let uri = with_parameter(&uri, "api-url", &format!("https://{}", self.address));
        let ca_file = self.folder.path("certificate.pem");
        with_parameter(&uri, "ca-file", ca_file.to_str().expect("UTF-8"))
    }

    pub(super) fn accepted(&self) -> usize {
        self.accepted.load(SeqCst)
    }
}

fn config(folder: &Folder, name: &str, protocol: &[u8]) -> ServerConfig {
    folder
        .openssl(&format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
             -subj /CN=server -addext subjectAltName={name} \
             -addext basicConstraints=critical,CA:FALSE -keyout key.pem -out certificate.pem",
        ))
        .expect("a certificate");
    let certificate = CertificateDer::from_pem_file(folder.path("certificate.pem")).expect("PEM");
    let key = PrivateKeyDer::from_pem_file(folder.path("key.pem")).expect("PEM");
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a configuration");
    config.alpn_protocols = vec![protocol.to_vec()];
    // A server may speak before the client has had the last word of the handshake.
    config.send_half_rtt_data = true;
    config
}

/// Passes requests on to an emulator in the clear, until it is told not to.
pub(super) struct Relaying {
    backend: String,
    pub(super) stopped: AtomicBool,
    /// Connections that brought a request.
    pub(super) used: AtomicUsize,
}

impl Relaying {
    pub(super) fn to(emulator: &Emulator) -> Arc<Self> {
        Arc::new(Self {
            backend: emulator.get("url").replace("http://", ""),
            stopped: AtomicBool::new(false),
            used: AtomicUsize::new(0),
        })
    }

    /// Until there is a request that is not to be passed on. `None` if the client has gone, else
    /// the number of the connection.
    pub(super) fn serve(&self, client: &mut Tls) -> Option<usize> {
        let mut request = message(client)?;
        let number = self.used.fetch_add(1, SeqCst) + 1;
        let mut backend = BufReader::new(TcpStream::connect(&self.backend).expect("the emulator"));
        while !self.stopped.load(SeqCst) {
            backend.get_mut().write_all(&request).expect("a request");
            let answer = message(&mut backend).expect("an answer");
            client.write_all(&answer).ok()?;
            request = message(client)?;
        }
        Some(number)
    }
}

/// A request or an answer as it comes, with its body if it says how long that is.
pub(super) fn message(from: &mut impl Read) -> Option<Vec<u8>> {
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
