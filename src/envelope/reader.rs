//! Decryption for `std::io::Read`.

use std::io::{self, Read};

use zeroize::Zeroizing;

use super::decryptor::{self, Decryptor};
use super::format::MAX_HEADER_LEN;
use crate::error::{Error, Result};

/// Reads a message from another reader, and decrypts it. [`Client::decrypting_reader`](crate::Client::decrypting_reader)
/// creates it.
///
/// The end of the plaintext is reported only if the message is complete. Otherwise the last read is an `io::Error` that
/// contains an [`Error`](crate::Error) of the kind [`ErrorKind::Integrity`](crate::ErrorKind::Integrity).
pub struct DecryptingReader<R> {
    inner: R,
    /// `None` after the end of the message.
    decryptor: Option<Decryptor>,
    /// Bytes of the message.
    input: Vec<u8>,
    /// Plaintext, of which `read` bytes were read.
    plaintext: Zeroizing<Vec<u8>>,
    read: usize,
}

const INPUT_LEN: usize = 64 << 10;

impl<R: Read> DecryptingReader<R> {
    /// Reads the header, for which `create` creates a decryptor.
    pub(super) fn new(
        mut inner: R,
        create: impl FnOnce(&[u8]) -> Result<Decryptor>,
    ) -> io::Result<Self> {
        let start = read_header(&mut inner)?;
        Ok(Self {
            inner,
            decryptor: Some(create(&start).map_err(io_error)?),
            input: vec![0; INPUT_LEN],
            plaintext: Zeroizing::default(),
            read: 0,
        })
    }

    /// Decrypts further bytes of the message. The plaintext may be empty afterwards.
    fn decrypt(&mut self) -> io::Result<()> {
        // Its capacity is used again, and wiped at the end.
        self.plaintext.clear();
        self.read = 0;
        let len = self.inner.read(&mut self.input)?;
        let result = match (&mut self.decryptor, len) {
            (decryptor, 0) => match decryptor.take() {
                Some(decryptor) => decryptor.finish_into(&mut self.plaintext),
                None => Ok(()),
            },
            (Some(decryptor), len) => {
                decryptor.update_into(&self.input[..len], &mut self.plaintext)
            }
            (None, _) => Ok(()),
        };
        result.map_err(io_error)
    }
}

impl<R: Read> Read for DecryptingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.read == self.plaintext.len() && self.decryptor.is_some() {
            self.decrypt()?;
        }
        let rest = &self.plaintext[self.read..];
        let len = rest.len().min(buffer.len());
        buffer[..len].copy_from_slice(&rest[..len]);
        self.read += len;
        Ok(len)
    }
}

/// Reads at least the header, unless the message is shorter.
fn read_header(inner: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = vec![0; MAX_HEADER_LEN];
    let mut len = 0;
    while decryptor::read_header(&start[..len])
        .map_err(io_error)?
        .is_none()
    {
        match inner.read(&mut start[len..]) {
            Ok(0) => break,
            Ok(read) => len += read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    start.truncate(len);
    Ok(start)
}

fn io_error(error: Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
