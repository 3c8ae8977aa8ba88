//! The client against a running emulator, over TLS.

mod connections;
mod errors;
mod faults;
mod keys;
mod lanes;
mod requests;
mod retries;
mod sign_and_decrypt;
mod support;
