//! Sign and decrypt with keys that never leave Scaleway Key Manager.
//!
//! The product of this crate is a static library with a C ABI (`include/scwkms.h`), and a Go package over it. Rust
//! programs use [`Client`] directly.
//!
//! - [`Client`] has all operations of the service: sign and verify, encrypt and decrypt, data keys, wrap and unwrap, and
//!   the management of keys and key material. Each has a blocking form and an asynchronous one.
//! - [`Encryptor`] and [`Decryptor`] encrypt data of any size with data keys (envelope encryption).
//! - [`Operation`] is an asynchronous operation that was started.
//! - [`Algorithm`] is the table of the service's key algorithms.
//! - [`Observer`] receives events: operations that ended, warnings, connections, waits for the rate limit.
//! - [`Error`] states what failed, on which key, the service's explanation, and what to do next.
//!
//! A request that cannot succeed is not sent, for example with a digest of the wrong length or a key of the wrong usage. A
//! signature that does not verify with the public key is an error.

mod algorithm;
mod api;
mod client;
mod config;
#[cfg(feature = "diagnosis")]
pub mod diagnosis;
mod envelope;
mod error;
pub mod ffi;
mod fork;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod identifier;
mod input_file;
mod observer;
mod public_key;
mod redact;
mod sync;
mod transport;
mod uri;

/// Wipes all memory that is freed, including the buffers of HTTP and TLS.
#[cfg(feature = "wipe-memory")]
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

pub use algorithm::{Algorithm, Hash, Scheme, Usage};
pub use client::{
    AlgorithmInfo, Client, DataKey, Decrypted, ImportParameters, KeyInfo, KeyRotation, KeyUpdate,
    Operation, OperationResult, ProtectionLevel, PublicKeyInfo, StartOptions, WrappingAlgorithm,
    validate_name,
};
pub use envelope::{
    DataKeyCache, DataKeyLimits, DecryptingReader, Decryptor, EncryptingWriter, Encryptor,
    MAX_HEADER_LEN as MAX_ENVELOPE_HEADER_LEN,
};
pub use error::{Error, ErrorKind, Result};
#[doc(hidden)]
pub use fork::process as process_generation;
pub use observer::{Event, Observer, OperationEvent, set_observer};
