//! C_Encrypt with RSA-OAEP. The public key encrypts locally.

use std::sync::Arc;

use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use cryptoki_sys::*;

use super::input::Input;
use super::operation::{Operation, OutputOperation};
use super::output::{Reply, Room};
use crate::failure::{Failure, Result, fail};
use crate::mechanisms::{Mechanism, check_encryption};
use crate::objects::{Key, Object};
use crate::token::Token;

/// An active operation that encrypts.
pub(crate) struct EncryptOperation {
    token: Arc<Token>,
    key: Arc<Key>,
    input: Input,
}

impl EncryptOperation {
    pub(crate) fn new(token: &Arc<Token>, object: Object, mechanism: &Mechanism) -> Result<Self> {
        let Object::PublicKey(key) = object else {
            return fail(CKR_KEY_TYPE_INCONSISTENT, "the object is not a public key");
        };
        check_encryption(mechanism, key.algorithm)?;
        Ok(Self {
            token: Arc::clone(token),
            key,
            input: Input::new(None),
        })
    }

    fn encrypt(&self, plaintext: &[u8]) -> Result<Vec<u8>> {
        let (len, max_len) = (plaintext.len(), self.key.algorithm.max_plaintext_len());
        if len > max_len {
            let cause = format!("the key encrypts at most {max_len} bytes, not {len}");
            return fail(CKR_DATA_LEN_RANGE, cause);
        }
        let parts = self.token.public_key(&self.key)?;
        let mut ciphertext = vec![0; self.key.algorithm.max_ciphertext_len()];
        encrypt_with(&parts.spki, plaintext, &mut ciphertext).ok_or_else(|| {
            Failure::new(CKR_FUNCTION_FAILED, "the plaintext cannot be encrypted")
        })?;
        Ok(ciphertext)
    }
}

fn encrypt_with(spki: &[u8], plaintext: &[u8], ciphertext: &mut [u8]) -> Option<()> {
    let key = OaepPublicEncryptingKey::new(PublicEncryptingKey::from_der(spki).ok()?).ok()?;
    let encrypted = key.encrypt(&OAEP_SHA256_MGF1SHA256, plaintext, ciphertext, None);
    encrypted.ok().map(drop)
}

impl Operation for EncryptOperation {
    fn input(&mut self) -> &mut Input {
        &mut self.input
    }
}

impl OutputOperation for EncryptOperation {
    fn early_reply(&self, room: Room) -> Option<Reply> {
        room.reply_without_data(self.key.algorithm.max_ciphertext_len())
    }

    fn finish(mut self, _room: Room) -> Result<(Reply, Option<Self>)> {
        let plaintext = self.input.finish();
        Ok((self.encrypt(&plaintext)?.into(), None))
    }
}
