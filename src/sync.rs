//! The synchronisation of the structures that several threads use at a time. With the feature `model-checking` it is that of shuttle,
//! which executes many interleavings of the threads in a test (`make test-model`).

#[cfg(not(feature = "model-checking"))]
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard, atomic};

#[cfg(not(feature = "model-checking"))]
pub(crate) use tokio::{spawn, time::timeout};

#[cfg(feature = "model-checking")]
pub(crate) use shuttle::{
    future::spawn,
    sync::{Condvar, Mutex, MutexGuard, atomic},
};

/// shuttle has no clock, so there are no timeouts.
#[cfg(feature = "model-checking")]
pub(crate) async fn timeout<F: Future>(
    _limit: std::time::Duration,
    future: F,
) -> Result<F::Output, std::convert::Infallible> {
    Ok(future.await)
}
