//! The observer of the process.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;

use super::event::Event;
use crate::error::{Error, ErrorKind, Result};
use crate::fork::{self, PerProcess};

/// Receives the events of all clients of the process.
///
/// It is called on the thread on which the event happens: the library's I/O thread, or a thread that calls the library. Several
/// threads may call it at once. It must return quickly, because operations wait for it, and must not wait for other
/// operations. The library holds no lock during a call. Events that happen inside a call on the same thread are not
/// reported. A panic is caught.
pub trait Observer: Send + Sync {
    /// Called for each event.
    fn observe(&self, event: &Event<'_>);
}

struct Registration {
    observer: Arc<dyn Observer>,
    /// The process that registered it.
    process: u64,
}

/// Whether there is an observer. It is checked on the path of each operation.
static OBSERVED: AtomicBool = AtomicBool::new(false);

/// A child of fork() inherits it. Reading it takes no lock, which the child could inherit locked.
static REGISTRATION: ArcSwapOption<Registration> = ArcSwapOption::const_empty();

/// Held while the observer is replaced.
static REPLACING: PerProcess<Mutex<()>> = PerProcess::new();

thread_local! {
    static IN_OBSERVER: Cell<bool> = const { Cell::new(false) };
}

/// Sets the observer of the process, or removes it. There is one observer for all clients, also for those that are open.
///
/// When this function returns, no thread calls the previous observer any more. A child of fork() inherits the observer; it
/// can set another one, and then does not drop the inherited one.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`] inside the observer, which would wait for itself.
pub fn set_observer(observer: Option<Arc<dyn Observer>>) -> Result<()> {
    if IN_OBSERVER.get() {
        return Err(Error::new(
            ErrorKind::InvalidArgument,
            "the observer cannot be replaced inside the observer",
        ));
    }
    let replacing = REPLACING.get(|| Ok(Mutex::default()))?;
    let process = fork::process()?;
    let _replacing = replacing.lock().unwrap_or_else(PoisonError::into_inner);
    OBSERVED.store(observer.is_some(), Relaxed);
    let registration = observer.map(|observer| Arc::new(Registration { observer, process }));
    if let Some(previous) = REGISTRATION.swap(registration) {
        retire(previous, process);
    }
    Ok(())
}

/// Waits until no thread calls an observer that was replaced. In a child of fork(), calls of the parent's threads at the time
/// of the fork never end.
fn retire(previous: Arc<Registration>, process: u64) {
    const POLL_INTERVAL: Duration = Duration::from_micros(200);
    if previous.process != process {
        return std::mem::forget(previous);
    }
    while Arc::strong_count(&previous) > 1 {
        std::thread::sleep(POLL_INTERVAL);
    }
}

/// Whether there is an observer.
pub(crate) fn is_observed() -> bool {
    OBSERVED.load(Relaxed)
}

/// Calls the observer, if there is one. The caller must not hold a lock.
pub(crate) fn emit(event: &Event<'_>) {
    if !is_observed() || IN_OBSERVER.get() {
        return;
    }
    let Some(registration) = REGISTRATION.load_full() else {
        return;
    };
    IN_OBSERVER.set(true);
    // The panic hook has reported a panic.
    let _ = catch_unwind(AssertUnwindSafe(|| registration.observer.observe(event)));
    IN_OBSERVER.set(false);
}
