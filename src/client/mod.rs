//! The client and its operations.
//!
//! - [`Client`] (`open`) is the public interface. Each operation has a `blocking` form, and one that `start`s it.
//!   Both parse their arguments in `arguments` or `key_arguments`.
//! - `operations/` defines each operation once, as steps (`steps`).
//! - `driver` executes the steps: on the calling thread, or on the I/O thread with a `completion`.
//! - `shared` loads what operations need: keys (`open_key`, `key_source`), ids for names, lists. Keys are cached (`single_flight`).

mod arguments;
mod blocking;
mod blocking_keys;
mod completion;
mod driver;
mod input;
mod key_arguments;
mod key_info;
mod key_source;
mod key_update;
mod messages;
mod ml_dsa_input;
mod named_key;
mod open;
mod open_key;
mod operations;
mod recent_metadata;
mod results;
mod shared;
mod single_flight;
mod start;
mod start_keys;
mod steps;
mod target;
mod validate;
mod warning;

pub use completion::Operation;
pub use key_info::{KeyInfo, ProtectionLevel, PublicKeyInfo};
pub use key_update::KeyUpdate;
pub use open::Client;
pub use results::{
    AlgorithmInfo, DataKey, Decrypted, ImportParameters, KeyRotation, WrappingAlgorithm,
};
pub use start::StartOptions;
pub use steps::OperationResult;
pub use validate::validate_name;

pub(crate) use steps::{Output, OutputKind};
