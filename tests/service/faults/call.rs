//! A call of the client under test.

use rsa::sha2::{Digest, Sha256};
use scwkms::{Client, KeyUpdate, Result, WrappingAlgorithm};

use super::fixture::{ASSOCIATED_DATA, Fixture, KEY_MATERIAL, MESSAGE, PLAINTEXT};
use super::matrix::Case;
use super::operation::Operation;
use super::output::Output;
use crate::call_paths::{CallPath, call};

/// Finds the signing key of the fixture.
const QUERY: &str = "scwkms:name=signing";

/// The description that an update sets.
pub(super) const DESCRIPTION: &str = "updated";

pub(super) struct Call {
    pub(super) operation: Operation,
    path: CallPath,
    /// The id of the key; for a creation, the name.
    key: String,
}

impl Call {
    /// The operations that load or change a key use a new one, which is not in the client's cache.
    pub(super) fn new(fixture: &Fixture, case: &Case) -> Self {
        use Operation::*;
        let key = match case.operation {
            CreateKey => fixture.new_name(),
            DeleteKey | KeyInfo | PublicKey | UpdateKey | DisableKey | ProtectKey => {
                fixture.new_key("ec_p256_sha256")
            }
            EnableKey => fixture.new_key_after("disable"),
            UnprotectKey => fixture.new_key_after("protect"),
            RestoreKey => fixture.new_deleted_key(),
            RotateKey => fixture.new_key("aes_256_gcm"),
            ImportKeyMaterial => fixture.new_external_key(0),
            DeleteKeyMaterial => fixture.new_external_key(2),
            ImportParameters => fixture.external.clone(),
            SignMessage => fixture.message_signing.clone(),
            FindKeys | Sign | VerifyByService | ListAlgorithms => fixture.signing.clone(),
            Encrypt | Decrypt => fixture.decryption.clone(),
            Wrap | Unwrap => fixture.encapsulation.clone(),
            EncryptWithAssociatedData
            | DecryptWithAssociatedData
            | GenerateDataKey
            | EncryptEnvelope
            | DecryptEnvelope
            | ListRotations => fixture.symmetric.clone(),
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
        use Operation::*;
        match self.operation {
            EncryptEnvelope => client
                .encrypt_envelope(&self.key, PLAINTEXT, ASSOCIATED_DATA)
                .map(Output::Ciphertext),
            DecryptEnvelope => client
                .decrypt_envelope(Some(&self.key), &fixture.envelope, ASSOCIATED_DATA)
                .map(Output::Plaintext),
            Sign
            | SignMessage
            | VerifyByService
            | Encrypt
            | Decrypt
            | EncryptWithAssociatedData
            | DecryptWithAssociatedData
            | GenerateDataKey
            | Wrap
            | Unwrap => self.run_cryptographic(fixture, client),
            CreateKey | DeleteKey | FindKeys | KeyInfo | PublicKey | ListRotations
            | ListAlgorithms | ImportParameters | ImportKeyMaterial | DeleteKeyMaterial => {
                self.run_management(client)
            }
            _ => self.run_change(client).map(Output::Changed),
        }
    }

    #[rustfmt::skip]
    fn run_cryptographic(&self, fixture: &Fixture, client: &Client) -> Result<Output> {
        let (path, key) = (self.path, self.key.as_str());
        let Fixture { signature, ciphertext, symmetric_ciphertext, wrapped, .. } = fixture;
        let associated = ASSOCIATED_DATA;
        match self.operation {
            Operation::Sign => call!(path, client, sign, start_sign(key, None, &digest()))
                .map(Output::Signature),
            Operation::SignMessage => call!(path, client, sign_message,
                start_sign_message(key, None, MESSAGE)).map(Output::Signature),
            Operation::VerifyByService => call!(path, client, verify_by_service,
                start_verify_by_service(key, None, &digest(), signature)).map(|()| Output::Done),
            Operation::Encrypt => call!(path, client, encrypt, start_encrypt(key, PLAINTEXT))
                .map(Output::Ciphertext),
            Operation::Decrypt => call!(path, client, decrypt, start_decrypt(key, ciphertext))
                .map(Output::Plaintext),
            Operation::EncryptWithAssociatedData => call!(path, client, encrypt_with_associated_data,
                start_encrypt_with_associated_data(key, PLAINTEXT, associated)).map(Output::Ciphertext),
            Operation::DecryptWithAssociatedData => call!(path, client, decrypt_with_associated_data,
                start_decrypt_with_associated_data(key, symmetric_ciphertext, associated))
                .map(|decrypted| Output::Plaintext(decrypted.plaintext)),
            Operation::GenerateDataKey => call!(path, client, generate_data_key,
                start_generate_data_key(key, true)).map(Output::DataKey),
            Operation::Wrap => call!(path, client, wrap, start_wrap(key, PLAINTEXT, associated))
                .map(Output::Ciphertext),
            _ => call!(path, client, unwrap, start_unwrap(key, wrapped, associated))
                .map(Output::Plaintext),
        }
    }

    #[rustfmt::skip]
    fn run_management(&self, client: &Client) -> Result<Output> {
        let (path, key) = (self.path, self.key.as_str());
        match self.operation {
            Operation::CreateKey => call!(path, client, create_key,
                start_create_key(&self.uri(), None, None)).map(Output::Created),
            Operation::DeleteKey => call!(path, client, delete_key, start_delete_key(key))
                .map(|()| Output::Done),
            Operation::FindKeys => call!(path, client, find_keys, start_find_keys(QUERY))
                .map(Output::Found),
            Operation::KeyInfo => call!(path, client, key_info, start_key_info(key))
                .map(Output::KeyInfo),
            Operation::PublicKey => call!(path, client, public_key, start_public_key(key))
                .map(Output::PublicKey),
            Operation::ListRotations => call!(path, client, list_rotations,
                start_list_rotations(key)).map(Output::Rotations),
            Operation::ListAlgorithms => call!(path, client, list_algorithms,
                start_list_algorithms("")).map(Output::Algorithms),
            Operation::ImportParameters => call!(path, client, import_parameters,
                start_import_parameters(key, WrappingAlgorithm::RsaOaep2048Sha256))
                .map(Output::ImportParameters),
            Operation::ImportKeyMaterial => call!(path, client, import_key_material,
                start_import_key_material(key, KEY_MATERIAL, b"")).map(Output::Changed),
            _ => call!(path, client, delete_key_material,
                start_delete_key_material(key, None)).map(|()| Output::Done),
        }
    }

    #[rustfmt::skip]
    fn run_change(&self, client: &Client) -> Result<scwkms::KeyInfo> {
        let (path, key) = (self.path, self.key.as_str());
        let update = KeyUpdate {
            description: Some(DESCRIPTION.to_owned()),
            ..KeyUpdate::default()
        };
        match self.operation {
            Operation::UpdateKey => call!(path, client, update_key, start_update_key(key, &update)),
            Operation::RotateKey => call!(path, client, rotate_key, start_rotate_key(key)),
            Operation::EnableKey => call!(path, client, enable_key, start_enable_key(key)),
            Operation::DisableKey => call!(path, client, disable_key, start_disable_key(key)),
            Operation::ProtectKey => call!(path, client, protect_key, start_protect_key(key)),
            Operation::UnprotectKey => call!(path, client, unprotect_key, start_unprotect_key(key)),
            _ => call!(path, client, restore_key, start_restore_key(key)),
        }
    }

    /// The URI of the key to create.
    fn uri(&self) -> String {
        format!("scwkms:name={};unprotected=true", self.key)
    }
}

pub(super) fn digest() -> [u8; 32] {
    Sha256::digest(MESSAGE).into()
}
