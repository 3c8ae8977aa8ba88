//! One call of the client under test, and whether its result is right. The judges are the emulator,
//! asked directly, and aws-lc.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scwkms::{Algorithm, Client, KeyInfo, PublicKeyInfo, Result};
use serde_json::{Value, json};

use super::matrix::Operation;
use super::world::{MESSAGE, PLAINTEXT, World};
use crate::ways::Way;

pub(super) struct Call {
    operation: Operation,
    way: Way,
    /// The key that it is about; for a creation, the name.
    subject: String,
}

pub(super) enum Done {
    Created(KeyInfo),
    Deleted,
    Found(Vec<KeyInfo>),
    Described(KeyInfo),
    PublicKey(PublicKeyInfo),
    Encrypted(Vec<u8>),
    Signed(Vec<u8>),
    Decrypted(Vec<u8>),
}

impl Call {
    /// With a key of its own where it matters that the client does not know the key.
    pub(super) fn new(world: &World, operation: Operation, way: Way) -> Self {
        let subject = match operation {
            Operation::CreateKey => world.new_name(),
            Operation::DeleteKey | Operation::KeyInfo | Operation::PublicKey => {
                world.create(&world.new_name(), "ec_p256_sha256")
            }
            Operation::FindKeys | Operation::Sign => world.signing.clone(),
            Operation::Encrypt | Operation::Decrypt => world.decryption.clone(),
        };
        Self {
            operation,
            way,
            subject,
        }
    }

    pub(super) fn subject(&self) -> &str {
        &self.subject
    }

    pub(super) fn make(&self, world: &World, client: &Client) -> Result<Done> {
        let key = self.subject.as_str();
        let started = self.way == Way::Started;
        match self.operation {
            Operation::CreateKey => client
                .create_key(&format!("scwkms:name={key};unprotected=true"), None, None)
                .map(Done::Created),
            Operation::DeleteKey => client.delete_key(key).map(|()| Done::Deleted),
            Operation::FindKeys => client.find_keys("scwkms:name=signing").map(Done::Found),
            Operation::KeyInfo => client.key_info(key).map(Done::Described),
            Operation::PublicKey if started => {
                let spki = client
                    .prepare_public_key(key)?
                    .start(|| ())?
                    .wait()?
                    .to_vec();
                let algorithm = Algorithm::EcP256Sha256;
                Ok(Done::PublicKey(PublicKeyInfo { algorithm, spki }))
            }
            Operation::PublicKey => client.public_key(key).map(Done::PublicKey),
            Operation::Encrypt => client.encrypt(key, PLAINTEXT).map(Done::Encrypted),
            Operation::Sign if started => {
                let prepared = client.prepare_sign(key, None, message_digest().as_ref())?;
                let signature = prepared.start(|| ())?.wait()?;
                Ok(Done::Signed(signature.to_vec()))
            }
            Operation::Sign => client
                .sign(key, None, message_digest().as_ref())
                .map(Done::Signed),
            Operation::Decrypt if started => {
                let prepared = client.prepare_decrypt(key, &world.ciphertext)?;
                let plaintext = prepared.start(|| ())?.wait()?;
                Ok(Done::Decrypted(plaintext.to_vec()))
            }
            Operation::Decrypt => client
                .decrypt(key, &world.ciphertext)
                .map(|plaintext| Done::Decrypted(plaintext.to_vec())),
        }
    }

    /// What is wrong with a result.
    pub(super) fn judge(&self, world: &World, done: &Done) -> std::result::Result<(), String> {
        let emulator = &world.emulator;
        let key = |id: &str| emulator.api("GET", &format!("keys/{id}"), None);
        let (right, what) = match done {
            Done::Created(info) => (
                same(info, &key(&info.id)) && info.name == self.subject && self.created(world) == 1,
                "not the one key that was created",
            ),
            Done::Deleted => (
                key(&self.subject)["state"] == "scheduled_for_deletion",
                "the key is not scheduled for deletion",
            ),
            Done::Found(keys) => (
                matches!(keys.as_slice(), [one] if same(one, &key(&world.signing))),
                "not the one key of that name",
            ),
            Done::Described(info) => (same(info, &key(&self.subject)), "not the key's metadata"),
            Done::PublicKey(public) => (
                public.algorithm == Algorithm::EcP256Sha256
                    && public.spki == world.spki(&self.subject),
                "not the key's public half",
            ),
            Done::Encrypted(ciphertext) => {
                let body = json!({"ciphertext": STANDARD.encode(ciphertext)});
                let path = format!("keys/{}/decrypt", self.subject);
                let answer = emulator.api("POST", &path, Some(body));
                (
                    answer["plaintext"] == STANDARD.encode(PLAINTEXT),
                    "the ciphertext does not decrypt",
                )
            }
            Done::Signed(signature) => (
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, world.spki(&self.subject))
                    .verify(MESSAGE, signature)
                    .is_ok(),
                "the signature does not verify",
            ),
            Done::Decrypted(plaintext) => (plaintext == PLAINTEXT, "not the plaintext"),
        };
        right.then_some(()).ok_or_else(|| what.to_owned())
    }

    /// How many keys of the name there are.
    pub(super) fn created(&self, world: &World) -> usize {
        let project = world.emulator.get("project_id");
        let path = format!("keys?project_id={project}&name={}", self.subject);
        let list = world.emulator.api("GET", &path, None);
        let keys = list["keys"].as_array().expect("a list");
        keys.iter()
            .filter(|key| key["name"] == self.subject.as_str())
            .count()
    }
}

fn message_digest() -> aws_lc_rs::digest::Digest {
    digest(&SHA256, MESSAGE)
}

fn same(info: &KeyInfo, key: &Value) -> bool {
    key["id"] == info.id.as_str()
        && key["name"] == info.name.as_str()
        && key["state"] == info.state.as_str()
        && key["usage"][&info.usage] == info.algorithm_name.as_str()
}
