//! What a case needs: an emulator, a proxy, and keys that the client under test has not created.

use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scwkms::Client;
use serde_json::{Value, json};

use super::matrix::{Case, Cause, Times};
use super::wrong_servers::WrongServers;
use crate::emulator::{Emulator, with_parameter};
use crate::fault_proxy::{Fault, FaultProxy, NewConnections};
use crate::temp_dir::TempDir;

pub(super) const MESSAGE: &[u8] = b"the message that is signed";
pub(super) const PLAINTEXT: &[u8] = b"the plaintext that is secret";

/// An alias of a host name that cannot exist: see `mod.rs`.
pub(super) const NO_SUCH_NAME: &str = "scwkms-no-such-host";

pub(super) struct Fixture<'a> {
    pub(super) emulator: Emulator,
    pub(super) proxy: FaultProxy,
    pub(super) wrong_servers: &'a WrongServers,
    pub(super) signing: String,
    pub(super) decryption: String,
    pub(super) ciphertext: Vec<u8>,
    /// Has the file of the certificate authorities that the client trusts.
    authorities: TempDir,
    names: AtomicU32,
}

impl<'a> Fixture<'a> {
    pub(super) fn new(wrong_servers: &'a WrongServers) -> Self {
        let emulator = Emulator::start();
        let proxy = FaultProxy::to(emulator.get("url"));
        let mut pem = std::fs::read(emulator.get("ca_file")).expect("PEM");
        pem.extend(wrong_servers.authorities());
        let authorities = TempDir::new();
        authorities.write("ca.pem", &pem);
        let signing = create_key(&emulator, "signing", "ec_p256_sha256");
        let decryption = create_key(&emulator, "decryption", "rsa_oaep_2048_sha256");
        Self {
            ciphertext: encrypt(&emulator, &decryption),
            emulator,
            proxy,
            wrong_servers,
            signing,
            decryption,
            authorities,
            names: AtomicU32::new(0),
        }
    }

    /// A client. It reaches the service through the proxy if the cause affects connections.
    pub(super) fn client(&self, cause: Cause, deadline: u64) -> Client {
        let url = match cause {
            Cause::Fault(_) => self.emulator.get("url").to_owned(),
            Cause::NoSuchName => format!("https://{NO_SUCH_NAME}:{}", self.proxy.port()),
            _ => format!("https://127.0.0.1:{}", self.proxy.port()),
        };
        let uri = self.emulator.uri(&format!("timeout={deadline}s"));
        let uri = with_parameter(&uri, "api-url", &url);
        let ca_file = self.authorities.path("ca.pem");
        let uri = with_parameter(&uri, "ca-file", ca_file.to_str().expect("UTF-8"));
        Client::open(&uri).expect("a client")
    }

    pub(super) fn new_name(&self) -> String {
        format!("key-{}", self.names.fetch_add(1, Ordering::Relaxed))
    }

    /// Creates a P-256 key that no client has loaded, and returns its id.
    pub(super) fn new_key(&self) -> String {
        create_key(&self.emulator, &self.new_name(), "ec_p256_sha256")
    }

    /// A public key, as the service stores it.
    pub(super) fn spki(&self, key: &str) -> Vec<u8> {
        let path = format!("keys/{key}/public-key");
        let response = self.emulator.api("GET", &path, None);
        let pem = response["pem"].as_str().expect("PEM");
        let lines = pem.lines().filter(|line| !line.starts_with('-'));
        decode(&lines.collect::<String>())
    }

    /// Starts the fault of a case.
    pub(super) fn start_fault(&self, case: &Case) {
        let proxy = &self.proxy;
        if case.row.cause.prevents_connections() {
            // The next call must open a connection. The client has noticed the end of the others
            // when it has closed its side.
            proxy.fail_open_connections(Fault::Fin);
            proxy.wait_until_open(0);
        }
        match case.row.cause {
            Cause::Fault(json) => self.start_emulator_fault(case, json),
            Cause::Refused => proxy.fail_new_connections(NewConnections::Refuse),
            Cause::Reset if case.row.times == Times::Once => {
                proxy.fail_new_connections(NewConnections::ResetOnce);
            }
            Cause::Reset => proxy.fail_new_connections(NewConnections::Reset),
            Cause::Silent => proxy.fail_new_connections(NewConnections::Silence),
            Cause::NotTls => proxy.fail_new_connections(NewConnections::Plaintext),
            Cause::Certificate(options) => {
                proxy.forward_to(self.wrong_servers.with_options(options).get("url"));
            }
            Cause::NoSuchName => {}
        }
    }

    fn start_emulator_fault(&self, case: &Case, json: &str) {
        let target = self.wrong_servers.redirect_target().to_string();
        let json = json.replace("REDIRECT_TARGET", &target);
        let fault: Value = serde_json::from_str(&json).expect("JSON");
        let endpoint = case.operation.endpoint();
        match case.row.times {
            Times::Once => self.emulator.fault(endpoint, 1, fault),
            Times::Always => self.emulator.permanent_fault(endpoint, fault),
        }
    }

    /// Ends all faults.
    pub(super) fn end_fault(&self) {
        self.emulator.clear_faults();
        self.proxy.forward_to(self.emulator.get("url"));
    }
}

/// Creates a key that can be deleted, and returns its id.
fn create_key(emulator: &Emulator, name: &str, algorithm: &str) -> String {
    let usage = match algorithm.starts_with("rsa_oaep") {
        true => "asymmetric_encryption",
        false => "asymmetric_signing",
    };
    let body = json!({
        "project_id": emulator.get("project_id"), "name": name,
        "usage": {usage: algorithm}, "unprotected": true,
    });
    let key = emulator.api("POST", "keys", Some(body));
    key["id"].as_str().expect("an id").to_owned()
}

fn encrypt(emulator: &Emulator, key: &str) -> Vec<u8> {
    let body = json!({"plaintext": STANDARD.encode(PLAINTEXT)});
    let response = emulator.api("POST", &format!("keys/{key}/encrypt"), Some(body));
    decode(response["ciphertext"].as_str().expect("a ciphertext"))
}

fn decode(base64: &str) -> Vec<u8> {
    STANDARD.decode(base64).expect("base64")
}
