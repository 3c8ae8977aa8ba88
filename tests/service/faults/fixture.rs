//! What a case needs: an emulator, a proxy, and keys that the client under test has not created.

use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scwkms::{Algorithm, Client};
use serde_json::{Value, json};

use super::call::digest;
use super::matrix::{Case, Cause, Times};
use super::wrong_servers::WrongServers;
use crate::emulator::{Emulator, with_parameter};
use crate::fault_proxy::{Fault, FaultProxy, NewConnections};
use crate::temp_dir::TempDir;

pub(super) const MESSAGE: &[u8] = b"the message that is signed";
pub(super) const PLAINTEXT: &[u8] = b"the plaintext that is secret";
pub(super) const ASSOCIATED_DATA: &[u8] = b"the associated data";
pub(super) const KEY_MATERIAL: &[u8] = b"the key material that is secret";

/// An alias of a host name that cannot exist: see `mod.rs`.
pub(super) const NO_SUCH_NAME: &str = "scwkms-no-such-host";

pub(super) struct Fixture<'a> {
    pub(super) emulator: Emulator,
    pub(super) proxy: FaultProxy,
    pub(super) wrong_servers: &'a WrongServers,
    pub(super) signing: String,
    /// An ML-DSA key.
    pub(super) message_signing: String,
    pub(super) decryption: String,
    pub(super) symmetric: String,
    pub(super) encapsulation: String,
    /// A key of external origin.
    pub(super) external: String,
    /// By the signing key.
    pub(super) signature: Vec<u8>,
    /// For the decryption key.
    pub(super) ciphertext: Vec<u8>,
    /// For the symmetric key, with associated data.
    pub(super) symmetric_ciphertext: Vec<u8>,
    /// For the encapsulation key, with associated data.
    pub(super) wrapped: Vec<u8>,
    /// A message of envelope encryption, with associated data.
    pub(super) envelope: Vec<u8>,
    /// Has the file of the certificate authorities that the client trusts.
    authorities: TempDir,
    names: AtomicU32,
}

impl<'a> Fixture<'a> {
    pub(super) fn new(wrong_servers: &'a WrongServers) -> Self {
        // Each signature with the ML-DSA key takes one request, also the first one.
        let emulator = Emulator::start_with(&["--ml-dsa-digest", "mu"]);
        let proxy = FaultProxy::to(emulator.get("url"));
        let mut pem = std::fs::read(emulator.get("ca_file")).expect("PEM");
        pem.extend(wrong_servers.authorities());
        let authorities = TempDir::new();
        authorities.write("ca.pem", &pem);
        let create = |name, algorithm| create_key(&emulator, name, algorithm, "scaleway_kms");
        let signing = create("signing", "ec_p256_sha256");
        let message_signing = create("message-signing", "ml_dsa_44");
        let decryption = create("decryption", "rsa_oaep_2048_sha256");
        let symmetric = create("symmetric", "aes_256_gcm");
        let encapsulation = create("encapsulation", "ml_kem_768");
        let digest = json!({"digest": encode(&digest())});
        let plaintext = json!({"plaintext": encode(PLAINTEXT)});
        let with_associated_data =
            json!({"plaintext": encode(PLAINTEXT), "associated_data": encode(ASSOCIATED_DATA)});
        let result = |key: &str, action: &str, body: &Value, field: &str| {
            let path = format!("keys/{key}/{action}");
            decode(&emulator.api("POST", &path, Some(body.clone()))[field])
        };
        let envelope = emulator
            .client()
            .encrypt_envelope(&symmetric, PLAINTEXT, ASSOCIATED_DATA);
        Self {
            envelope: envelope.expect("a message"),
            signature: result(&signing, "sign", &digest, "signature"),
            ciphertext: result(&decryption, "encrypt", &plaintext, "ciphertext"),
            symmetric_ciphertext: result(
                &symmetric,
                "encrypt",
                &with_associated_data,
                "ciphertext",
            ),
            wrapped: result(&encapsulation, "wrap", &with_associated_data, "ciphertext"),
            external: create_key(&emulator, "external", "aes_256_gcm", "external"),
            emulator,
            proxy,
            wrong_servers,
            signing,
            message_signing,
            decryption,
            symmetric,
            encapsulation,
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

    /// Loads the keys that the operations use. Metadata that was just found is not requested, and so no request for a
    /// public key is cancelled that does not exist.
    pub(super) fn load_keys(&self, client: &Client) {
        for name in [
            "signing",
            "message-signing",
            "decryption",
            "symmetric",
            "encapsulation",
        ] {
            let found = client.find_keys(&format!("scwkms:name={name}"));
            let id = &found.expect("a list")[0].id;
            client.key_info(id).expect("metadata");
        }
    }

    pub(super) fn new_name(&self) -> String {
        format!("key-{}", self.names.fetch_add(1, Ordering::Relaxed))
    }

    /// Creates a key that no client has loaded, and returns its id.
    pub(super) fn new_key(&self, algorithm: &str) -> String {
        create_key(&self.emulator, &self.new_name(), algorithm, "scaleway_kms")
    }

    /// A new key that was disabled or protected.
    pub(super) fn new_key_after(&self, action: &str) -> String {
        let key = self.new_key("ec_p256_sha256");
        self.post(&key, action, json!({}));
        key
    }

    /// A new key that is scheduled for deletion.
    pub(super) fn new_deleted_key(&self) -> String {
        let key = self.new_key("ec_p256_sha256");
        self.emulator.api("DELETE", &format!("keys/{key}"), None);
        key
    }

    /// A new key of external origin, with this number of imports.
    pub(super) fn new_external_key(&self, imports: usize) -> String {
        let key = create_key(&self.emulator, &self.new_name(), "aes_256_gcm", "external");
        for _ in 0..imports {
            let body = json!({"key_material": encode(KEY_MATERIAL)});
            self.post(&key, "import-key-material", body);
        }
        key
    }

    fn post(&self, key: &str, action: &str, body: Value) {
        let path = format!("keys/{key}/{action}");
        self.emulator.api("POST", &path, Some(body));
    }

    /// A key, as the service describes it.
    pub(super) fn key(&self, id: &str) -> Value {
        self.emulator.api("GET", &format!("keys/{id}"), None)
    }

    /// A public key, as the service stores it.
    pub(super) fn spki(&self, key: &str) -> Vec<u8> {
        let path = format!("keys/{key}/public-key");
        let response = self.emulator.api("GET", &path, None);
        let pem = response["pem"].as_str().expect("PEM");
        let lines = pem.lines().filter(|line| !line.starts_with('-'));
        decode(&lines.collect::<String>().into())
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
fn create_key(emulator: &Emulator, name: &str, algorithm: &str, origin: &str) -> String {
    let usage = Algorithm::from_wire_name(algorithm)
        .expect(algorithm)
        .usage();
    let body = json!({
        "project_id": emulator.get("project_id"), "name": name, "origin": origin,
        "usage": {usage.wire_name(): algorithm}, "unprotected": true,
    });
    let key = emulator.api("POST", "keys", Some(body));
    key["id"].as_str().expect("an id").to_owned()
}

pub(super) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(super) fn decode(base64: &Value) -> Vec<u8> {
    let text = base64.as_str().expect("a text");
    STANDARD.decode(text).expect("base64")
}
