//! The client with an emulator, over TLS.

mod asynchronous;
mod call_paths;
mod callbacks;
mod direct_connections;
mod emulator;
#[path = "../rust/emulator_process.rs"]
#[allow(dead_code)]
mod emulator_process;
mod envelope;
mod errors;
mod events;
mod fault_proxy;
mod faults;
mod hostile;
mod idle;
mod keys;
mod messages;
mod ml_dsa;
mod names;
mod operations;
mod public_key_files;
mod rate_limit;
mod requests;
mod restart;
mod retries;
mod secret_key_files;
mod shared_connections;
mod sign_and_decrypt;
mod support;
#[path = "../rust/temp_dir.rs"]
mod temp_dir;
#[path = "../rust/verify.rs"]
mod verify;

// `verify` finds these names at the root of the crate, as it does in the library.
use scwkms::{Algorithm, Scheme};
