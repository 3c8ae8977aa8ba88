//! `scwkms encrypt-file` and `scwkms decrypt-file`: envelope encryption of data of any size.

use std::io::{self, Read};

use clap::Args;
use scwkms::{Client, Error};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::input::{Input, part_buffer, read_part};
use crate::output::Output;

/// A data key of Key Manager encrypts the data locally, in segments of 64 KiB, so any size needs little memory. One
/// request gets the data key. The result is a message of the format that the library uses too: decrypt-file and the
/// library decrypt it. An output file appears under its name only when the message is complete.
#[derive(Args)]
pub(crate) struct EncryptFile {
    /// The key: aes_256_gcm
    key: String,
    #[command(flatten)]
    streams: Streams,
}

/// An output file appears under its name only after the whole message was verified, and can be read by its owner only.
/// Standard output receives each segment of 64 KiB when it was verified. If the exit status is not 0, the message was
/// truncated or modified later, and the output must not be used.
#[derive(Args)]
pub(crate) struct DecryptFile {
    /// The key with which the message must have been encrypted. Without it, any aes_256_gcm key is accepted that the
    /// message names and the credentials may use
    key: Option<String>,
    #[command(flatten)]
    streams: Streams,
}

#[derive(Args)]
struct Streams {
    /// Data that is authenticated with the message, but not part of it
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    associated_data: String,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    output: Output,
}

impl EncryptFile {
    pub(crate) fn run(&self, client: &Client) -> Result<(), Failure> {
        let streams = &self.streams;
        streams.output.check_binary()?;
        let mut input = streams.input.open()?;
        let mut encryptor = client.encryptor(&self.key, streams.associated_data.as_bytes())?;
        let mut output = streams.output.create()?;
        let mut message = Vec::new();
        let mut part = part_buffer();
        while let Some(plaintext) = streams.input.read_part(&mut input, &mut part)? {
            message.clear();
            encryptor.update_into(plaintext, &mut message)?;
            output.write(&message)?;
        }
        output.write(&encryptor.finish()?)?;
        output.finish()
    }
}

impl DecryptFile {
    pub(crate) fn run(&self, client: &Client) -> Result<(), Failure> {
        let streams = &self.streams;
        let input = streams.input.open()?;
        let associated_data = streams.associated_data.as_bytes();
        let reader = client.decrypting_reader(self.key.as_deref(), associated_data, input);
        let mut reader = reader.map_err(|error| streams.failure(error))?;
        match streams.output.needs_text() {
            true => streams.show(&mut reader),
            false => streams.decrypt(&mut reader),
        }
    }
}

impl Streams {
    fn decrypt(&self, reader: &mut impl Read) -> Result<(), Failure> {
        let mut output = self.output.create_secret()?;
        let mut part = part_buffer();
        while let Some(plaintext) = read_part(reader, &mut part).map_err(|e| self.failure(e))? {
            output.write(plaintext)?;
        }
        output.finish()
    }

    /// Shows a short text on a terminal, after the whole message was verified.
    fn show(&self, reader: &mut impl Read) -> Result<(), Failure> {
        let mut text = Zeroizing::new(Vec::new());
        let read = reader.take(MAX_SHOWN + 1).read_to_end(&mut text);
        match read.map_err(|error| self.failure(error))? as u64 > MAX_SHOWN {
            true => Err(Failure::invalid(
                "the plaintext is over 1 MiB and standard output is a terminal; write it to a file with --out FILE, \
                 to a pipe, or use --force",
            )),
            false => self.output.write(&text),
        }
    }

    /// The cause of an error of a reader that decrypts: the message, or its file.
    fn failure(&self, error: io::Error) -> Failure {
        match error.downcast::<Error>() {
            Ok(error) => error.into(),
            Err(error) => self.input.failure(&error),
        }
    }
}

const MAX_SHOWN: u64 = 1 << 20;
