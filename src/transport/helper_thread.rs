//! Short-lived threads for functions that block, such as name lookups and reads of files. The I/O thread must not block, and
//! an operation does not wait longer than its deadline.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

/// Runs a function on a thread of its own. It is called on the I/O thread, whose signal mask the new thread inherits.
///
/// The function cannot be cancelled. If the future is dropped, the thread continues, and drops the result at its end. The
/// result may therefore contain a permit or a lock that limits the number of threads.
pub(crate) async fn run_on_thread<T: Send + 'static>(
    name: &'static str,
    function: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let result = Arc::new(Mutex::new(None));
    let output = Arc::clone(&result);
    let function = move || {
        let value = function();
        *output.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    };
    run(name, Box::new(function)).await?;
    let value = result.lock().unwrap_or_else(PoisonError::into_inner).take();
    value.ok_or_else(|| {
        io::Error::other(format!(
            "the thread {name} was aborted inside the library; please report this"
        ))
    })
}

type Function = Box<dyn FnOnce() + Send>;

/// Waits until the function has returned or panicked. It is not generic, so that the library contains its code once.
fn run(name: &'static str, function: Function) -> BoxFuture<'static, io::Result<()>> {
    Box::pin(async move {
        let (sender, ended) = oneshot::channel::<()>();
        let function = move || {
            let _sender = sender;
            function();
        };
        let started = start_thread(thread::Builder::new(), name, Box::new(function));
        let thread = started.map_err(|e| {
            let message = format!("the thread {name} cannot be started: {e}");
            io::Error::new(e.kind(), message)
        })?;
        // The sender is dropped without a message.
        let _ = ended.await;
        let _ = thread.join();
        Ok(())
    })
}

pub(crate) fn start_thread(
    thread: thread::Builder,
    name: &'static str,
    function: Function,
) -> io::Result<JoinHandle<()>> {
    thread.name(name.to_owned()).spawn(function)
}

#[cfg(all(test, not(feature = "model-checking")))]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    use tokio::runtime::Builder;
    use tokio::sync::{Mutex, OwnedMutexGuard};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(60);

    fn run(test: impl Future<Output = ()>) {
        let runtime = Builder::new_current_thread().enable_time().build();
        runtime.expect("a runtime").block_on(test);
    }

    fn locked(mutex: &Arc<Mutex<()>>) -> OwnedMutexGuard<()> {
        Arc::clone(mutex).try_lock_owned().expect("not locked")
    }

    #[test]
    fn the_caller_can_continue_while_the_function_blocks() {
        run(async {
            let (sender, receiver) = channel();
            let blocking = run_on_thread("test", move || receiver.recv_timeout(LIMIT));
            let send = async { sender.send(7).expect("a receiver") };
            let (received, ()) = futures_util::future::join(blocking, send).await;
            assert_eq!(received.expect("a thread"), Ok(7));
        });
    }

    #[test]
    fn a_panic_is_an_error_and_releases_a_lock() {
        run(async {
            let mutex = Arc::default();
            let guard = locked(&mutex);
            let panicking = run_on_thread("test", move || {
                let _guard = guard;
                panic!("on purpose")
            });
            let error = panicking.await.map(|(): ()| ()).expect_err("a panic");
            assert!(error.to_string().contains("aborted"), "{error}");
            drop(locked(&mutex));
        });
    }

    #[test]
    fn a_cancelled_call_releases_a_lock_when_the_function_has_ended() {
        run(async {
            let mutex = Arc::default();
            let (sender, receiver): (_, Receiver<()>) = channel();
            let guard = locked(&mutex);
            let blocking = run_on_thread("test", move || {
                let _ = receiver.recv_timeout(LIMIT);
                guard
            });
            let cancelled = tokio::time::timeout(Duration::ZERO, blocking).await;
            assert!(cancelled.is_err());
            assert!(mutex.try_lock().is_err());
            drop(sender);
            drop(mutex.lock().await);
        });
    }

    #[test]
    fn a_thread_that_cannot_be_started_is_an_error_and_releases_a_lock() {
        let mutex = Arc::default();
        let guard = locked(&mutex);
        // No system has memory for such a stack.
        let thread = thread::Builder::new().stack_size(1 << 60);
        let started = start_thread(thread, "test", Box::new(move || drop(guard)));
        assert!(started.is_err());
        drop(locked(&mutex));
    }
}
