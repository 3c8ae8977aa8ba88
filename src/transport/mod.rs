//! HTTP to the service: connections, deadlines, retries and limits.
//!
//! The path of a request:
//! 1. [`Transport`](send::Transport) turns a `Request` into an `Exchange`: the message and its retry state.
//! 2. `pacing` lets it wait for its turn, if the service limits the rate of requests.
//! 3. A blocking call makes its first attempt on a direct connection (`direct/`), if one is idle. The calling
//!    thread drives that connection itself.
//! 4. All other attempts run on the I/O thread (`runtime`) over the shared connections (`pool`, `http2`).
//! 5. A connection that is missing is opened by `connect`: `lookup`, `proxy`, TCP, TLS (`trust`).
//! 6. `response` reads the head, `body` the body, both up to a maximum size.
//! 7. `retry` decides whether another attempt follows. It looks at the status or the `AttemptError`, at the
//!    request's `Idempotency`, at the deadline and at the retry budget. After a response with status 401, `headers` reads
//!    the file with the secret key again.
//!
//! The I/O thread never blocks: name lookups and reads of files run on threads of their own (`helper_thread`).

mod accept_any;
mod attempt_error;
mod body;
mod cause;
mod connect;
mod connect_error;
mod deadline;
#[cfg(unix)]
mod direct;
mod headers;
mod helper_thread;
mod http1;
mod http2;
mod lookup;
mod message;
mod pacing;
mod pool;
#[cfg(feature = "diagnosis")]
mod probe;
mod proxy;
mod request;
mod response;
mod retry;
pub(crate) mod runtime;
mod send;
pub(crate) mod signals;
mod stream;
mod timeouts;
mod trust;
mod weak_cache;

pub(crate) use deadline::Deadline;
pub(crate) use helper_thread::{run_on_thread, start_thread};
#[cfg(feature = "diagnosis")]
pub(crate) use probe::{Handshake, Probe};
pub(crate) use request::{Idempotency, Request};
pub(crate) use response::Response;
pub(crate) use send::{Exchange, Transport};
pub(crate) use trust::Trust;
