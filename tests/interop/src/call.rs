//! A call, and its execution.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scwkms::{Client, KeyUpdate, Result, WrappingAlgorithm};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::output;

/// An operation with its arguments. An operation ignores the arguments that it does not have.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
pub(crate) struct Call {
    operation: String,
    key: String,
    query: String,
    digest: Bytes,
    signature: Bytes,
    plaintext: Bytes,
    ciphertext: Bytes,
    associated_data: Bytes,
    key_material: Bytes,
    salt: Bytes,
    key_rotation_index: Option<u32>,
    wrapping_algorithm: String,
    without_plaintext: bool,
    name: Option<String>,
    description: Option<String>,
    tags: Option<Vec<String>>,
    rotation_period: Option<u64>,
    next_rotation_at: Option<String>,
}

/// Bytes as base64.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text).map_err(serde::de::Error::custom)?;
        Ok(Self(bytes))
    }
}

impl Call {
    /// Executes the operation. The result is JSON with the names of the service.
    pub(crate) fn run(&self, client: &Client) -> Result<Value> {
        let result = self
            .cryptographic(client)
            .or_else(|| self.change(client))
            .or_else(|| self.other(client));
        result.unwrap_or_else(|| panic!("unknown operation {:?}", self.operation))
    }

    fn cryptographic(&self, client: &Client) -> Option<Result<Value>> {
        let key = self.key.as_str();
        let (digest, signature) = (&self.digest.0, &self.signature.0);
        let (plaintext, ciphertext) = (&self.plaintext.0, &self.ciphertext.0);
        let associated = &self.associated_data.0;
        let done = |()| Value::Null;
        Some(match self.operation.as_str() {
            "sign" => client.sign(key, None, digest).map(output::bytes),
            "verify" => client.verify(key, None, digest, signature).map(done),
            "verify_by_service" => client
                .verify_by_service(key, None, digest, signature)
                .map(done),
            "encrypt" => client.encrypt(key, plaintext).map(output::bytes),
            "decrypt" => client.decrypt(key, ciphertext).map(output::bytes),
            "encrypt_with_associated_data" => client
                .encrypt_with_associated_data(key, plaintext, associated)
                .map(output::bytes),
            "decrypt_with_associated_data" => client
                .decrypt_with_associated_data(key, ciphertext, associated)
                .map(|decrypted| output::decrypted(&decrypted)),
            "generate_data_key" => client
                .generate_data_key(key, !self.without_plaintext)
                .map(|data_key| output::data_key(&data_key)),
            "wrap" => client.wrap(key, plaintext, associated).map(output::bytes),
            "unwrap" => client
                .unwrap(key, ciphertext, associated)
                .map(output::bytes),
            _ => return None,
        })
    }

    /// The operations whose result is a key.
    fn change(&self, client: &Client) -> Option<Result<Value>> {
        let key = self.key.as_str();
        let (material, salt) = (&self.key_material.0, &self.salt.0);
        let result = match self.operation.as_str() {
            "create_key" => client.create_key(key, None, None),
            "key_info" => client.key_info(key),
            "update_key" => client.update_key(key, &self.update()),
            "rotate_key" => client.rotate_key(key),
            "enable_key" => client.enable_key(key),
            "disable_key" => client.disable_key(key),
            "protect_key" => client.protect_key(key),
            "unprotect_key" => client.unprotect_key(key),
            "restore_key" => client.restore_key(key),
            "import_key_material" => client.import_key_material(key, material, salt),
            _ => return None,
        };
        Some(result.map(|info| output::key(&info)))
    }

    fn other(&self, client: &Client) -> Option<Result<Value>> {
        let key = self.key.as_str();
        let done = |()| Value::Null;
        Some(match self.operation.as_str() {
            "public_key" => client
                .public_key(key)
                .map(|public| json!({"algorithm": public.algorithm.wire_name(), "spki": output::bytes(public.spki)})),
            "delete_key" => client.delete_key(key).map(done),
            "delete_key_material" => client
                .delete_key_material(key, self.key_rotation_index)
                .map(done),
            "import_parameters" => client
                .import_parameters(key, self.wrapping_algorithm())
                .map(|parameters| output::import_parameters(&parameters)),
            "find_keys" => client
                .find_keys(&self.query)
                .map(|keys| keys.iter().map(output::key).collect()),
            "list_rotations" => client
                .list_rotations(key)
                .map(|rotations| rotations.iter().map(output::rotation).collect()),
            "list_algorithms" => client
                .list_algorithms(&self.query)
                .map(|algorithms| algorithms.iter().map(output::algorithm).collect()),
            _ => return None,
        })
    }

    fn update(&self) -> KeyUpdate {
        KeyUpdate {
            name: self.name.clone(),
            description: self.description.clone(),
            tags: self.tags.clone(),
            rotation_period: self.rotation_period,
            next_rotation_at: self.next_rotation_at.clone(),
        }
    }

    fn wrapping_algorithm(&self) -> WrappingAlgorithm {
        let mut all = WrappingAlgorithm::ALL.into_iter();
        all.find(|algorithm| algorithm.wire_name() == self.wrapping_algorithm)
            .expect("a wrapping algorithm")
    }
}
