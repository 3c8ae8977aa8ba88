//! The operations of sessions.

mod active;
mod cipher;
mod destroy;
mod digest;
mod find;
mod generate;
mod input;
mod output;
mod random;
mod signing;
mod verification;

pub(crate) use active::Active;
pub(crate) use cipher::{CipherOperation, Direction};
pub(crate) use destroy::destroy;
pub(crate) use digest::DigestOperation;
pub(crate) use find::FoundObjects;
pub(crate) use generate::generate;
pub(crate) use output::{Reply, Room};
pub(crate) use random::random;
pub(crate) use signing::SigningOperation;
