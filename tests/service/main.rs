//! The client against a running emulator, over TLS.

mod errors;
mod keys;
mod requests;
mod sign_and_decrypt;
mod support;
