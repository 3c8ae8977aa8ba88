//! A call of the client under test, and the check of its output.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::sha2::{Digest, Sha256};
use scwkms::{Algorithm, Client, KeyInfo, PublicKeyInfo, Result, StartOptions};
use serde_json::{Value, json};

use super::fixture::{Fixture, MESSAGE, PLAINTEXT};
use super::matrix::{Case, Operation};
use crate::call_paths::CallPath;
use crate::verify;

/// Finds the signing key of the fixture.
const QUERY: &str = "scwkms:name=signing";

pub(super) struct Call {
    operation: Operation,
    path: CallPath,
    /// The id of the key; for a creation, the name.
    key: String,
}

pub(super) enum Output {
    Created(KeyInfo),
    Deleted,
    Found(Vec<KeyInfo>),
    KeyInfo(KeyInfo),
    PublicKey(PublicKeyInfo),
    Ciphertext(Vec<u8>),
    Signature(Vec<u8>),
    Plaintext(Vec<u8>),
}

impl Call {
    /// The operations that load a key use a new one, which is not in the client's cache.
    pub(super) fn new(fixture: &Fixture, case: &Case) -> Self {
        let key = match case.operation {
            Operation::CreateKey => fixture.new_name(),
            Operation::DeleteKey | Operation::KeyInfo | Operation::PublicKey => fixture.new_key(),
            Operation::FindKeys | Operation::Sign => fixture.signing.clone(),
            Operation::Encrypt | Operation::Decrypt => fixture.decryption.clone(),
        };
        Self {
            operation: case.operation,
            path: case.path,
            key,
        }
    }

    /// The id of the key; for a creation, the name.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn run(&self, fixture: &Fixture, client: &Client) -> Result<Output> {
        match self.path {
            CallPath::Blocking | CallPath::Direct => self.run_blocking(fixture, client),
            CallPath::Asynchronous => self.run_asynchronously(fixture, client),
        }
    }

    fn run_blocking(&self, fixture: &Fixture, client: &Client) -> Result<Output> {
        let key = self.key.as_str();
        Ok(match self.operation {
            Operation::CreateKey => Output::Created(client.create_key(&self.uri(), None, None)?),
            Operation::DeleteKey => client.delete_key(key).map(|()| Output::Deleted)?,
            Operation::FindKeys => Output::Found(client.find_keys(QUERY)?),
            Operation::KeyInfo => Output::KeyInfo(client.key_info(key)?),
            Operation::PublicKey => Output::PublicKey(client.public_key(key)?),
            Operation::Encrypt => Output::Ciphertext(client.encrypt(key, PLAINTEXT)?),
            Operation::Sign => Output::Signature(client.sign(key, None, &digest())?),
            Operation::Decrypt => {
                Output::Plaintext(client.decrypt(key, &fixture.ciphertext)?.to_vec())
            }
        })
    }

    fn run_asynchronously(&self, fixture: &Fixture, client: &Client) -> Result<Output> {
        let (key, options) = (self.key.as_str(), StartOptions::default());
        Ok(match self.operation {
            Operation::CreateKey => Output::Created(
                client
                    .start_create_key(&self.uri(), None, None, options)?
                    .wait()?,
            ),
            Operation::DeleteKey => {
                client.start_delete_key(key, options)?.wait()?;
                Output::Deleted
            }
            Operation::FindKeys => Output::Found(client.start_find_keys(QUERY, options)?.wait()?),
            Operation::KeyInfo => Output::KeyInfo(client.start_key_info(key, options)?.wait()?),
            Operation::PublicKey => {
                Output::PublicKey(client.start_public_key(key, options)?.wait()?)
            }
            Operation::Encrypt => {
                Output::Ciphertext(client.start_encrypt(key, PLAINTEXT, options)?.wait()?)
            }
            Operation::Sign => {
                Output::Signature(client.start_sign(key, None, &digest(), options)?.wait()?)
            }
            Operation::Decrypt => {
                let operation = client.start_decrypt(key, &fixture.ciphertext, options)?;
                Output::Plaintext(operation.wait()?.to_vec())
            }
        })
    }

    /// The URI of the key to create.
    fn uri(&self) -> String {
        format!("scwkms:name={};unprotected=true", self.key)
    }

    /// Checks an output with the emulator, which is asked without the client, and for signatures
    /// with two implementations of cryptography.
    pub(super) fn check(
        &self,
        fixture: &Fixture,
        output: &Output,
    ) -> std::result::Result<(), String> {
        let (correct, problem) = match output {
            Output::Created(info) => (
                self.is_created_key(fixture, info),
                "not the one key that was created",
            ),
            Output::Deleted => (
                key_state(fixture, &self.key)["state"] == "scheduled_for_deletion",
                "the key is not scheduled for deletion",
            ),
            Output::Found(keys) => (
                matches!(keys.as_slice(), [one] if is_key(fixture, one, &fixture.signing)),
                "not the one key of that name",
            ),
            Output::KeyInfo(info) => (
                is_key(fixture, info, &self.key),
                "not the metadata of the key",
            ),
            Output::PublicKey(public) => (
                self.is_public_key(fixture, public),
                "not the public key of the key",
            ),
            Output::Ciphertext(ciphertext) => (
                self.decrypts(fixture, ciphertext),
                "the ciphertext does not decrypt",
            ),
            Output::Signature(signature) => (
                self.is_signature(fixture, signature),
                "the signature does not verify",
            ),
            Output::Plaintext(plaintext) => (plaintext == PLAINTEXT, "not the plaintext"),
        };
        correct.then_some(()).ok_or_else(|| problem.to_owned())
    }

    fn is_created_key(&self, fixture: &Fixture, info: &KeyInfo) -> bool {
        is_key(fixture, info, &info.id)
            && info.name == self.key
            && self.keys_of_that_name(fixture) == 1
    }

    fn is_public_key(&self, fixture: &Fixture, public: &PublicKeyInfo) -> bool {
        public.algorithm == Algorithm::EcP256Sha256 && public.spki == fixture.spki(&self.key)
    }

    fn decrypts(&self, fixture: &Fixture, ciphertext: &[u8]) -> bool {
        let body = json!({"ciphertext": STANDARD.encode(ciphertext)});
        let path = format!("keys/{}/decrypt", self.key);
        let response = fixture.emulator.api("POST", &path, Some(body));
        response["plaintext"] == STANDARD.encode(PLAINTEXT)
    }

    fn is_signature(&self, fixture: &Fixture, signature: &[u8]) -> bool {
        let spki = fixture.spki(&self.key);
        verify::is_valid(Algorithm::EcP256Sha256, &spki, &digest(), signature)
    }

    /// The number of keys that have the name of a creation.
    pub(super) fn keys_of_that_name(&self, fixture: &Fixture) -> usize {
        let project = fixture.emulator.get("project_id");
        let path = format!("keys?project_id={project}&name={}", self.key);
        let list = fixture.emulator.api("GET", &path, None);
        let mut keys = list["keys"].as_array().expect("a list").clone();
        keys.retain(|key| key["name"] == self.key.as_str());
        keys.len()
    }
}

fn digest() -> [u8; 32] {
    Sha256::digest(MESSAGE).into()
}

/// A key, as the service describes it.
fn key_state(fixture: &Fixture, id: &str) -> Value {
    fixture.emulator.api("GET", &format!("keys/{id}"), None)
}

/// Whether the metadata is that of the key with this id.
fn is_key(fixture: &Fixture, info: &KeyInfo, id: &str) -> bool {
    let key = key_state(fixture, id);
    key["id"] == info.id.as_str()
        && key["name"] == info.name.as_str()
        && key["state"] == info.state.as_str()
        && key["usage"][&info.usage] == info.algorithm_name.as_str()
}
