//! Decrypts a message piece by piece.

use zeroize::{Zeroize, Zeroizing};

use super::cipher::{SegmentCipher, TAG_LEN};
use super::format::{self, DecodedHeader, Header};
use super::message_key::MessageKey;
use crate::error::{Error, ErrorKind, Result};

/// Decrypts a message. [`Client::decryptor`](crate::Client::decryptor) creates it; it sends no request.
///
/// Plaintext of a segment is returned after its tag was verified. That the message is complete is known only when
/// [`finish`](Self::finish) succeeds: plaintext of a truncated message is authentic, but its end is missing.
pub struct Decryptor {
    cipher: SegmentCipher,
    header_len: usize,
    /// The length of each segment with its tag, except the last.
    segment_len: usize,
    /// The segment that is not complete, or that may be the last one. Only the first may be longer.
    pending: Vec<u8>,
    is_failed: bool,
}

/// The header of a message that `start` begins. `None` if `start` has a part of it.
pub(super) fn read_header(start: &[u8]) -> Result<Option<DecodedHeader>> {
    format::decode(start)
}

/// The error for a message that ends within its header.
pub(super) fn truncated_header(len: usize) -> Error {
    Error::new(
        ErrorKind::Integrity,
        format!("the message is truncated: it ends at byte {len}, within its header"),
    )
}

impl Decryptor {
    /// `start` is the start of the message. `data_key` is called with its header.
    pub(crate) fn new(
        start: &[u8],
        associated_data: &[u8],
        data_key: impl FnOnce(&Header) -> Result<Zeroizing<Vec<u8>>>,
    ) -> Result<Self> {
        let decoded = read_header(start)?.ok_or_else(|| truncated_header(start.len()))?;
        let data_key = data_key(&decoded.header)?;
        let encoded = decoded.header.encode()?;
        let key = MessageKey::derive(&data_key, &encoded, associated_data)?;
        key.check(&decoded.commitment)?;
        Ok(Self {
            cipher: SegmentCipher::new(key.key),
            header_len: decoded.len,
            segment_len: decoded.header.segment_len as usize + TAG_LEN,
            pending: start[decoded.len..].to_vec(),
            is_failed: false,
        })
    }

    /// Decrypts the next part of the message, and returns the next bytes of the plaintext, possibly none.
    ///
    /// # Errors
    /// [`ErrorKind::Integrity`] if a segment was modified, moved or removed. The error states its position. The plaintext
    /// of this part is not returned, and further calls fail too.
    pub fn update(&mut self, message: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let mut output = Zeroizing::default();
        self.update_into(message, &mut output)?;
        Ok(output)
    }

    /// As [`update`](Self::update), and appends to an output, which may be used again for the next part. On failure
    /// nothing is appended.
    ///
    /// # Errors
    /// As for [`update`](Self::update).
    pub fn update_into(&mut self, message: &[u8], output: &mut Vec<u8>) -> Result<()> {
        self.run(output, |decryptor, output| {
            decryptor.open_segments(message, output)
        })
    }

    /// Decrypts the last segment, and returns the last bytes of the plaintext. Success means that the message is complete.
    ///
    /// # Errors
    /// [`ErrorKind::Integrity`] if the last segment was modified, or the message is truncated.
    pub fn finish(self) -> Result<Zeroizing<Vec<u8>>> {
        let mut output = Zeroizing::default();
        self.finish_into(&mut output)?;
        Ok(output)
    }

    /// As [`finish`](Self::finish), and appends to an output.
    pub(super) fn finish_into(mut self, output: &mut Vec<u8>) -> Result<()> {
        self.run(output, Self::open_last_segments)
    }

    /// Runs a step. If it fails, its output is wiped, and later steps fail too.
    fn run(
        &mut self,
        output: &mut Vec<u8>,
        step: impl FnOnce(&mut Self, &mut Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        if self.is_failed {
            return Err(Error::new(
                ErrorKind::Integrity,
                "the decryption of an earlier part of the message failed",
            ));
        }
        let start = output.len();
        let result = step(self, output);
        if result.is_err() {
            self.is_failed = true;
            output[start..].zeroize();
            output.truncate(start);
        }
        result
    }

    fn open_segments(&mut self, mut message: &[u8], output: &mut Vec<u8>) -> Result<()> {
        let segments = (self.pending.len() + message.len()).saturating_sub(1) / self.segment_len;
        output.reserve(segments * (self.segment_len - TAG_LEN));
        self.open_start(output)?;
        // A segment is decrypted when further bytes show that it is not the last one.
        if !self.pending.is_empty() {
            let missing = self.segment_len - self.pending.len();
            let part;
            (part, message) = message.split_at(missing.min(message.len()));
            self.pending.extend_from_slice(part);
            if message.is_empty() {
                return Ok(());
            }
            let segment = std::mem::take(&mut self.pending);
            self.open(&segment, false, output)?;
            self.pending = segment;
            self.pending.clear();
        }
        while message.len() > self.segment_len {
            let (segment, rest) = message.split_at(self.segment_len);
            self.open(segment, false, output)?;
            message = rest;
        }
        self.pending.extend_from_slice(message);
        Ok(())
    }

    /// Decrypts the segments that followed the header, except the last.
    fn open_start(&mut self, output: &mut Vec<u8>) -> Result<()> {
        if self.pending.len() <= self.segment_len {
            return Ok(());
        }
        let start = std::mem::take(&mut self.pending);
        self.open_segments(&start, output)
    }

    fn open_last_segments(&mut self, output: &mut Vec<u8>) -> Result<()> {
        self.open_segments(&[], output)?;
        let segment = std::mem::take(&mut self.pending);
        let is_first = self.cipher.next() == 0;
        if segment.len() < TAG_LEN || (segment.len() == TAG_LEN && !is_first) {
            return Err(self.not_authentic(self.cipher.next(), true));
        }
        self.open(&segment, true, output)
    }

    fn open(&mut self, segment: &[u8], is_last: bool, output: &mut Vec<u8>) -> Result<()> {
        let number = self.cipher.next();
        if self.cipher.open(segment, is_last, output)? {
            return Ok(());
        }
        Err(self.not_authentic(number, is_last))
    }

    fn not_authentic(&self, number: u64, is_last: bool) -> Error {
        let at = self.header_len as u64 + number * self.segment_len as u64;
        let cause = match is_last {
            true => "the message is truncated or was modified",
            false => "the message was modified",
        };
        Error::new(
            ErrorKind::Integrity,
            format!("segment {number} at byte {at} is not authentic: {cause}"),
        )
    }
}
