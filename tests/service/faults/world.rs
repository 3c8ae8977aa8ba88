//! What cells are tried out in: an emulator, keys that the client under test has not made, and a
//! way there that can be broken.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scwkms::Client;
use serde_json::json;

use super::gate::{Gate, Mode};
use super::matrix::Cause;
use crate::support::{Emulator, Folder};

pub(super) const MESSAGE: &[u8] = b"what is signed";
pub(super) const PLAINTEXT: &[u8] = b"what nobody else may read";

/// An alias of a name that cannot be asked for: see `mod.rs`.
pub(super) const NO_SUCH_NAME: &str = "scwkms-nobody";

/// What all share.
pub(super) struct Elsewhere {
    /// Servers that the client must not speak to, with what makes them so.
    strangers: Vec<(&'static [&'static str], Emulator)>,
    /// Where redirects lead.
    listener: TcpListener,
}

impl Elsewhere {
    pub(super) fn new(causes: impl Iterator<Item = Cause>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
        listener.set_nonblocking(true).expect("an option");
        let options = causes.filter_map(|cause| match cause {
            Cause::Certificate(options) => Some(options),
            _ => None,
        });
        Self {
            strangers: options.map(|o| (o, Emulator::start_with(o))).collect(),
            listener,
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.listener.local_addr().expect("an address")
    }

    pub(super) fn stranger(&self, options: &[&str]) -> &Emulator {
        let found = self.strangers.iter().find(|(other, _)| *other == options);
        &found.expect("a server with this certificate").1
    }

    /// Whether the token was shown, or could have been, to anybody whom it does not concern.
    pub(super) fn was_told(&self) -> Option<String> {
        if self.listener.accept().is_ok() {
            return Some("a redirect was followed".to_owned());
        }
        let told = self.strangers.iter().find(|(_, emulator)| {
            let stats = emulator.stats();
            stats["requests"] != 0 || stats["tokens_seen"] != 0
        });
        told.map(|(options, emulator)| {
            // Told once, not in each cell from now on.
            emulator.reset_requests();
            format!("a server with {options:?} saw a request")
        })
    }
}

pub(super) struct World<'a> {
    pub(super) emulator: Emulator,
    pub(super) gate: Gate,
    pub(super) elsewhere: &'a Elsewhere,
    pub(super) signing: String,
    pub(super) decryption: String,
    pub(super) ciphertext: Vec<u8>,
    authorities: Folder,
    named: AtomicU32,
}

impl<'a> World<'a> {
    pub(super) fn new(elsewhere: &'a Elsewhere) -> Self {
        let emulator = Emulator::start();
        let gate = Gate::new(Mode::Forward(address(&emulator)));
        // The flawed certificates are of authorities that are trusted, so that nothing else is
        // wrong with them.
        let mut pem = std::fs::read(emulator.get("ca_file")).expect("an authority");
        for (options, stranger) in &elsewhere.strangers {
            if !options.is_empty() {
                pem.extend(std::fs::read(stranger.get("ca_file")).expect("an authority"));
            }
        }
        let authorities = Folder::new();
        authorities.write("ca.pem", &pem);
        let mut world = Self {
            emulator,
            gate,
            elsewhere,
            signing: String::new(),
            decryption: String::new(),
            ciphertext: Vec::new(),
            authorities,
            named: AtomicU32::new(0),
        };
        world.signing = world.create("signing", "ec_p256_sha256");
        world.decryption = world.create("decryption", "rsa_oaep_2048_sha256");
        let body = json!({"plaintext": STANDARD.encode(PLAINTEXT)});
        let path = format!("keys/{}/encrypt", world.decryption);
        let encrypted = world.emulator.api("POST", &path, Some(body));
        world.ciphertext = bytes(encrypted["ciphertext"].as_str().expect("a ciphertext"));
        world
    }

    /// A client that reaches the service in the way that the cause can break.
    pub(super) fn client(&self, cause: Cause, deadline: u64) -> Client {
        let url = match cause {
            Cause::Fault(_) => self.emulator.get("url").to_owned(),
            Cause::NoSuchName => format!("https://{NO_SUCH_NAME}:{}", self.gate.port()),
            _ => format!("https://127.0.0.1:{}", self.gate.port()),
        };
        let uri = ["access-key", "secret-key", "project-id", "region"]
            .map(|name| format!("{name}={};", self.emulator.get(&name.replace('-', "_"))))
            .concat();
        let ca = self.authorities.path("ca.pem");
        let ca: String =
            form_urlencoded::byte_serialize(ca.to_str().expect("UTF-8").as_bytes()).collect();
        let url: String = form_urlencoded::byte_serialize(url.as_bytes()).collect();
        Client::open(&format!(
            "scwkms:{uri}api-url={url};ca-file={ca};timeout={deadline}s"
        ))
        .expect("a client")
    }

    pub(super) fn new_name(&self) -> String {
        format!("key-{}", self.named.fetch_add(1, Ordering::Relaxed))
    }

    /// The id of a new key.
    pub(super) fn create(&self, name: &str, algorithm: &str) -> String {
        let usage = match algorithm.starts_with("rsa_oaep") {
            true => "asymmetric_encryption",
            false => "asymmetric_signing",
        };
        let body = json!({
            "project_id": self.emulator.get("project_id"), "name": name,
            "usage": {usage: algorithm}, "unprotected": true,
        });
        let key = self.emulator.api("POST", "keys", Some(body));
        key["id"].as_str().expect("an id").to_owned()
    }

    /// A key's public half as the service has it.
    pub(super) fn spki(&self, key: &str) -> Vec<u8> {
        let path = format!("keys/{key}/public-key");
        let answer = self.emulator.api("GET", &path, None);
        let pem = answer["pem"].as_str().expect("a PEM");
        let lines = pem.lines().filter(|line| !line.starts_with('-'));
        bytes(&lines.collect::<String>())
    }

    pub(super) fn forward(&self) -> Mode {
        Mode::Forward(address(&self.emulator))
    }
}

pub(super) fn address(emulator: &Emulator) -> SocketAddr {
    let url = emulator.get("url").trim_start_matches("https://");
    url.parse().expect("an address")
}

fn bytes(base64: &str) -> Vec<u8> {
    STANDARD.decode(base64).expect("base64")
}
