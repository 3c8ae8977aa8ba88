//! C_Sign: the service signs the digest.

use std::sync::Arc;

use cryptoki_sys::*;
use scwkms::Scheme;

use super::input::Input;
use super::operation::{Operation, OutputOperation};
use super::output::{Reply, Room};
use crate::failure::{Failure, Result, fail};
use crate::mechanisms::{Mechanism, SigningMechanism, has_requested_salt, signature_from_der};
use crate::objects::{Key, Object};
use crate::token::Token;

/// An active operation that signs or verifies.
pub(crate) struct SigningOperation {
    pub(super) token: Arc<Token>,
    pub(super) key: Arc<Key>,
    pub(super) mechanism: SigningMechanism,
    input: Input,
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
            Scheme::RsaPss if !self.has_requested_salt(&digest, &signature)? => fail(
                CKR_FUNCTION_FAILED,
                "the service signed with a salt of another length than the 32 bytes that the program asked for",
            ),
            _ => Ok(signature),
        }
    }

    /// The core accepts salts of other lengths too.
    pub(super) fn has_requested_salt(&self, digest: &[u8], signature: &[u8]) -> Result<bool> {
        let parts = self.token.public_key(&self.key)?;
        Ok(has_requested_salt(&parts.spki, digest, signature))
    }
}

impl Operation for SigningOperation {
    fn input(&mut self) -> &mut Input {
        &mut self.input
    }
}

impl OutputOperation for SigningOperation {
    fn early_reply(&self, room: Room) -> Option<Reply> {
        room.reply_without_data(self.mechanism.signature_len())
    }

    fn finish(self, _room: Room) -> Result<(Reply, Option<Self>)> {
        Ok((self.signature()?.into(), None))
    }
}
