//! Direct connections: HTTP/1.1 connections that the calling thread of a blocking call drives itself.
//!
//! 1. `pool` opens a direct connection when blocking calls follow each other, and closes it soon after the last.
//! 2. `connection` sends one request at a time: it polls hyper's HTTP/1.1 connection on the calling thread.
//! 3. If hyper can do nothing, the thread waits in poll(2) for the socket (`socket`), at most until the deadline.
//! 4. `tls_stream` is TLS over that socket, in the form that hyper requires. No other thread wakes up for a call.
//! 5. After an error, the next attempt, if there is one, is made over the shared connections.

mod connection;
mod pool;
mod socket;
mod tls_stream;

pub(super) use connection::DirectError;
pub(super) use pool::DirectPool;
