//! The one thread on which all clients of the process do their input and output.

use std::future::Future;
use std::sync::mpsc;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use super::Deadline;
use crate::error::{Error, ErrorKind, Result};
use crate::process::PerProcess;

/// Name lookups block, so they run beside the thread; a few at a time are plenty.
const LOOKUP_THREADS: usize = 4;
const LOOKUP_THREAD_LINGERS: Duration = Duration::from_secs(10);

/// Futures keep their deadlines themselves; beyond it and this, something is wrong with the thread.
const GRACE: Duration = Duration::from_secs(5);

struct Runtime {
    handle: Handle,
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
        .thread_name("scwkms-lookup")
        .max_blocking_threads(LOOKUP_THREADS)
        .thread_keep_alive(LOOKUP_THREAD_LINGERS)
        .build()
        .map_err(unstartable)?;
    let handle = runtime.handle().clone();
    let (stop, stopped) = oneshot::channel::<()>();
    std::thread::Builder::new()
        .name("scwkms".into())
        .spawn(move || {
            keep_signals_away();
            // Ends with an error when the sender is dropped, which is the sign to stop.
            let _ = runtime.block_on(stopped);
        })
        .map_err(unstartable)?;
    Ok(Runtime {
        handle,
        _stop: stop,
    })
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

/// Runs a future on the runtime, whoever waits for it.
pub(crate) fn spawn(future: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    RUNTIME.get(start)?.handle.spawn(future);
    Ok(())
}

/// Runs a future on the runtime, started by whoever comes first, and waits for it. The caller holds
/// no lock meanwhile.
pub(crate) fn wait<T: Send + 'static>(
    deadline: Deadline,
    future: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let (sender, receiver) = mpsc::sync_channel(1);
    RUNTIME.get(start)?.handle.spawn(async move {
        // Where nobody waits any more, nobody wants the result.
        let _ = sender.send(future.await);
    });
    receiver
        .recv_timeout(deadline.left() + GRACE)
        .unwrap_or_else(|e| {
            Err(match e {
                mpsc::RecvTimeoutError::Timeout => deadline.error(),
                mpsc::RecvTimeoutError::Disconnected => Error::new(
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
