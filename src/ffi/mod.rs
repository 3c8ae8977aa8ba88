//! The C ABI. It contains no policy: each exported function parses its arguments, calls [`Client`](crate::Client) and
//! converts the result.
//!
//! - Every function has a panic boundary, except accessors, which only read fields and cannot panic. Within the boundary a
//!   thread cannot be cancelled (`cancellation`).
//! - Outputs are written on success only, the error on failure only.
//! - Clients and operations are numbers (`handle`), never pointers: an invalid one is an error.
//! - Errors, keys and lists are opaque heap values (`owned`), read by accessors.
//! - Encryptors, decryptors and data key caches are opaque heap values too. The first two are used by one thread at a time.
//! - A struct that the library reads, or that a callback reads, begins with its size (`sized_struct`).

#![allow(unsafe_code)]
#![deny(unsafe_op_in_unsafe_fn)]
#![deny(clippy::undocumented_unsafe_blocks)]
// The documentation becomes the C header's, where this section is called "Pointers".
#![allow(clippy::missing_safety_doc)]

mod algorithm;
mod algorithm_list;
mod async_options;
mod asynchronous;
mod asynchronous_keys;
mod blocking;
mod blocking_keys;
mod boundary;
mod buffer;
mod cancellation;
mod client;
mod client_registry;
mod data_key_cache;
mod encryption;
mod envelope;
mod error;
mod handle;
mod input;
mod key;
mod key_actions;
mod key_list;
mod key_material;
mod key_update;
mod list;
mod message;
mod observer;
mod operation_map;
mod operation_registry;
mod owned;
mod panic;
mod protection_level;
mod results;
mod rotation_list;
mod sized_struct;
mod start;
mod text;
mod verification;
mod version;
mod wait;
mod wait_results;

pub use algorithm::*;
pub use algorithm_list::*;
pub use async_options::*;
pub use asynchronous::*;
pub use asynchronous_keys::*;
pub use blocking::*;
pub use blocking_keys::*;
pub use buffer::{ScwkmsBuffer, scwkms_buffer_free};
pub use client::*;
pub use data_key_cache::*;
pub use encryption::*;
pub use envelope::*;
pub use error::*;
pub use key::*;
pub use key_actions::*;
pub use key_list::*;
pub use key_material::*;
pub use key_update::*;
pub use message::*;
pub use observer::*;
pub use protection_level::*;
pub use rotation_list::*;
pub use verification::*;
pub use version::*;
pub use wait::*;
pub use wait_results::*;

#[cfg(test)]
mod tests;
