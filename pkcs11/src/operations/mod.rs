//! The operations of sessions.

mod active;
mod decryption;
mod destroy;
mod digest;
mod encryption;
mod find;
mod generate;
mod input;
mod operation;
mod output;
mod random;
mod signing;
mod verification;

pub(crate) use active::Active;
pub(crate) use decryption::DecryptOperation;
pub(crate) use destroy::destroy;
pub(crate) use digest::DigestOperation;
pub(crate) use encryption::EncryptOperation;
pub(crate) use find::FoundObjects;
pub(crate) use generate::generate;
pub(crate) use operation::{Operation, OutputOperation};
pub(crate) use output::{Reply, Room};
pub(crate) use random::random;
pub(crate) use signing::SigningOperation;
