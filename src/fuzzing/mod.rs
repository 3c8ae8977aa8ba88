//! The assertions of the fuzz targets in `fuzz/`, one function for each target. They are part of the crate because they use
//! private items. The target of the C ABI needs none of these and is defined in `fuzz/`.
//!
//! This module exists in the unit tests, which run it on the corpus, and if `cfg(fuzzing)` is set, as the fuzz targets set
//! it. No normal build contains it.

mod config_file;
mod envelope;
mod public_key;
mod response;
mod settings;
mod signature;
mod support;
mod uri;

pub use config_file::config_file;
pub use envelope::envelope;
pub use public_key::public_key;
pub use response::response;
pub use signature::signature;
pub use support::trip;
pub use uri::{client_uri, creation_uri, key_uri, query_uri};

#[cfg(test)]
pub(crate) use signature::is_strict_ecdsa;

#[cfg(test)]
mod tests;
