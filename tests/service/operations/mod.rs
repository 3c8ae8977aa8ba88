//! The operations of the service other than signing, RSA decryption and the creation and deletion of
//! keys. Each has a blocking and an asynchronous form. Results are checked without the library: with
//! requests that the test sends itself, with OpenSSL and with other implementations of cryptography.

mod algorithms;
mod associated_data;
mod cache;
mod data_keys;
mod invalid_requests;
mod key_material;
mod key_states;
mod key_update;
mod repetition;
mod rotations;
mod verification;
mod wrapping;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scwkms::{Client, KeyInfo};
use serde_json::{Value, json};

use crate::emulator::Emulator;

/// An emulator and a client.
struct Fixture {
    emulator: Emulator,
    client: Client,
}

impl Fixture {
    fn new() -> Self {
        let emulator = Emulator::start();
        let client = emulator.client();
        Self { emulator, client }
    }

    /// Creates a key that can be deleted, with further parameters, and returns its id.
    fn create(&self, parameters: &str) -> String {
        let uri = format!("scwkms:unprotected=true;{parameters}");
        let created = self.client.create_key(&uri, None, None);
        created.unwrap_or_else(|e| panic!("{uri}: {e}")).id
    }

    fn create_symmetric(&self) -> String {
        self.create("name=symmetric;algorithm=aes_256_gcm")
    }

    /// Sends a request about a key without the library.
    fn post(&self, key: &str, action: &str, body: Value) -> Value {
        let path = format!("keys/{key}/{action}");
        self.emulator.api("POST", &path, Some(body))
    }

    /// A key, as the service describes it.
    fn key(&self, key: &str) -> Value {
        self.emulator.api("GET", &format!("keys/{key}"), None)
    }

    /// Checks that metadata is that of the service.
    fn check_key(&self, info: &KeyInfo) {
        let key = self.key(&info.id);
        let text = |field: &str| key[field].as_str().unwrap_or_default().to_owned();
        assert_eq!(info.name, text("name"));
        assert_eq!(info.description, text("description"));
        assert_eq!(info.state, text("state"));
        assert_eq!(info.updated_at, text("updated_at"));
        assert_eq!(info.rotated_at, text("rotated_at"));
        assert_eq!(json!(info.rotation_count), key["rotation_count"]);
        assert_eq!(json!(info.protected), key["protected"]);
        assert_eq!(json!(info.tags), key["tags"]);
        let policy = &key["rotation_policy"];
        let period = info.rotation_period.map(|seconds| format!("{seconds}s"));
        assert_eq!(json!(period), policy["rotation_period"]);
    }

    /// The number of requests of an operation since the last reset.
    fn count(&self, operation: &str) -> u64 {
        let stats = self.emulator.stats();
        stats["operations"][operation].as_u64().unwrap_or(0)
    }
}

fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn decode(base64: &Value) -> Vec<u8> {
    let text = base64.as_str().expect("a text");
    STANDARD.decode(text).expect("base64")
}
