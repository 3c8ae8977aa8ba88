//! Sign and decrypt with keys that never leave Scaleway Key Manager.
//!
//! The product of this crate is a static library with a C ABI (`include/scwkms.h`) and the Go
//! package over it; Rust programs can use [`Client`] directly.
//!
//! - [`Client`] does what a caller wants: public key, sign, decrypt, encrypt; create, find, delete.
//! - [`Algorithm`] is the table of the service's key algorithms.
//! - [`Error`] says what failed, on which key, what the service said, and what to do next.
//!
//! A request that cannot succeed is refused before it is sent: a digest of the wrong length, a key
//! of the wrong usage. A signature that does not verify with the key's public half is an error.

mod algorithm;
mod api;
mod client;
mod config;
mod error;
pub mod ffi;
mod fork;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod identifier;
mod public_key;
mod redact;
mod transport;
mod uri;

/// Wipes whatever is freed, also what the libraries below hold on the way.
#[cfg(feature = "wipe-memory")]
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

pub use algorithm::{Algorithm, Hash, Scheme, Usage};
pub use client::{
    Client, KeyInfo, Operation, OperationResult, ProtectionLevel, PublicKeyInfo, StartOptions,
    validate_name,
};
pub use error::{Error, ErrorKind, Result};
