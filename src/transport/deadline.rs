//! One deadline for a whole operation, however many requests and attempts it takes.

use std::future::Future;
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind, Result};

/// A point in time, and how far away it was when the operation began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    at: Instant,
    total: Duration,
}

impl Deadline {
    pub(crate) fn after(total: Duration) -> Self {
        Self {
            at: Instant::now() + total,
            total,
        }
    }

    /// What is left, zero once it has passed.
    pub(crate) fn left(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// Awaits a future, but not beyond the deadline. If it keeps the deadline itself it has a moment
    /// more, since its own error tells what was tried.
    pub(crate) async fn limit<T>(&self, future: impl Future<Output = Result<T>>) -> Result<T> {
        const MOMENT: Duration = Duration::from_millis(50);
        match tokio::time::timeout(self.left() + MOMENT, future).await {
            Ok(result) => result,
            Err(_) => Err(self.error()),
        }
    }

    pub(crate) fn error(&self) -> Error {
        Error::new(
            ErrorKind::Timeout,
            format!(
                "no answer within {:?}; timeout= in the URI sets another limit",
                self.total
            ),
        )
    }
}
