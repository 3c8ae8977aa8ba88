//! The emulator's binary as its users meet it: over HTTP, with signatures, keys and ciphertexts
//! checked by OpenSSL and other implementations that share no code with it.

mod authentication;
mod encryption;
mod faults_of_content;
mod faults_on_the_wire;
mod life_cycle;
mod listing;
mod material;
mod persistence;
mod prepared;
mod process;
mod signing;
mod statistics;
mod strictness;
mod support;
mod transport;
mod wrapping;
