//! The client against a running emulator, over TLS.

mod connections;
mod errors;
mod faults;
mod hostile;
mod idle;
mod keys;
mod lanes;
mod relay;
mod requests;
mod restart;
mod retries;
mod sign_and_decrypt;
mod support;
mod ways;
