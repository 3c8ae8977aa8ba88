//! C_Decrypt with RSA-OAEP. The service decrypts.

use std::sync::Arc;

use cryptoki_sys::*;
use scwkms::ErrorKind;
use zeroize::Zeroizing;

use super::input::Input;
use super::operation::{Operation, OutputOperation};
use super::output::{Reply, Room};
use crate::failure::{Failure, Result, fail};
use crate::mechanisms::{Mechanism, check_encryption};
use crate::objects::{Key, Object};
use crate::token::Token;

/// An active operation that decrypts.
pub(crate) struct DecryptOperation {
    token: Arc<Token>,
    key: Arc<Key>,
    input: Input,
    /// The result, if the program's buffer was too small for it.
    decrypted: Option<Decrypted>,
}

struct Decrypted {
    ciphertext: Zeroizing<Vec<u8>>,
    plaintext: Zeroizing<Vec<u8>>,
}

impl DecryptOperation {
    pub(crate) fn new(token: &Arc<Token>, object: Object, mechanism: &Mechanism) -> Result<Self> {
        let Object::PrivateKey(key) = object else {
            return fail(CKR_KEY_TYPE_INCONSISTENT, "the object is not a private key");
        };
        check_encryption(mechanism, key.algorithm)?;
        Ok(Self {
            token: Arc::clone(token),
            key,
            input: Input::ciphertext(),
            decrypted: None,
        })
    }

    /// The plaintext. The same ciphertext is decrypted once.
    fn plaintext(&mut self, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        match self.decrypted.take() {
            Some(known) if *known.ciphertext == ciphertext => Ok(known.plaintext),
            _ => self.decrypt(ciphertext),
        }
    }

    fn decrypt(&self, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let (len, expected) = (ciphertext.len(), self.key.algorithm.max_ciphertext_len());
        if len != expected {
            let cause = format!("ciphertexts of the key have {expected} bytes, not {len}");
            return fail(CKR_ENCRYPTED_DATA_LEN_RANGE, cause);
        }
        let plaintext = self.token.client()?.decrypt(&self.key.uri, ciphertext);
        plaintext.map_err(|error| match error.kind() {
            ErrorKind::InvalidArgument => {
                Failure::new(CKR_ENCRYPTED_DATA_INVALID, error.to_string())
            }
            _ => error.into(),
        })
    }
}

impl Operation for DecryptOperation {
    fn input(&mut self) -> &mut Input {
        &mut self.input
    }
}

impl OutputOperation for DecryptOperation {
    /// The length is known after the decryption only. Without a buffer the program gets the maximum.
    fn early_reply(&self, room: Room) -> Option<Reply> {
        let max_len = self.key.algorithm.max_plaintext_len();
        (room == Room::Query).then_some(Reply::Length(max_len))
    }

    fn finish(mut self, room: Room) -> Result<(Reply, Option<Self>)> {
        let ciphertext = self.input.finish();
        let plaintext = self.plaintext(&ciphertext)?;
        let Some(reply) = room.reply_without_data(plaintext.len()) else {
            return Ok((Reply::Data(plaintext), None));
        };
        self.input.restore_parts(&ciphertext);
        self.decrypted = Some(Decrypted {
            ciphertext,
            plaintext,
        });
        Ok((reply, Some(self)))
    }
}
