//! One deadline for a whole operation, for all its requests and attempts.

use std::future::Future;
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind, Result};

/// A point in time, and the time limit that it was computed from.
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

    /// When the operation began.
    pub(crate) fn began(&self) -> Instant {
        self.at.checked_sub(self.total).unwrap_or(self.at)
    }

    /// The time that is left, zero after the deadline.
    pub(crate) fn left(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// Awaits a future until the deadline. Some futures check the deadline themselves, and return an error that describes
    /// the attempts. They get a little more time for it.
    pub(crate) async fn limit<T>(&self, future: impl Future<Output = Result<T>>) -> Result<T> {
        const ERROR_GRACE: Duration = Duration::from_millis(50);
        match tokio::time::timeout(self.left() + ERROR_GRACE, future).await {
            Ok(result) => result,
            Err(_) => Err(self.error()),
        }
    }

    pub(crate) fn error(&self) -> Error {
        Error::new(
            ErrorKind::Timeout,
            format!(
                "no response within {:?}; timeout= in the URI sets another limit",
                self.total
            ),
        )
    }

    /// The error of an attempt. Its time limit may have ended before the deadline, to leave time for another attempt.
    pub(crate) fn error_after(&self, limit: Duration) -> Error {
        if self.left().is_zero() {
            return self.error();
        }
        Error::new(
            ErrorKind::Timeout,
            format!(
                "no response within {:.1} s, the time limit of this attempt; timeout= in the URI allows more than {:?}",
                limit.as_secs_f64(),
                self.total
            ),
        )
    }
}
