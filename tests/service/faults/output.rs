//! The output of a call, and its check: with the emulator, which is asked without the client, and for
//! signatures with two implementations of cryptography.

use scwkms::{
    Algorithm, AlgorithmInfo, DataKey, ImportParameters, KeyInfo, KeyRotation, PublicKeyInfo,
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::call::{Call, DESCRIPTION, digest};
use super::fixture::{ASSOCIATED_DATA, Fixture, MESSAGE, PLAINTEXT, decode, encode};
use super::operation::Operation;
use crate::{ml_dsa, verify};

pub(super) enum Output {
    Created(KeyInfo),
    Changed(KeyInfo),
    Done,
    Found(Vec<KeyInfo>),
    KeyInfo(KeyInfo),
    PublicKey(PublicKeyInfo),
    Rotations(Vec<KeyRotation>),
    Algorithms(Vec<AlgorithmInfo>),
    ImportParameters(ImportParameters),
    DataKey(DataKey),
    Ciphertext(Vec<u8>),
    Signature(Vec<u8>),
    Plaintext(Zeroizing<Vec<u8>>),
}

impl Call {
    /// Checks an output.
    pub(super) fn check(&self, fixture: &Fixture, output: &Output) -> Result<(), String> {
        let correct = match output {
            Output::Created(info) => {
                is_key(fixture, info, &info.id)
                    && info.name == self.key()
                    && self.executions(fixture) == 1
            }
            Output::Changed(info) => is_key(fixture, info, self.key()) && self.is_changed(fixture),
            Output::Done => self.is_changed(fixture),
            Output::Found(keys) => {
                matches!(keys.as_slice(), [one] if is_key(fixture, one, &fixture.signing))
            }
            Output::KeyInfo(info) => is_key(fixture, info, self.key()),
            Output::PublicKey(public) => self.is_public_key(fixture, public),
            Output::Rotations(rotations) => {
                matches!(rotations.as_slice(), [rotation] if rotation.index == 1)
            }
            Output::Algorithms(algorithms) => algorithms.len() == Algorithm::all().count(),
            // A SubjectPublicKeyInfo of a modulus of 2048 bits (RFC 3279, section 2.3.1).
            Output::ImportParameters(parameters) => parameters.public_key.len() == 294,
            Output::DataKey(key) => {
                let plaintext = decrypted(fixture, self.key(), &key.ciphertext, "decrypt", b"");
                key.plaintext.as_ref().is_some_and(|p| **p == plaintext)
            }
            Output::Ciphertext(ciphertext) => self.decrypts(fixture, ciphertext),
            Output::Signature(signature) => self.is_signature(fixture, signature),
            Output::Plaintext(plaintext) => plaintext.as_slice() == PLAINTEXT,
        };
        let problem = || format!("the output of {} is wrong", self.operation.name());
        correct.then_some(()).ok_or_else(problem)
    }

    /// Whether the service has executed the operation, once if it is not idempotent.
    fn is_changed(&self, fixture: &Fixture) -> bool {
        let field = |name: &str| fixture.key(self.key())[name].clone();
        match self.operation {
            Operation::UpdateKey => field("description") == DESCRIPTION,
            Operation::EnableKey => field("state") == "enabled",
            Operation::DisableKey => field("state") == "disabled",
            Operation::ProtectKey => field("protected") == true,
            Operation::UnprotectKey => field("protected") == false,
            Operation::VerifyByService => true,
            _ => self.executions(fixture) == 1,
        }
    }

    /// How often the service has executed an operation that is not idempotent.
    pub(super) fn executions(&self, fixture: &Fixture) -> u64 {
        let state = |wanted| u64::from(fixture.key(self.key())["state"] == wanted);
        let rotations = || fixture.key(self.key())["rotation_count"].as_u64();
        match self.operation {
            Operation::CreateKey => self.keys_of_that_name(fixture),
            Operation::DeleteKey => state("scheduled_for_deletion"),
            Operation::RestoreKey => state("enabled"),
            // A new key has one rotation.
            Operation::RotateKey => rotations().expect("a number") - 1,
            Operation::ImportKeyMaterial => rotations().expect("a number"),
            Operation::DeleteKeyMaterial => self.deleted_rotations(fixture),
            other => panic!("{other:?} is idempotent"),
        }
    }

    /// The number of keys that have the name of a creation.
    fn keys_of_that_name(&self, fixture: &Fixture) -> u64 {
        let project = fixture.emulator.get("project_id");
        let path = format!("keys?project_id={project}&name={}", self.key());
        let list = fixture.emulator.api("GET", &path, None);
        let keys = list["keys"].as_array().expect("a list").iter();
        keys.filter(|key| key["name"] == self.key()).count() as u64
    }

    fn deleted_rotations(&self, fixture: &Fixture) -> u64 {
        let path = format!("keys/{}/rotations?status=deleted", self.key());
        let list = fixture.emulator.api("GET", &path, None);
        list["total_count"].as_u64().expect("a number")
    }

    fn is_public_key(&self, fixture: &Fixture, public: &PublicKeyInfo) -> bool {
        public.algorithm == Algorithm::EcP256Sha256 && public.spki == fixture.spki(self.key())
    }

    fn decrypts(&self, fixture: &Fixture, ciphertext: &[u8]) -> bool {
        if self.operation == Operation::EncryptEnvelope {
            let client = fixture.emulator.client();
            let plaintext = client.decrypt_envelope(None, ciphertext, ASSOCIATED_DATA);
            return plaintext.is_ok_and(|plaintext| *plaintext == PLAINTEXT);
        }
        let (action, associated) = match self.operation {
            Operation::Wrap => ("unwrap", ASSOCIATED_DATA),
            Operation::EncryptWithAssociatedData => ("decrypt", ASSOCIATED_DATA),
            _ => ("decrypt", &b""[..]),
        };
        decrypted(fixture, self.key(), ciphertext, action, associated) == PLAINTEXT
    }

    fn is_signature(&self, fixture: &Fixture, signature: &[u8]) -> bool {
        let spki = fixture.spki(self.key());
        match self.operation {
            Operation::SignMessage => {
                ml_dsa::is_valid(Algorithm::MlDsa44, &spki, MESSAGE, signature)
            }
            _ => verify::is_valid(Algorithm::EcP256Sha256, &spki, &digest(), signature),
        }
    }
}

/// The plaintext of a ciphertext, by a request of the test.
fn decrypted(
    fixture: &Fixture,
    key: &str,
    ciphertext: &[u8],
    action: &str,
    associated: &[u8],
) -> Vec<u8> {
    let mut body = json!({"ciphertext": encode(ciphertext)});
    if !associated.is_empty() {
        body["associated_data"] = Value::from(encode(associated));
    }
    let path = format!("keys/{key}/{action}");
    decode(&fixture.emulator.api("POST", &path, Some(body))["plaintext"])
}

/// Whether the metadata is that of the key with this id.
fn is_key(fixture: &Fixture, info: &KeyInfo, id: &str) -> bool {
    let key = fixture.key(id);
    key["id"] == info.id.as_str()
        && key["name"] == info.name.as_str()
        && key["state"] == info.state.as_str()
        && key["rotation_count"] == info.rotation_count
        && key["usage"][&info.usage] == info.algorithm_name.as_str()
}
