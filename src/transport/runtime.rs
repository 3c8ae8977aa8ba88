//! The I/O thread, which serves all clients of the process.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::RecvTimeoutError;
use std::task::{Context, Poll, Waker};
use std::thread::Builder;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::runtime;
use tokio::sync::{mpsc, oneshot};

use super::deadline::Deadline;
use super::helper_thread::start_thread;
use super::signals;
use crate::error::{Error, ErrorKind, Result};
use crate::fork::PerProcess;
use crate::observer;

/// Futures check the deadline themselves. A waiting thread returns this long after the deadline, in case a future failed to
/// stop.
pub(crate) const WATCHDOG_GRACE: Duration = Duration::from_secs(5);

struct Runtime {
    /// Tasks from other threads. The first one wakes the I/O thread, which costs a system call; the others are found
    /// when it is awake.
    tasks: mpsc::UnboundedSender<BoxFuture<'static, ()>>,
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
    let runtime = runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
        .map_err(unstartable)?;
    let (tasks, mut incoming) = mpsc::unbounded_channel::<BoxFuture<'static, ()>>();
    runtime.spawn(async move {
        while let Some(future) = incoming.recv().await {
            tokio::spawn(future);
        }
    });
    runtime.spawn(poll_fn(poll_batch));
    let (stop, stopped) = oneshot::channel::<()>();
    let run = move || {
        signals::block();
        ON_RUNTIME_THREAD.set(true);
        // Returns when the sender is dropped.
        let _ = runtime.block_on(stopped);
    };
    start_thread(Builder::new(), "scwkms", Box::new(run)).map_err(unstartable)?;
    Ok(Runtime { tasks, _stop: stop })
}

thread_local! {
    static ON_RUNTIME_THREAD: Cell<bool> = const { Cell::new(false) };
    static BATCH: RefCell<Batch> = const { RefCell::new(Batch { notifications: Vec::new(), waker: None }) };
}

/// Notifications that will be called soon.
struct Batch {
    notifications: Vec<Notification>,
    /// Wakes the task that calls them.
    waker: Option<Waker>,
}

type Notification = Box<dyn FnOnce()>;

/// Returns an error on the I/O thread, where callbacks run. A blocking call there would deadlock.
pub(crate) fn check_may_block() -> Result<()> {
    if ON_RUNTIME_THREAD.get() {
        return Err(Error::new(
            ErrorKind::InvalidArgument,
            "blocking calls are not allowed inside a callback; make the call on another thread",
        ));
    }
    Ok(())
}

/// Runs a future on the I/O thread, which is started if necessary.
pub(crate) fn spawn(future: BoxFuture<'static, ()>) -> Result<()> {
    RUNTIME.get(start)?.tasks.send(future).map_err(|_| {
        Error::new(
            ErrorKind::Internal,
            "the thread for input and output has ended; please report this",
        )
    })
}

/// A batch of this size is sent immediately.
const MAX_BATCHED: usize = 64;

/// Calls a notification soon. On the I/O thread, notifications are batched until the tasks that are ready now have run,
/// so that a thread that they wake finds all results. On other threads a notification is called at once.
pub(crate) fn notify(notification: Notification) {
    if !ON_RUNTIME_THREAD.get() {
        return call(notification);
    }
    let batched = BATCH.with_borrow_mut(|batch| {
        batch.notifications.push(notification);
        if batch.notifications.len() == 1
            && let Some(waker) = &batch.waker
        {
            // The task is put behind those that are ready.
            waker.wake_by_ref();
        }
        batch.notifications.len()
    });
    if batched >= MAX_BATCHED {
        call_batch();
    }
}

/// The task that calls the batched notifications.
fn poll_batch(context: &mut Context<'_>) -> Poll<()> {
    BATCH.with_borrow_mut(|batch| batch.waker = Some(context.waker().clone()));
    call_batch();
    Poll::Pending
}

fn call_batch() {
    // The batch is not borrowed during the calls: a notification may add another.
    let notifications = BATCH.with_borrow_mut(|batch| mem::take(&mut batch.notifications));
    notifications.into_iter().for_each(call);
}

/// A panic of a notification must not end the I/O thread.
fn call(notification: Notification) {
    // The panic hook has reported the panic.
    let _ = catch_unwind(AssertUnwindSafe(notification));
}

/// Runs a future on the I/O thread and waits for its result. The caller must not hold a lock.
pub(crate) fn block_on<T: Send + 'static>(
    deadline: Deadline,
    future: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    check_may_block()?;
    let (sender, receiver) = std::sync::mpsc::sync_channel(1);
    let future = observer::in_scope(observer::current(), future);
    spawn(Box::pin(async move {
        // An error means that the caller no longer waits.
        let _ = sender.send(future.await);
    }))?;
    receiver
        .recv_timeout(deadline.left() + WATCHDOG_GRACE)
        .unwrap_or_else(|e| {
            Err(match e {
                RecvTimeoutError::Timeout => deadline.error(),
                RecvTimeoutError::Disconnected => Error::new(
                    ErrorKind::Internal,
                    "the operation was aborted inside the library; please report this",
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
        assert_eq!(block_on(soon(), async { Ok(7) }).ok(), Some(7));
    }

    #[test]
    fn a_panic_becomes_an_error_and_harms_no_other_operation() {
        let error = block_on::<()>(soon(), async { panic!("on purpose") }).expect_err("a panic");
        assert_eq!(error.kind(), ErrorKind::Internal);
        assert_eq!(block_on(soon(), async { Ok(7) }).ok(), Some(7));
    }
}
