//! Envelope encryption: data of any size, encrypted locally with data keys that a key in Key Manager encrypts.
//!
//! - `format` encodes and decodes the header of a message; docs/envelope.md describes all bytes.
//! - `message_key` derives the key of one message from a data key; `cipher` encrypts and decrypts segments with it.
//! - [`Encryptor`] and [`Decryptor`] are state machines over bytes. They send no request.
//! - `client` creates both with data keys of the service, [`DataKeyCache`] with data keys that it keeps for some time.
//! - [`EncryptingWriter`] and [`DecryptingReader`] are the forms for `std::io`.

mod cache;
mod cipher;
mod client;
mod decryptor;
mod encryptor;
mod expected_key;
mod format;
mod message_key;
mod reader;
mod writer;

pub use cache::{DataKeyCache, DataKeyLimits};
pub use decryptor::Decryptor;
pub use encryptor::Encryptor;
pub use format::MAX_HEADER_LEN;
pub use reader::DecryptingReader;
pub use writer::EncryptingWriter;

#[cfg(any(test, fuzzing))]
pub(crate) use format::Header;

#[cfg(test)]
mod tests;
