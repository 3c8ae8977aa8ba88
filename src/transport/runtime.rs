//! The I/O thread, which serves all clients of the process. It ends after the last client.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::Builder;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::runtime::{self, Handle};
use tokio::sync::{Notify, mpsc};

use super::deadline::Deadline;
use super::helper_thread::start_thread;
use super::signals;
use crate::error::{Error, ErrorKind, Result};
use crate::fork::PerProcess;
use crate::observer;

/// Futures check the deadline themselves. A waiting thread returns this long after the deadline, in case a future failed to
/// stop.
pub(crate) const WATCHDOG_GRACE: Duration = Duration::from_secs(5);

/// Until all tasks have ended, their number is looked at in intervals between these.
const MIN_END_INTERVAL: Duration = Duration::from_millis(1);
const MAX_END_INTERVAL: Duration = Duration::from_millis(100);

/// The tasks that [`start`] spawns. They do not end before the thread.
const OWN_TASKS: usize = 2;

#[derive(Default)]
struct State {
    /// A user is counted before it takes the lock of `runtime`, so [`end`] finds it or the user finds no runtime.
    users: AtomicUsize,
    /// The I/O thread of this process, if it is running.
    runtime: Mutex<Option<Runtime>>,
}

struct Runtime {
    /// Tasks from other threads. The first one wakes the I/O thread, which costs a system call; the others are found
    /// when it is awake.
    tasks: mpsc::UnboundedSender<Task>,
    /// The last user was dropped.
    unused: Arc<Notify>,
}

type Task = (BoxFuture<'static, ()>, User);

static STATE: PerProcess<State> = PerProcess::new();

/// A user of the I/O thread: a client or a task. The thread is started by the first task. After the last user was dropped, it
/// ends as soon as all connections are closed.
pub(crate) struct User(&'static State);

impl User {
    pub(crate) fn new() -> Result<Self> {
        let state = STATE.get(|| Ok(State::default()))?;
        state.users.fetch_add(1, SeqCst);
        Ok(Self(state))
    }
}

impl Drop for User {
    fn drop(&mut self) {
        // A child of fork() has no copy of the thread, and the lock may remain locked.
        let is_own = STATE.existing().is_some_and(|own| ptr::eq(own, self.0));
        if self.0.users.fetch_sub(1, SeqCst) > 1 || !is_own {
            return;
        }
        let unused = self
            .0
            .lock()
            .as_ref()
            .map(|runtime| Arc::clone(&runtime.unused));
        // It is notified without the lock: a thread can be cancelled while it wakes another.
        if let Some(unused) = unused {
            unused.notify_one();
        }
    }
}

impl State {
    /// The runtime is consistent even if a thread panicked while it held the lock.
    fn lock(&self) -> MutexGuard<'_, Option<Runtime>> {
        self.runtime.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_unused(&self) -> bool {
        self.users.load(SeqCst) == 0
    }
}

fn start(state: &'static State) -> Result<Runtime> {
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
    let (tasks, mut incoming) = mpsc::unbounded_channel::<Task>();
    runtime.spawn(async move {
        while let Some((future, user)) = incoming.recv().await {
            tokio::spawn(async move {
                let _user = user;
                future.await;
            });
        }
    });
    runtime.spawn(poll_fn(poll_batch));
    let unused = Arc::new(Notify::new());
    let notified = Arc::clone(&unused);
    let run = move || {
        signals::block();
        ON_RUNTIME_THREAD.set(true);
        runtime.block_on(until_unused(state, &notified));
        drop(runtime);
        while call_batch() > 0 {}
    };
    start_thread(Builder::new(), "scwkms", Box::new(run)).map_err(unstartable)?;
    Ok(Runtime { tasks, unused })
}

/// Returns when there are no users and no tasks. The next task starts another thread.
async fn until_unused(state: &State, unused: &Notify) {
    let metrics = Handle::current().metrics();
    loop {
        unused.notified().await;
        let mut interval = MIN_END_INTERVAL;
        while state.is_unused() {
            if metrics.num_alive_tasks() <= OWN_TASKS && end(state) {
                return;
            }
            tokio::time::sleep(interval).await;
            interval = (interval * 2).min(MAX_END_INTERVAL);
        }
    }
}

/// Whether there are no users. A task is sent by a user, so no task is lost.
fn end(state: &State) -> bool {
    let mut runtime = state.lock();
    let is_unused = state.is_unused();
    if is_unused {
        *runtime = None;
    }
    is_unused
}

/// The sender of tasks to the I/O thread, which is started if necessary.
fn tasks(state: &'static State) -> Result<mpsc::UnboundedSender<Task>> {
    let mut runtime = state.lock();
    let runtime = match &mut *runtime {
        Some(runtime) => runtime,
        missing => missing.insert(start(state)?),
    };
    Ok(runtime.tasks.clone())
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
    let user = User::new()?;
    tasks(user.0)?.send((future, user)).map_err(|_| {
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

/// Returns the number of notifications.
fn call_batch() -> usize {
    // The batch is not borrowed during the calls: a notification may add another.
    let notifications = BATCH.with_borrow_mut(|batch| mem::take(&mut batch.notifications));
    let count = notifications.len();
    notifications.into_iter().for_each(call);
    count
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
