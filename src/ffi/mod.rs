//! The C ABI: the only folder that touches raw memory. It holds no policy: each exported function
//! checks its pointers, parses, calls [`Client`](crate::Client) and converts.
//!
//! - Every function runs inside a boundary: a panic becomes an error.
//! - Outputs are written on success only; the error on failure only.
//! - Handles are numbers, never pointers: a wrong one is an error.

#![allow(unsafe_code)]
#![deny(unsafe_op_in_unsafe_fn)]
#![deny(clippy::undocumented_unsafe_blocks)]
// The documentation becomes the C header's, where this section is called "Pointers".
#![allow(clippy::missing_safety_doc)]

mod algorithm;
mod boundary;
mod buffer;
mod client;
mod error;
mod handle;
mod input;
mod key;
mod operations;
mod request;
mod version;

pub use algorithm::*;
pub use buffer::{ScwkmsBuffer, scwkms_buffer_free};
pub use client::*;
pub use error::*;
pub use key::*;
pub use operations::*;
pub use request::*;
pub use version::*;

#[cfg(test)]
mod tests;
