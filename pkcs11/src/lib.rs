//! A PKCS#11 module: programs that support PKCS#11 sign and decrypt with keys in Scaleway Key Manager.
//!
//! The layers, lowest first. A module depends only on modules of lower layers.
//!
//! - `failure`, `log`, `log_file` and `handles`: the return codes, their causes, the numbers of handles
//! - `config`: the tokens that the configuration file defines
//! - `der`, `public_parts`, `certificate`: parsing; pure
//! - `mechanisms`: mechanisms of key algorithms, their parameters and inputs; pure
//! - `objects`: keys and certificates, and their attributes; templates
//! - `token`: a client, the lookup of its keys, its object handles
//! - `operations`, `session`: the operations, and the sessions that they belong to
//! - `module`: the state between C_Initialize and C_Finalize
//! - `boundary`: the exported functions, with all code that the compiler cannot check
//!
//! No lock is held while a request is in flight. Shared state is replaced as a whole, without locks, so that a child of
//! fork() never inherits a locked lock.

mod boundary;
mod certificate;
mod config;
mod der;
mod failure;
mod handles;
mod log;
mod log_file;
mod mechanisms;
mod module;
mod objects;
mod operations;
mod public_parts;
mod report;
mod session;
mod token;

pub use report::{ObjectReport, Report, TokenReport, report};
