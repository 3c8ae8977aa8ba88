//! The completion of an operation that was started: its result, and those who wait for it.

use std::marker::PhantomData;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::{AbortHandle, Abortable};

use super::driver::{Job, Received};
use super::steps::{OperationResult, Output, OutputKind, typed};
use crate::error::{Error, ErrorKind, Result};
use crate::sync::{Condvar, Mutex, MutexGuard};
use crate::transport::{Deadline, runtime};

/// An operation that was started. [`Operation::wait`] takes its result.
///
/// Dropping it does not cancel the operation; [`Operation::cancel`] does.
pub struct Operation<T> {
    completion: Arc<Completion>,
    abort: AbortHandle,
    job: Job,
    result: PhantomData<fn() -> T>,
}

/// Called on the I/O thread when the result can be taken.
pub(crate) type Notify = Box<dyn FnOnce() + Send>;

impl Operation<Output> {
    /// Starts a job whose arguments were checked. The task of an operation is large, so it exists once in the library, not
    /// once for each type of result.
    pub(super) fn start(job: Job, notify: Option<Notify>) -> Result<Self> {
        let prepared = job.prepare().map_err(|e| job.failed(e))?;
        let (abort, registration) = AbortHandle::new_pair();
        let completion = Arc::new(Completion::default());
        let completer = Completer {
            completion: Arc::clone(&completion),
            notify,
            started: false,
        };
        let task_job = job.clone();
        runtime::spawn(Box::pin(async move {
            // Without this line, the task would own only the fields that it uses, and would not drop the completer.
            let mut completer = completer;
            completer.started = true;
            let received = Abortable::new(task_job.receive(prepared), registration).await;
            let received = received.unwrap_or_else(|_| Err(cancelled()));
            task_job.note_received(&received);
            completer.completion.complete(|| received);
        }))
        .map_err(|e| job.failed(e))?;
        Ok(Self {
            completion,
            abort,
            job,
            result: PhantomData,
        })
    }

    /// The operation with the type of its result.
    pub(super) fn typed<T>(self) -> Operation<T> {
        self.with_type()
    }
}

impl<T: OperationResult> Operation<T> {
    /// Waits for the result and takes it. It can be taken once. A signature is verified here, on the calling thread.
    ///
    /// # Errors
    /// Those of the operation; [`ErrorKind::Cancelled`] if it was cancelled, [`ErrorKind::InvalidHandle`] if the
    /// result was taken before.
    pub fn wait(&self) -> Result<T> {
        self.check_may_wait()
            .map_err(|e| self.job.titled(e))
            .and_then(|()| self.completion.output(&self.job))
            .and_then(typed)
    }
}

impl<T> Operation<T> {
    /// The operation without the type of its result.
    pub(crate) fn untyped(self) -> Operation<Output> {
        self.with_type()
    }

    fn with_type<U>(self) -> Operation<U> {
        Operation {
            completion: self.completion,
            abort: self.abort,
            job: self.job,
            result: PhantomData,
        }
    }

    pub(crate) fn output_kind(&self) -> OutputKind {
        self.job.steps.output_kind()
    }

    /// Checks that [`Operation::wait`] can be called on this thread. In a callback it would never return, unless the
    /// result is available.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`].
    pub fn check_may_wait(&self) -> Result<()> {
        match self.completion.lock().completed {
            true => Ok(()),
            false => runtime::check_may_block(),
        }
    }

    /// Whether [`Operation::wait`] on this thread would return at once: the result is available, and the callback has
    /// returned or is running on this thread. It remains true after the result was taken.
    pub fn is_ready(&self) -> bool {
        self.completion.is_ready()
    }

    /// Waits until [`Operation::is_ready`] is true, at most for `timeout`. It takes no result: the operation continues
    /// after an error, and [`Operation::wait`] can be called later. Callbacks that do not return delay the result beyond
    /// the operation's deadline; only [`Operation::wait`] stops waiting for them.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`] if it is not ready in time; [`ErrorKind::InvalidArgument`] in a callback of another
    /// operation, which must not wait, unless it is ready.
    pub fn wait_ready(&self, timeout: Duration) -> Result<()> {
        self.check_may_wait()
            .and_then(|()| match self.completion.wait_ready(timeout) {
                true => Ok(()),
                false => Err(not_ready(timeout)),
            })
            .map_err(|e| self.job.titled(e))
    }

    /// Cancels the operation, unless its result is available. The callback is called as usual.
    pub fn cancel(&self) {
        self.abort.abort();
    }

    /// Whether a thread has waited for the result, and the callback has returned or is never called.
    pub(crate) fn is_over(&self) -> bool {
        let state = self.completion.lock();
        state.taken && state.callback.is_over()
    }

    /// Whether a thread has waited for the result.
    pub(crate) fn is_taken(&self) -> bool {
        self.completion.lock().taken
    }

    /// Cancels several operations and waits until their callbacks have returned. A callback that does not start in time is
    /// never called. On the I/O thread, which would wait for itself, it does not wait.
    pub(crate) fn cancel_all(operations: &[Arc<Self>]) {
        operations.iter().for_each(|operation| operation.cancel());
        if runtime::check_may_block().is_err() {
            return;
        }
        let until = Instant::now() + CALLBACK_TIMEOUT;
        for operation in operations {
            drop(operation.completion.wait_for_callback(until));
            operation.job.report_untaken();
        }
    }
}

/// scwkms_free() waits this long for callbacks to start.
const CALLBACK_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Default)]
struct Completion {
    state: Mutex<CompletionState>,
    changed: Condvar,
}

#[derive(Default)]
struct CompletionState {
    result: Option<Result<Received>>,
    /// The result is available, or was taken.
    completed: bool,
    /// A thread has waited for the result.
    taken: bool,
    callback: CallbackState,
    /// The number of waiting threads. If it is 0, the wake-up is skipped, which would be a system call.
    waiting: usize,
}

/// The state of an operation's callback, also if the operation has none.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum CallbackState {
    #[default]
    Pending,
    Running,
    Returned,
    /// A thread stopped waiting for it. It is never called.
    Withdrawn,
}

impl CallbackState {
    fn is_over(self) -> bool {
        matches!(self, Self::Returned | Self::Withdrawn)
    }
}

impl Completion {
    /// Waits for the result of a job and validates it.
    fn output(&self, job: &Job) -> Result<Output> {
        self.take(job.deadline)
            .map_err(|e| job.titled(e))
            .and_then(|received| job.reported(job.output(received)))
    }

    fn take(&self, deadline: Deadline) -> Result<Received> {
        // Inside the callback the result can be taken. All other threads wait until the callback has returned, so that
        // it does not run after this call.
        let mut state = match runtime::check_may_block() {
            Ok(()) => {
                self.wait_for_callback(Instant::now() + deadline.left() + runtime::WATCHDOG_GRACE)
            }
            Err(_) => self.lock(),
        };
        state.taken = true;
        if !state.completed {
            return Err(deadline.error());
        }
        state.result.take().unwrap_or_else(|| {
            Err(Error::new(
                ErrorKind::InvalidHandle,
                "the result was taken before",
            ))
        })
    }

    /// The state is consistent even if a thread panicked while it held the lock.
    fn lock(&self) -> MutexGuard<'_, CompletionState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the callback has returned. If it has not started by `until`, it is withdrawn; if it is running, there is
    /// no time limit.
    fn wait_for_callback(&self, until: Instant) -> MutexGuard<'_, CompletionState> {
        let mut state = self.lock();
        state.waiting += 1;
        while !state.callback.is_over() {
            let left = until.saturating_duration_since(Instant::now());
            state = match state.callback {
                CallbackState::Pending if left.is_zero() => {
                    state.callback = CallbackState::Withdrawn;
                    self.wake(&state);
                    state
                }
                CallbackState::Pending => {
                    let waited = self.changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                _ => {
                    let waited = self.changed.wait(state);
                    waited.unwrap_or_else(PoisonError::into_inner)
                }
            };
        }
        state.waiting -= 1;
        state
    }

    /// Whether `take` would not wait. Inside the callback, which runs on the I/O thread, it does not wait for the callback.
    fn is_ready(&self) -> bool {
        let state = self.lock();
        match runtime::check_may_block() {
            Ok(()) => state.callback.is_over(),
            Err(_) => state.completed,
        }
    }

    /// Waits until `take` would not wait, and returns false after `timeout`. The callback is not withdrawn.
    fn wait_ready(&self, timeout: Duration) -> bool {
        if runtime::check_may_block().is_err() {
            return self.is_ready();
        }
        let began = Instant::now();
        let mut state = self.lock();
        state.waiting += 1;
        while !state.callback.is_over() {
            let left = timeout.saturating_sub(began.elapsed());
            if left.is_zero() {
                break;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.waiting -= 1;
        state.callback.is_over()
    }

    /// Wakes the threads that wait for the callback.
    fn wake(&self, state: &CompletionState) {
        if state.waiting > 0 {
            self.changed.notify_all();
        }
    }

    /// Stores the result, unless there is one.
    fn complete(&self, result: impl FnOnce() -> Result<Received>) {
        // Waiting threads wait for the callback, so none is woken here.
        let mut state = self.lock();
        if !state.completed {
            state.result = Some(result());
            state.completed = true;
        }
    }

    /// Calls the callback, unless it was withdrawn.
    fn call(&self, callback: Option<Notify>) {
        if self.lock().begin_callback() {
            let _running = RunningCallback(self);
            if let Some(callback) = callback {
                callback();
            }
        }
    }
}

impl CompletionState {
    /// Claims the callback. Exactly one thread calls or withdraws it.
    fn begin_callback(&mut self) -> bool {
        let pending = self.callback == CallbackState::Pending;
        if pending {
            self.callback = CallbackState::Running;
        }
        pending
    }
}

/// A callback that is running. Its end is noted even if it panics.
struct RunningCallback<'a>(&'a Completion);

impl Drop for RunningCallback<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.callback = CallbackState::Returned;
        self.0.wake(&state);
    }
}

/// Completes an operation when it is dropped, also after a panic.
struct Completer {
    completion: Arc<Completion>,
    notify: Option<Notify>,
    /// The operation reached the I/O thread. Otherwise `start` has returned an error, and the callback is not called.
    started: bool,
}

impl Drop for Completer {
    fn drop(&mut self) {
        self.completion.complete(|| Err(aborted()));
        let completion = Arc::clone(&self.completion);
        let callback = self.notify.take().filter(|_| self.started);
        runtime::notify(Box::new(move || completion.call(callback)));
    }
}

fn cancelled() -> Error {
    Error::new(ErrorKind::Cancelled, "the operation was cancelled")
}

fn not_ready(timeout: Duration) -> Error {
    Error::new(
        ErrorKind::Timeout,
        format!("no result within {timeout:?}; the operation continues"),
    )
}

fn aborted() -> Error {
    Error::new(
        ErrorKind::Internal,
        "the operation was aborted inside the library; please report this",
    )
}

#[cfg(all(test, feature = "model-checking"))]
mod model;
