//! The numbers of one operation. They are collected while it is executed, on the threads that execute it: each runs the
//! operation in the scope of its record.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::ended::{Details, EndedOperation};
use super::event::Event;
use super::registration::{emit, is_observed};
use crate::error::{Error, ErrorKind};

tokio::task_local! {
    static CURRENT: Option<Arc<OperationRecord>>;
}

/// A shorter wait is not reported.
const MIN_PACING: Duration = Duration::from_millis(1);

/// An operation from its start to its end.
pub(crate) struct OperationRecord {
    operation: &'static str,
    began: Instant,
    requests: AtomicU32,
    attempts: AtomicU32,
    pacing_us: AtomicU64,
    connecting_us: AtomicU64,
    details: Mutex<Details>,
    reported: AtomicBool,
}

impl OperationRecord {
    /// The record of an operation that begins now, if there is an observer.
    pub(crate) fn begin(operation: impl FnOnce() -> &'static str) -> Option<Arc<Self>> {
        is_observed().then(|| {
            Arc::new(Self {
                operation: operation(),
                began: Instant::now(),
                requests: AtomicU32::new(0),
                attempts: AtomicU32::new(0),
                pacing_us: AtomicU64::new(0),
                connecting_us: AtomicU64::new(0),
                details: Mutex::default(),
                reported: AtomicBool::new(false),
            })
        })
    }

    /// Notes the region, and the key's id if it is known.
    pub(crate) fn note_key(&self, region: &str, key_id: Option<&str>) {
        let mut details = self.details();
        details.region = Some(region.to_owned());
        details.key_id = key_id.map(str::to_owned);
    }

    /// Notes that the last response was received. If its result is never taken, the operation counts as successful.
    pub(crate) fn note_received(&self) {
        self.details().received_after = Some(self.began.elapsed());
    }

    /// Reports the end of the operation, once.
    pub(crate) fn report(&self, error: Option<&Error>) {
        if self.reported.swap(true, Relaxed) {
            return;
        }
        EndedOperation {
            operation: self.operation,
            total: self.began.elapsed(),
            details: self.details().clone(),
            error: error.cloned(),
            requests: self.requests.load(Relaxed),
            attempts: self.attempts.load(Relaxed),
            pacing: Duration::from_micros(self.pacing_us.load(Relaxed)),
            connecting: Duration::from_micros(self.connecting_us.load(Relaxed)),
        }
        .emit_or_defer();
    }

    /// Reports an operation whose result was received, and will not be taken.
    pub(crate) fn report_untaken(&self) {
        let received = self.details().received_after.is_some();
        if received {
            self.report(None);
        }
    }

    /// The details are consistent even if a thread panicked while it held the lock.
    fn details(&self) -> MutexGuard<'_, Details> {
        self.details.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OperationRecord {
    fn drop(&mut self) {
        self.report_untaken();
        if !*self.reported.get_mut() {
            self.report(Some(&aborted()));
        }
    }
}

fn aborted() -> Error {
    Error::new(
        ErrorKind::Internal,
        "the operation was aborted inside the library; please report this",
    )
}

/// The record of the operation that this thread or task executes.
pub(crate) fn current() -> Option<Arc<OperationRecord>> {
    CURRENT.try_with(Clone::clone).ok().flatten()
}

/// Executes a future as part of an operation.
pub(crate) fn in_scope<F: Future>(
    record: Option<Arc<OperationRecord>>,
    future: F,
) -> impl Future<Output = F::Output> {
    CURRENT.scope(record, future)
}

/// Executes a function as part of an operation.
pub(crate) fn run_in_scope<T>(
    record: Option<&Arc<OperationRecord>>,
    function: impl FnOnce() -> T,
) -> T {
    match record {
        Some(record) => CURRENT.sync_scope(Some(Arc::clone(record)), function),
        None => function(),
    }
}

fn with_current(note: impl FnOnce(&OperationRecord)) {
    let _ = CURRENT.try_with(|record| record.as_deref().map(note));
}

/// Counts a request.
pub(crate) fn note_request() {
    with_current(|record| {
        record.requests.fetch_add(1, Relaxed);
    });
}

/// Counts an attempt.
pub(crate) fn note_attempt() {
    with_current(|record| {
        record.attempts.fetch_add(1, Relaxed);
    });
}

/// The last attempt sent nothing.
#[cfg(unix)]
pub(crate) fn undo_attempt() {
    with_current(|record| {
        record.attempts.fetch_sub(1, Relaxed);
    });
}

/// Notes the last response.
pub(crate) fn note_response(status: u16, request_id: Option<&str>) {
    with_current(|record| {
        let mut details = record.details();
        details.http_status = Some(status);
        details.request_id = request_id.map(str::to_owned);
    });
}

/// Measures the wait for a connection until it is dropped. `None` if no observer needs it.
pub(crate) fn connecting() -> Option<ConnectingTimer> {
    current().map(|record| ConnectingTimer {
        record,
        began: Instant::now(),
    })
}

/// Measures the wait for the rate limit until it is dropped, and reports it. `None` if there is no observer.
pub(crate) fn pacing() -> Option<PacingTimer> {
    is_observed().then(|| PacingTimer {
        record: current(),
        began: Instant::now(),
    })
}

pub(crate) struct ConnectingTimer {
    record: Arc<OperationRecord>,
    began: Instant,
}

impl Drop for ConnectingTimer {
    fn drop(&mut self) {
        add(&self.record.connecting_us, self.began.elapsed());
    }
}

pub(crate) struct PacingTimer {
    record: Option<Arc<OperationRecord>>,
    began: Instant,
}

impl Drop for PacingTimer {
    fn drop(&mut self) {
        let duration = self.began.elapsed();
        if let Some(record) = &self.record {
            add(&record.pacing_us, duration);
        }
        if duration >= MIN_PACING {
            emit(&Event::Paced { duration });
        }
    }
}

fn add(total_us: &AtomicU64, duration: Duration) {
    let us = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    total_us.fetch_add(us, Relaxed);
}
