//! Operations that ended, for the observer.

use std::cell::RefCell;
use std::time::Duration;

use super::event::{Event, OperationEvent};
use super::registration::emit;
use crate::error::Error;

thread_local! {
    /// The operations that ended while their events are deferred.
    static DEFERRED: RefCell<Option<Vec<EndedOperation>>> = const { RefCell::new(None) };
}

#[derive(Default, Clone)]
pub(super) struct Details {
    pub(super) region: Option<String>,
    pub(super) key_id: Option<String>,
    pub(super) http_status: Option<u16>,
    pub(super) request_id: Option<String>,
    /// The time until the response was received. The caller may take the result later.
    pub(super) received_after: Option<Duration>,
}

pub(super) struct EndedOperation {
    pub(super) operation: &'static str,
    pub(super) details: Details,
    pub(super) error: Option<Error>,
    pub(super) requests: u32,
    pub(super) attempts: u32,
    pub(super) pacing: Duration,
    pub(super) connecting: Duration,
    pub(super) total: Duration,
}

impl EndedOperation {
    pub(super) fn emit_or_defer(self) {
        let now = DEFERRED.with_borrow_mut(|deferred| match deferred {
            Some(operations) => {
                operations.push(self);
                None
            }
            None => Some(self),
        });
        if let Some(operation) = now {
            operation.emit();
        }
    }

    fn emit(self) {
        let details = &self.details;
        let error = self.error.as_ref();
        let (http_status, request_id) = match error {
            Some(e) => (e.http_status(), e.request_id()),
            None => (details.http_status, details.request_id.as_deref()),
        };
        emit(&Event::Operation(OperationEvent {
            operation: self.operation,
            region: details.region.as_deref(),
            key_id: details.key_id.as_deref(),
            error,
            http_status,
            request_id,
            requests: self.requests,
            attempts: self.attempts,
            pacing: self.pacing,
            connecting: self.connecting,
            total: details.received_after.unwrap_or(self.total),
        }));
    }
}

/// Executes a function that holds a lock. The operations that end in it are reported after it.
pub(crate) fn defer_reports<T>(function: impl FnOnce() -> T) -> T {
    DEFERRED.set(Some(Vec::new()));
    let _deferral = Deferral;
    function()
}

/// Reports the operations when it is dropped, also after a panic.
struct Deferral;

impl Drop for Deferral {
    fn drop(&mut self) {
        for operation in DEFERRED.take().unwrap_or_default() {
            operation.emit();
        }
    }
}
