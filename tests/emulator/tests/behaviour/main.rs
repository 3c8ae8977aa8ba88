//! Tests the emulator's binary over HTTP. OpenSSL, which shares no code with the emulator, checks the
//! signatures and the certificates.
//!
//! `tests/sdk` tests the operations and their cryptography with Scaleway's SDK. The tests here need
//! raw HTTP or the process itself: exact responses, invalid requests, faults, files, statistics.

mod admin;
mod authentication;
#[path = "../../../rust/emulator_process.rs"]
mod emulator_process;
mod faults_of_content;
mod faults_on_the_wire;
mod http2;
mod invalid_requests;
mod openssl;
mod persistence;
mod prepared;
mod process;
mod rate_limit;
mod recorded;
mod statistics;
mod streams;
mod support;
mod transport;
