//! C_Sign: the service signs the digest.

use std::sync::Arc;

use aws_lc_rs::digest::{Digest, SHA256};
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PSS_2048_8192_SHA256};
use cryptoki_sys::*;
use scwkms::Scheme;

use super::active::Active;
use super::input::{Input, Mode};
use super::output::{Reply, Room};
use crate::failure::{Failure, Result, fail};
use crate::mechanisms::{Mechanism, SigningMechanism, signature_from_der};
use crate::objects::{Key, Object};
use crate::token::Token;

/// An active operation that signs or verifies.
pub(crate) struct SigningOperation {
    pub(super) token: Arc<Token>,
    pub(super) key: Arc<Key>,
    pub(super) mechanism: SigningMechanism,
    pub(super) input: Input,
}

impl SigningOperation {
    /// The operation with a private key.
    pub(crate) fn sign(token: &Arc<Token>, object: Object, mechanism: &Mechanism) -> Result<Self> {
        match object {
            Object::PrivateKey(key) => Self::new(token, key, mechanism),
            _ => fail(CKR_KEY_TYPE_INCONSISTENT, "the object is not a private key"),
        }
    }

    /// The operation with a public key.
    pub(crate) fn verify(
        token: &Arc<Token>,
        object: Object,
        mechanism: &Mechanism,
    ) -> Result<Self> {
        match object {
            Object::PublicKey(key) => Self::new(token, key, mechanism),
            _ => fail(CKR_KEY_TYPE_INCONSISTENT, "the object is not a public key"),
        }
    }

    fn new(token: &Arc<Token>, key: Arc<Key>, mechanism: &Mechanism) -> Result<Self> {
        let mechanism = SigningMechanism::new(mechanism, key.algorithm)?;
        Ok(Self {
            token: Arc::clone(token),
            input: Input::new(mechanism.hash),
            key,
            mechanism,
        })
    }

    pub(super) fn digest(&mut self) -> Result<Vec<u8>> {
        self.mechanism.digest(&self.input.finish())
    }

    fn signature(mut self) -> Result<Vec<u8>> {
        let digest = self.digest()?;
        let client = self.token.client()?;
        let signature = client.sign(&self.key.uri, Some(self.key.algorithm), &digest)?;
        match self.mechanism.scheme() {
            Scheme::Ecdsa => signature_from_der(&signature, self.mechanism.signature_len() / 2)
                .ok_or_else(|| Failure::new(CKR_FUNCTION_FAILED, "the signature is malformed")),
            Scheme::RsaPss => {
                self.check_salt(&digest, &signature)?;
                Ok(signature)
            }
            _ => Ok(signature),
        }
    }

    /// The program has asked for a salt of the digest's length. The core accepts other lengths too.
    fn check_salt(&self, digest: &[u8], signature: &[u8]) -> Result<()> {
        let parts = self.token.public_key(&self.key)?;
        let key = ParsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, &parts.spki).ok();
        let digest = Digest::import_less_safe(digest, &SHA256).ok();
        let valid = key
            .zip(digest)
            .is_some_and(|(key, digest)| key.verify_digest_sig(&digest, signature).is_ok());
        match valid {
            true => Ok(()),
            false => fail(
                CKR_FUNCTION_FAILED,
                "the service signed with a salt of another length than the 32 bytes that the program asked for",
            ),
        }
    }
}

impl Active<SigningOperation> {
    /// Adds a part of the data. An error ends the operation.
    pub(crate) fn update(&self, part: &[u8]) -> Result<()> {
        let mut operation = self.take()?;
        operation.input.set_mode(Mode::Parts)?;
        operation.input.update(part)?;
        self.put(operation);
        Ok(())
    }

    /// Signs all data at once.
    pub(crate) fn sign(&self, data: &[u8], room: Room) -> Result<Reply> {
        self.finish(Mode::Single, data, room)
    }

    /// Signs the data of all parts.
    pub(crate) fn sign_parts(&self, room: Room) -> Result<Reply> {
        self.finish(Mode::Parts, &[], room)
    }

    fn finish(&self, mode: Mode, data: &[u8], room: Room) -> Result<Reply> {
        let mut operation = self.take()?;
        operation.input.set_mode(mode)?;
        if let Some(reply) = room.reply_without_data(operation.mechanism.signature_len()) {
            self.put(operation);
            return Ok(reply);
        }
        operation.input.update(data)?;
        operation.signature().map(Reply::from)
    }
}
