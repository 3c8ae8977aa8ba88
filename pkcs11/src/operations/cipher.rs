//! C_Encrypt and C_Decrypt with RSA-OAEP. The public key encrypts locally. The service decrypts.

use std::sync::Arc;

use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use cryptoki_sys::*;
use scwkms::ErrorKind;
use zeroize::Zeroizing;

use super::active::Active;
use super::input::{Input, Mode};
use super::output::{Reply, Room};
use crate::failure::{Failure, Result, fail};
use crate::mechanisms::{Mechanism, check_encryption};
use crate::objects::{Key, Object};
use crate::token::Token;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Encrypt,
    Decrypt,
}

/// An active operation that encrypts or decrypts.
pub(crate) struct CipherOperation {
    token: Arc<Token>,
    key: Arc<Key>,
    direction: Direction,
    input: Input,
    /// The result, if the program's buffer was too small for it.
    output: Option<Zeroizing<Vec<u8>>>,
}

impl CipherOperation {
    pub(crate) fn new(
        direction: Direction,
        token: &Arc<Token>,
        object: Object,
        mechanism: &Mechanism,
    ) -> Result<Self> {
        let key = match (direction, object) {
            (Direction::Encrypt, Object::PublicKey(key)) => key,
            (Direction::Decrypt, Object::PrivateKey(key)) => key,
            (Direction::Encrypt, _) => {
                return fail(CKR_KEY_TYPE_INCONSISTENT, "the object is not a public key");
            }
            (Direction::Decrypt, _) => {
                return fail(CKR_KEY_TYPE_INCONSISTENT, "the object is not a private key");
            }
        };
        check_encryption(mechanism, key.algorithm)?;
        Ok(Self {
            token: Arc::clone(token),
            key,
            direction,
            input: Input::new(None),
            output: None,
        })
    }

    /// The length of a ciphertext, or the maximum length of a plaintext.
    fn max_output_len(&self) -> usize {
        match self.direction {
            Direction::Encrypt => self.key.algorithm.max_ciphertext_len(),
            Direction::Decrypt => self.key.algorithm.max_plaintext_len(),
        }
    }

    /// The reply, and the operation if it remains active.
    fn reply(mut self, room: Room) -> Result<(Reply, Option<Self>)> {
        let max_len = self.max_output_len();
        let is_exact = self.direction == Direction::Encrypt;
        if let Some(reply) = room.reply_without_data(max_len)
            && (is_exact || room == Room::Query)
        {
            return Ok((reply, Some(self)));
        }
        let output = match self.output.take() {
            Some(output) => output,
            None => self.compute()?,
        };
        match room.reply_without_data(output.len()) {
            Some(reply) => {
                self.output = Some(output);
                Ok((reply, Some(self)))
            }
            None => Ok((Reply::Data(output), None)),
        }
    }

    fn compute(&mut self) -> Result<Zeroizing<Vec<u8>>> {
        let input = self.input.finish();
        match self.direction {
            Direction::Encrypt => self.encrypt(&input).map(Zeroizing::new),
            Direction::Decrypt => self.decrypt(&input),
        }
    }

    fn encrypt(&self, plaintext: &[u8]) -> Result<Vec<u8>> {
        let max_len = self.key.algorithm.max_plaintext_len();
        if plaintext.len() > max_len {
            return fail(
                CKR_DATA_LEN_RANGE,
                format!(
                    "the key encrypts at most {max_len} bytes, not {}",
                    plaintext.len()
                ),
            );
        }
        let parts = self.token.public_key(&self.key)?;
        let mut ciphertext = vec![0; self.max_output_len()];
        let key = PublicEncryptingKey::from_der(&parts.spki)
            .ok()
            .and_then(|key| OaepPublicEncryptingKey::new(key).ok());
        let encrypted = key.and_then(|key| {
            let output = &mut ciphertext;
            let encrypted = key.encrypt(&OAEP_SHA256_MGF1SHA256, plaintext, output, None);
            encrypted.map(|_| ()).ok()
        });
        match encrypted {
            Some(()) => Ok(ciphertext),
            None => fail(CKR_FUNCTION_FAILED, "the plaintext cannot be encrypted"),
        }
    }

    fn decrypt(&self, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let len = self.key.algorithm.max_ciphertext_len();
        if ciphertext.len() != len {
            return fail(
                CKR_ENCRYPTED_DATA_LEN_RANGE,
                format!(
                    "ciphertexts of the key have {len} bytes, not {}",
                    ciphertext.len()
                ),
            );
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

impl Active<CipherOperation> {
    /// Processes all data at once. The program passes the data again after a reply without data.
    pub(crate) fn process(&self, data: &[u8], room: Room) -> Result<Reply> {
        let mut operation = self.take()?;
        operation.input.set_mode(Mode::Single)?;
        operation.input.finish();
        operation.input.update(data)?;
        self.finish(operation, room)
    }

    /// Adds a part of the data. RSA has no output before the end. An error ends the operation.
    pub(crate) fn update(&self, part: &[u8]) -> Result<()> {
        let mut operation = self.take()?;
        operation.input.set_mode(Mode::Parts)?;
        operation.input.update(part)?;
        self.put(operation);
        Ok(())
    }

    /// Processes the data of all parts.
    pub(crate) fn process_parts(&self, room: Room) -> Result<Reply> {
        let mut operation = self.take()?;
        operation.input.set_mode(Mode::Parts)?;
        self.finish(operation, room)
    }

    fn finish(&self, operation: CipherOperation, room: Room) -> Result<Reply> {
        let (reply, remaining) = operation.reply(room)?;
        if let Some(operation) = remaining {
            self.put(operation);
        }
        Ok(reply)
    }
}
