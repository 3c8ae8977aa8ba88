//! Creates encryptors and decryptors with data keys of the service.

use std::io::{self, Read, Write};

use zeroize::Zeroizing;

use super::decryptor::Decryptor;
use super::encryptor::Encryptor;
use super::expected_key;
use super::format::{Header, MAX_HEADER_LEN};
use super::reader::DecryptingReader;
use super::writer::EncryptingWriter;
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};

impl Client {
    /// Begins the encryption of a message of any length with a new data key, which one request generates. Data is
    /// encrypted locally.
    ///
    /// The key must be an AES-256-GCM key. The associated data is authenticated but not part of the message: the
    /// decryption needs the same associated data.
    ///
    /// # Errors
    /// Those of [`Client::generate_data_key`].
    pub fn encryptor(&self, key: &str, associated_data: &[u8]) -> Result<Encryptor> {
        let data_key = self.generate_data_key(key, true)?;
        Encryptor::with_data_key(&data_key, associated_data, None)
    }

    /// Begins the decryption of a message. One request decrypts its data key.
    ///
    /// `start` is the start of the message: at least [`MAX_ENVELOPE_HEADER_LEN`](crate::MAX_ENVELOPE_HEADER_LEN) bytes, or the whole
    /// message. The decryptor is not given these bytes again. The header of the message names the key. With
    /// `expected_key`, a message of any other key is an error; without it, any symmetric key that the client may use is
    /// accepted.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for data that is not a message, [`ErrorKind::Unsupported`] for a newer format,
    /// [`ErrorKind::Integrity`] for a modified header, other associated data or another key than expected, and the errors
    /// of [`Client::decrypt`].
    pub fn decryptor(
        &self,
        expected_key: Option<&str>,
        associated_data: &[u8],
        start: &[u8],
    ) -> Result<Decryptor> {
        decryptor(self, expected_key, associated_data, start, |header| {
            decrypt_data_key(self, header)
        })
    }

    /// Encrypts a message as [`Client::encryptor`] does, in one call.
    ///
    /// # Errors
    /// Those of [`Client::encryptor`].
    pub fn encrypt_envelope(
        &self,
        key: &str,
        plaintext: &[u8],
        associated_data: &[u8],
    ) -> Result<Vec<u8>> {
        let mut encryptor = self.encryptor(key, associated_data)?;
        let mut message = Vec::new();
        encryptor.update_into(plaintext, &mut message)?;
        encryptor.finish_into(&mut message)?;
        Ok(message)
    }

    /// Decrypts a message as [`Client::decryptor`] does, in one call.
    ///
    /// # Errors
    /// Those of [`Client::decryptor`]; [`ErrorKind::Integrity`] for a message that was modified or truncated.
    pub fn decrypt_envelope(
        &self,
        expected_key: Option<&str>,
        message: &[u8],
        associated_data: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        let (start, rest) = message.split_at(message.len().min(MAX_HEADER_LEN));
        let mut decryptor = self.decryptor(expected_key, associated_data, start)?;
        let mut plaintext = Zeroizing::new(Vec::with_capacity(message.len()));
        decryptor.update_into(rest, &mut plaintext)?;
        decryptor.finish_into(&mut plaintext)?;
        Ok(plaintext)
    }

    /// A writer that encrypts, as [`Client::encryptor`] does, and writes the message to another writer.
    /// [`EncryptingWriter::finish`] must be called at the end.
    ///
    /// # Errors
    /// Those of [`Client::encryptor`].
    pub fn encrypting_writer<W: Write>(
        &self,
        key: &str,
        associated_data: &[u8],
        inner: W,
    ) -> Result<EncryptingWriter<W>> {
        Ok(EncryptingWriter::new(
            self.encryptor(key, associated_data)?,
            inner,
        ))
    }

    /// A reader that reads a message from another reader and decrypts it, as [`Client::decryptor`] does.
    ///
    /// # Errors
    /// Those of `inner`, and those of [`Client::decryptor`], which the `io::Error` contains.
    pub fn decrypting_reader<R: Read>(
        &self,
        expected_key: Option<&str>,
        associated_data: &[u8],
        inner: R,
    ) -> io::Result<DecryptingReader<R>> {
        DecryptingReader::new(inner, |start| {
            self.decryptor(expected_key, associated_data, start)
        })
    }
}

/// Creates a decryptor with a data key from the service or a cache.
pub(super) fn decryptor(
    client: &Client,
    expected_key: Option<&str>,
    associated_data: &[u8],
    start: &[u8],
    data_key: impl FnOnce(&Header) -> Result<Zeroizing<Vec<u8>>>,
) -> Result<Decryptor> {
    Decryptor::new(start, associated_data, |header| {
        if let Some(expected) = expected_key {
            expected_key::check(client, expected, &header.key)?;
        }
        data_key(header)
    })
    .map_err(|e| e.context("decrypt a message"))
}

/// Decrypts the data key of a message by a request.
pub(super) fn decrypt_data_key(client: &Client, header: &Header) -> Result<Zeroizing<Vec<u8>>> {
    let key = format!("{}/{}", header.key.region, header.key.id);
    client
        .decrypt_data_key(&key, &header.encrypted_data_key)
        .map_err(|e| match e.kind() {
            // All arguments of the request come from the header.
            ErrorKind::InvalidArgument => Error::new(
                ErrorKind::Integrity,
                format!("the encrypted data key in the header is not one of the key: {e}"),
            ),
            _ => e,
        })
}
