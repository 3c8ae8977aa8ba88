//! Events for the host: operations, warnings, connections, and waits for the rate limit.
//!
//! - `event` defines the events. None contains a credential, a plaintext or a digest.
//! - `registration` keeps the observer of the process and calls it.
//! - `operation` collects the numbers of one operation while it is executed; `ended` reports them.
//! - `connection` reports the beginning and the end of a connection.
//!
//! Without an observer, an operation reads one atomic variable, and nothing is collected.

mod connection;
mod ended;
mod event;
mod operation;
mod registration;

pub(crate) use connection::ConnectionRecord;
pub(crate) use ended::defer_reports;
pub use event::{Event, OperationEvent};
#[cfg(unix)]
pub(crate) use operation::undo_attempt;
pub(crate) use operation::{
    OperationRecord, connecting, current, in_scope, note_attempt, note_request, note_response,
    pacing, run_in_scope,
};
pub use registration::{Observer, set_observer};
pub(crate) use registration::{emit, is_observed};
