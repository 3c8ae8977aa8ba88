//! Encrypts a message piece by piece.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::rand;
use zeroize::Zeroizing;

use super::cipher::{SegmentCipher, TAG_LEN};
use super::format::{COMMITMENT_LEN, Header, SALT_LEN, SEGMENT_LEN};
use super::message_key::MessageKey;
use crate::api::KeyLocation;
use crate::client::DataKey;
use crate::error::{Error, ErrorKind, Result};

/// Encrypts a message of any length. [`Client::encryptor`](crate::Client::encryptor) creates it; it sends no request.
///
/// The message consists of all bytes that [`update`](Self::update) and [`finish`](Self::finish) return, in their order.
/// Without the bytes of `finish` it cannot be decrypted.
pub struct Encryptor {
    cipher: SegmentCipher,
    segment_len: usize,
    /// The header, until it was returned.
    header: Vec<u8>,
    /// Plaintext of the segment that is not complete, or that may be the last one.
    pending: Zeroizing<Vec<u8>>,
    /// Counts the bytes that are encrypted with a cached data key.
    bytes_of_data_key: Option<Arc<AtomicU64>>,
}

impl Encryptor {
    /// Begins a message with a data key that has a plaintext.
    pub(super) fn with_data_key(
        data_key: &DataKey,
        associated_data: &[u8],
        bytes_of_data_key: Option<Arc<AtomicU64>>,
    ) -> Result<Self> {
        let mut salt = [0; SALT_LEN];
        rand::fill(&mut salt)
            .map_err(|_| Error::new(ErrorKind::Internal, "no random bytes are available"))?;
        let header = Header {
            segment_len: SEGMENT_LEN,
            key: KeyLocation {
                region: data_key.region.clone(),
                id: data_key.key_id.clone(),
            },
            encrypted_data_key: data_key.ciphertext.clone(),
            salt,
        };
        let plaintext = data_key.plaintext.as_deref().map_or(&[][..], Vec::as_slice);
        let created = Self::new(&header, plaintext, associated_data)?;
        Ok(Self {
            bytes_of_data_key,
            ..created
        })
    }

    pub(crate) fn new(header: &Header, data_key: &[u8], associated_data: &[u8]) -> Result<Self> {
        let mut bytes = header.encode()?;
        let key = MessageKey::derive(data_key, &bytes, associated_data)?;
        bytes.reserve_exact(COMMITMENT_LEN);
        bytes.extend_from_slice(key.commitment());
        let segment_len = header.segment_len as usize;
        Ok(Self {
            cipher: SegmentCipher::new(key.key),
            segment_len,
            header: bytes,
            // It never grows, so no copy of plaintext remains elsewhere.
            pending: Zeroizing::new(Vec::with_capacity(segment_len)),
            bytes_of_data_key: None,
        })
    }

    /// Encrypts the next part of the plaintext, and returns the next bytes of the message, possibly none.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for a message of more than 256 TiB.
    pub fn update(&mut self, plaintext: &[u8]) -> Result<Vec<u8>> {
        let mut output = Vec::new();
        self.update_into(plaintext, &mut output)?;
        Ok(output)
    }

    /// As [`update`](Self::update), and appends to an output, which may be used again for the next part.
    ///
    /// # Errors
    /// As for [`update`](Self::update).
    pub fn update_into(&mut self, mut plaintext: &[u8], output: &mut Vec<u8>) -> Result<()> {
        if let Some(bytes) = &self.bytes_of_data_key {
            bytes.fetch_add(plaintext.len() as u64, Ordering::Relaxed);
        }
        self.reserve(plaintext.len(), output);
        output.append(&mut self.header);
        // A segment is encrypted when further plaintext shows that it is not the last one.
        if !self.pending.is_empty() {
            let missing = self.segment_len - self.pending.len();
            let part;
            (part, plaintext) = plaintext.split_at(missing.min(plaintext.len()));
            self.pending.extend_from_slice(part);
            if plaintext.is_empty() {
                return Ok(());
            }
            self.cipher.seal(&self.pending, false, output)?;
            self.pending.clear();
        }
        while plaintext.len() > self.segment_len {
            let (segment, rest) = plaintext.split_at(self.segment_len);
            self.cipher.seal(segment, false, output)?;
            plaintext = rest;
        }
        self.pending.extend_from_slice(plaintext);
        Ok(())
    }

    /// Encrypts the last segment, and returns the last bytes of the message.
    ///
    /// # Errors
    /// As for [`update`](Self::update).
    pub fn finish(self) -> Result<Vec<u8>> {
        let mut output = Vec::new();
        self.finish_into(&mut output)?;
        Ok(output)
    }

    /// As [`finish`](Self::finish), and appends to an output.
    pub(super) fn finish_into(mut self, output: &mut Vec<u8>) -> Result<()> {
        output.reserve(self.header.len() + self.pending.len() + TAG_LEN);
        output.append(&mut self.header);
        self.cipher.seal(&self.pending, true, output)
    }

    /// Reserves the space for the output of an update.
    fn reserve(&self, plaintext_len: usize, output: &mut Vec<u8>) {
        let segments = (self.pending.len() + plaintext_len).saturating_sub(1) / self.segment_len;
        output.reserve(self.header.len() + segments * (self.segment_len + TAG_LEN));
    }
}
