//! The HTTP side of the emulator.

pub mod admin;
pub mod body;
pub mod clock;
pub mod connection;
pub mod error;
pub mod fields;
pub mod prepared;
pub mod query;
pub mod rate_limit;
pub mod response;
pub mod route;
pub mod server;
pub mod service;
pub mod stats;
pub mod tls;
