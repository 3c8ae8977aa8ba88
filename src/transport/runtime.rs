//! The one thread on which all clients of the process do their input and output.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot};

use super::Deadline;
use crate::error::{Error, ErrorKind, Result};
use crate::process::PerProcess;

/// Name lookups block, so they run beside the thread; a few at a time are plenty.
const LOOKUP_THREADS: usize = 4;
const LOOKUP_THREAD_LINGERS: Duration = Duration::from_secs(10);

/// Futures keep their deadlines themselves; beyond it and this, something is wrong with the thread.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

struct Runtime {
    /// Work from other threads. Waking the thread costs a system call, so it is done once for all
    /// that comes until it is awake.
    work: mpsc::UnboundedSender<BoxFuture<'static, ()>>,
    /// The thread ends when this is dropped.
    _stop: oneshot::Sender<()>,
}

static RUNTIME: PerProcess<Runtime> = PerProcess::new();

fn start() -> Result<Runtime> {
    let unstartable = |e: std::io::Error| {
        Error::new(
            ErrorKind::Internal,
            format!("the thread for input and output cannot be started: {e}"),
        )
    };
    let runtime = Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .on_thread_park(run_held_back)
        .thread_name("scwkms-lookup")
        .max_blocking_threads(LOOKUP_THREADS)
        .thread_keep_alive(LOOKUP_THREAD_LINGERS)
        .build()
        .map_err(unstartable)?;
    let (work, mut arriving) = mpsc::unbounded_channel::<BoxFuture<'static, ()>>();
    runtime.spawn(async move {
        while let Some(future) = arriving.recv().await {
            tokio::spawn(future);
        }
    });
    let (stop, stopped) = oneshot::channel::<()>();
    std::thread::Builder::new()
        .name("scwkms".into())
        .spawn(move || {
            keep_signals_away();
            IS_LIBRARYS.set(true);
            // Ends with an error when the sender is dropped, which is the sign to stop.
            let _ = runtime.block_on(stopped);
        })
        .map_err(unstartable)?;
    Ok(Runtime { work, _stop: stop })
}

/// Leaves signals to the host's own threads. Above all, writing to a connection that the server has
/// closed would otherwise raise SIGPIPE, which ends a program that does not expect it. Threads that
/// this thread starts inherit the mask.
#[cfg(unix)]
fn keep_signals_away() {
    use nix::sys::signal::{SigSet, Signal};

    let mut signals = SigSet::all();
    // What a fault of the thread's own raises cannot be left to others.
    for own in [
        Signal::SIGABRT,
        Signal::SIGBUS,
        Signal::SIGFPE,
        Signal::SIGILL,
        Signal::SIGSEGV,
        Signal::SIGSYS,
        Signal::SIGTRAP,
    ] {
        signals.remove(own);
    }
    // It fails only for arguments that are not these.
    let _ = signals.thread_block();
}

#[cfg(not(unix))]
fn keep_signals_away() {}

thread_local! {
    static IS_LIBRARYS: Cell<bool> = const { Cell::new(false) };
    static HELD_BACK: RefCell<Vec<Box<dyn FnOnce()>>> = const { RefCell::new(Vec::new()) };
}

/// Refuses to wait on the library's own thread, where notifications run: it would wait for itself.
pub(crate) fn may_wait() -> Result<()> {
    if IS_LIBRARYS.get() {
        return Err(Error::new(
            ErrorKind::InvalidArgument,
            "a call that waits was made inside a callback, on the thread that it would wait for; \
             make it on another thread",
        ));
    }
    Ok(())
}

/// Runs a future on the runtime, started by whoever comes first.
pub(crate) fn submit(future: BoxFuture<'static, ()>) -> Result<()> {
    RUNTIME.get(start)?.work.send(future).map_err(|_| {
        Error::new(
            ErrorKind::Internal,
            "the thread for input and output has ended; please report this",
        )
    })
}

/// Notifications before they are sent at the latest.
const MOST_HELD_BACK: usize = 64;

/// Calls a notification soon: together with the others of what the thread is doing now, so that
/// whoever they wake finds all of them. Elsewhere than on the library's thread it is called at once.
pub(crate) fn notify(notification: Box<dyn FnOnce()>) {
    if !IS_LIBRARYS.get() {
        return notification();
    }
    let held_back = HELD_BACK.with_borrow_mut(|held_back| {
        held_back.push(notification);
        held_back.len()
    });
    if held_back >= MOST_HELD_BACK {
        run_held_back();
    }
}

fn run_held_back() {
    // Not borrowed meanwhile: a notification may bring about another.
    for notification in HELD_BACK.take() {
        notification();
    }
}

/// Runs a future on the runtime and waits for it. The caller holds no lock meanwhile.
pub(crate) fn wait<T: Send + 'static>(
    deadline: Deadline,
    future: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    may_wait()?;
    let (sender, receiver) = std::sync::mpsc::sync_channel(1);
    submit(Box::pin(async move {
        // Where nobody waits any more, nobody wants the result.
        let _ = sender.send(future.await);
    }))?;
    receiver
        .recv_timeout(deadline.left() + GRACE)
        .unwrap_or_else(|e| {
            Err(match e {
                RecvTimeoutError::Timeout => deadline.error(),
                RecvTimeoutError::Disconnected => Error::new(
                    ErrorKind::Internal,
                    "the operation broke off inside the library; please report this",
                ),
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn soon() -> Deadline {
        Deadline::after(Duration::from_secs(60))
    }

    #[test]
    fn results_come_back() {
        assert_eq!(wait(soon(), async { Ok(7) }).ok(), Some(7));
    }

    #[test]
    fn a_panic_becomes_an_error_and_harms_no_other_operation() {
        let error = wait::<()>(soon(), async { panic!("on purpose") }).expect_err("a panic");
        assert_eq!(error.kind(), ErrorKind::Internal);
        assert_eq!(wait(soon(), async { Ok(7) }).ok(), Some(7));
    }
}
