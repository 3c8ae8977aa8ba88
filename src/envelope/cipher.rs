//! Encrypts and decrypts the segments of a message, in their order.

use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce};
use zeroize::Zeroize;

use crate::error::{Error, ErrorKind, Result};

pub(super) const TAG_LEN: usize = 16;

/// The cipher of one message. It counts the segments.
pub(super) struct SegmentCipher {
    key: LessSafeKey,
    next: u64,
}

impl SegmentCipher {
    pub(super) fn new(key: LessSafeKey) -> Self {
        Self { key, next: 0 }
    }

    /// The number of the next segment.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Encrypts the next segment, and appends ciphertext and tag to the output.
    pub(super) fn seal(
        &mut self,
        plaintext: &[u8],
        is_last: bool,
        output: &mut Vec<u8>,
    ) -> Result<()> {
        let nonce = self.nonce(is_last)?;
        let start = output.len();
        output.resize(start + plaintext.len() + TAG_LEN, 0);
        let (ciphertext, tag) = output[start..].split_at_mut(plaintext.len());
        self.key
            .seal_out_of_place_scatter(nonce, Aad::empty(), plaintext, ciphertext, &[], tag)
            .map_err(|_| Error::new(ErrorKind::Internal, "AES-256-GCM failed"))?;
        self.next += 1;
        Ok(())
    }

    /// Decrypts the next segment, and appends its plaintext to the output after the tag was verified. Returns whether
    /// the segment is authentic.
    pub(super) fn open(
        &mut self,
        segment: &[u8],
        is_last: bool,
        output: &mut Vec<u8>,
    ) -> Result<bool> {
        let Some((ciphertext, tag)) = segment.split_last_chunk::<TAG_LEN>() else {
            return Ok(false);
        };
        let nonce = self.nonce(is_last)?;
        let start = output.len();
        output.resize(start + ciphertext.len(), 0);
        let plaintext = &mut output[start..];
        let opened = self
            .key
            .open_separate_gather(nonce, Aad::empty(), ciphertext, tag, plaintext);
        if opened.is_err() {
            plaintext.zeroize();
            output.truncate(start);
        }
        self.next += 1;
        Ok(opened.is_ok())
    }

    /// Seven zero bytes, the number of the segment in four bytes, and 1 for the last segment or else 0.
    fn nonce(&self, is_last: bool) -> Result<Nonce> {
        let number = u32::try_from(self.next).map_err(|_| {
            Error::new(
                ErrorKind::InvalidArgument,
                "the message is too long: it has more than 4294967296 segments",
            )
        })?;
        let mut nonce = [0; 12];
        nonce[7..11].copy_from_slice(&number.to_be_bytes());
        nonce[11] = u8::from(is_last);
        Ok(Nonce::assume_unique_for_key(nonce))
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::aead::{AES_256_GCM, UnboundKey};

    use super::*;

    fn cipher(next: u64) -> SegmentCipher {
        let key = UnboundKey::new(&AES_256_GCM, &[1; 32]).expect("a key");
        SegmentCipher {
            key: LessSafeKey::new(key),
            next,
        }
    }

    fn sealed(next: u64, is_last: bool) -> Vec<u8> {
        let mut output = b"before".to_vec();
        let mut cipher = cipher(next);
        cipher.seal(b"text", is_last, &mut output).expect("sealed");
        assert_eq!(cipher.next(), next + 1);
        output.split_off(6)
    }

    #[test]
    fn number_and_last_flag_are_authenticated() {
        let segment = sealed(3, false);
        for (next, is_last) in [(3, false), (3, true), (2, false), (1 << 31 | 3, false)] {
            let mut output = b"before".to_vec();
            let authentic = cipher(next).open(&segment, is_last, &mut output);
            let expected = (next, is_last) == (3, false);
            assert_eq!(authentic.ok(), Some(expected), "{next} {is_last}");
            let plaintext: &[u8] = if expected { b"beforetext" } else { b"before" };
            assert_eq!(output, plaintext);
        }
    }

    #[test]
    fn the_number_of_segments_is_limited() {
        sealed(u64::from(u32::MAX), true);
        let mut cipher = cipher(1 << 32);
        let error = cipher
            .seal(b"", true, &mut Vec::new())
            .expect_err("a limit");
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        let error = cipher.open(&[0; 16], true, &mut Vec::new());
        assert_eq!(
            error.expect_err("a limit").kind(),
            ErrorKind::InvalidArgument
        );
    }
}
