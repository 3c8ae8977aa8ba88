//! The one thread on which all clients of the process do their input and output.

use std::future::Future;
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use tokio::runtime::{Builder, Handle};

use crate::error::{Error, ErrorKind, Result};

/// Name lookups block, so they run beside the thread; a few at a time are plenty.
const LOOKUP_THREADS: usize = 4;
const LOOKUP_THREAD_LINGERS: Duration = Duration::from_secs(10);

static RUNTIME: OnceLock<Result<Handle>> = OnceLock::new();

/// The runtime, started by whoever comes first.
fn handle() -> Result<&'static Handle> {
    RUNTIME.get_or_init(start).as_ref().map_err(Clone::clone)
}

fn start() -> Result<Handle> {
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
    std::thread::Builder::new()
        .name("scwkms".into())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))
        .map_err(unstartable)?;
    Ok(handle)
}

/// Runs a future on the runtime and waits for it. The caller holds no lock meanwhile.
pub(crate) fn wait<T: Send + 'static>(
    future: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let (sender, receiver) = mpsc::sync_channel(1);
    handle()?.spawn(async move {
        // The receiver waits until it gets something, so this cannot fail.
        let _ = sender.send(future.await);
    });
    receiver.recv().unwrap_or_else(|_| {
        Err(Error::new(
            ErrorKind::Internal,
            "the operation broke off inside the library; please report this",
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_back() {
        assert_eq!(wait(async { Ok(7) }).ok(), Some(7));
    }

    #[test]
    fn a_panic_becomes_an_error_and_harms_no_other_operation() {
        let error = wait::<()>(async { panic!("on purpose") }).expect_err("a panic");
        assert_eq!(error.kind(), ErrorKind::Internal);
        assert_eq!(wait(async { Ok(7) }).ok(), Some(7));
    }
}
