//! Encryption for `std::io::Write`.

use std::io::{self, Write};

use super::encryptor::Encryptor;

/// Encrypts all bytes that are written to it, and writes the message to another writer.
/// [`Client::encrypting_writer`](crate::Client::encrypting_writer) creates it.
///
/// [`finish`](Self::finish) must be called at the end. Without it the message is truncated and cannot be decrypted.
pub struct EncryptingWriter<W> {
    encryptor: Encryptor,
    inner: W,
    /// Bytes of the message that `inner` has not accepted. After an error of `inner` they are written first.
    output: Vec<u8>,
    written: usize,
}

impl<W: Write> EncryptingWriter<W> {
    pub(super) fn new(encryptor: Encryptor, inner: W) -> Self {
        Self {
            encryptor,
            inner,
            output: Vec::new(),
            written: 0,
        }
    }

    /// Writes the end of the message, flushes the other writer, and returns it.
    ///
    /// # Errors
    /// Those of the other writer.
    pub fn finish(mut self) -> io::Result<W> {
        self.write_output()?;
        self.encryptor
            .finish_into(&mut self.output)
            .map_err(io::Error::other)?;
        self.inner.write_all(&self.output)?;
        self.inner.flush()?;
        Ok(self.inner)
    }

    fn write_output(&mut self) -> io::Result<()> {
        while self.written < self.output.len() {
            match self.inner.write(&self.output[self.written..]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(len) => self.written += len,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        self.output.clear();
        self.written = 0;
        Ok(())
    }
}

impl<W: Write> Write for EncryptingWriter<W> {
    /// Encrypts at most 64 KiB. If `inner` fails, no byte of `plaintext` was accepted.
    fn write(&mut self, plaintext: &[u8]) -> io::Result<usize> {
        const MAX_LEN: usize = 64 << 10;
        self.write_output()?;
        let plaintext = &plaintext[..plaintext.len().min(MAX_LEN)];
        self.encryptor
            .update_into(plaintext, &mut self.output)
            .map_err(io::Error::other)?;
        Ok(plaintext.len())
    }

    /// Writes the complete segments. An incomplete segment waits for further plaintext or [`finish`](Self::finish).
    fn flush(&mut self) -> io::Result<()> {
        self.write_output()?;
        self.inner.flush()
    }
}
