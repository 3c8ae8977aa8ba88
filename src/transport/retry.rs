//! When to try again, and how long to wait before.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::StatusCode;
use http::header::{HeaderMap, RETRY_AFTER};
use tower::retry::budget::{Budget, TpsBudget};

use super::failure::{Failure, Reach};
use super::{Answer, Deadline};
use crate::error::Result;

/// The first try and three more.
const ATTEMPTS: u32 = 4;
const BASE_WAIT: Duration = Duration::from_millis(100);
const BASE_WAIT_WHEN_LIMITED: Duration = Duration::from_secs(1);

/// Whether sending a request twice does no harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeatable {
    /// Reads and cryptographic operations: always.
    Always,
    /// Requests that change something: only where the first one surely was not processed.
    IfNotProcessed,
}

/// How many retries a client may add to its load, so that a failing service is not hammered:
/// a fifth of its requests, and ten a second beside that, over the last ten seconds.
pub(crate) type RetryBudget = TpsBudget;

/// The attempts at one request.
pub(super) struct Attempts {
    repeatable: Repeatable,
    deadline: Deadline,
    budget: Arc<RetryBudget>,
    begun: Instant,
    made: u32,
}

/// What follows an attempt.
pub(super) enum Next {
    Wait(Duration),
    Done(Result<Answer>),
}

impl Attempts {
    pub(super) fn new(
        repeatable: Repeatable,
        deadline: Deadline,
        budget: Arc<RetryBudget>,
    ) -> Self {
        budget.deposit();
        Self {
            repeatable,
            deadline,
            budget,
            begun: Instant::now(),
            made: 0,
        }
    }

    /// Begins an attempt and tells how long it may take: one that may be repeated leaves time for
    /// another, so that a lost answer does not cost the operation.
    pub(super) fn begin(&mut self) -> Duration {
        self.made += 1;
        let left = self.deadline.left();
        if self.repeatable == Repeatable::Always && self.made < ATTEMPTS {
            left * 2 / 3
        } else {
            left
        }
    }

    /// The attempt that has begun did not come about after all.
    #[cfg(unix)]
    pub(super) fn take_back(&mut self) {
        self.made -= 1;
    }

    /// The end of an attempt whose time was up.
    pub(super) fn late(&self) -> Failure {
        Failure {
            error: self.deadline.error(),
            reach: Reach::Unknown,
        }
    }

    /// Decides whether there is another attempt. Without time or budget the last result stands.
    pub(super) fn next(&self, result: Result<Answer, Failure>) -> Next {
        match wait_before_next(&result, self.made, self.repeatable) {
            Some(wait) if wait < self.deadline.left() && self.budget.withdraw() => Next::Wait(wait),
            _ => Next::Done(conclude(result, self.made, self.begun)),
        }
    }
}

/// The wait before another attempt, or `None` where there is none to make.
fn wait_before_next(
    result: &Result<Answer, Failure>,
    made: u32,
    repeatable: Repeatable,
) -> Option<Duration> {
    if made >= ATTEMPTS {
        return None;
    }
    let always = repeatable == Repeatable::Always;
    match result {
        Ok(answer) => match answer.status {
            // The service refuses these before it does anything.
            StatusCode::TOO_MANY_REQUESTS => Some(wait(answer, BASE_WAIT_WHEN_LIMITED, made)),
            StatusCode::REQUEST_TIMEOUT
            | StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
                if always =>
            {
                Some(wait(answer, BASE_WAIT, made))
            }
            _ => None,
        },
        Err(failure) => match failure.reach {
            Reach::NotSent => Some(jittered(BASE_WAIT, made)),
            Reach::Unknown if always => Some(jittered(BASE_WAIT, made)),
            Reach::Unknown | Reach::Lasting => None,
        },
    }
}

/// What the service asked for, else a random part of a doubling span ("full jitter").
fn wait(answer: &Answer, base: Duration, made: u32) -> Duration {
    match answer.retry_after {
        Some(asked) => asked + jittered(BASE_WAIT, 1),
        None => jittered(base, made),
    }
}

fn jittered(base: Duration, made: u32) -> Duration {
    (base * 2_u32.pow(made - 1)).mul_f64(fastrand::f64())
}

/// Retry-After in seconds (RFC 9110, section 10.2.3). Its date form would need the server's
/// clock to be ours; the usual wait serves there.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

/// The last attempt's result, with what it took to get there.
fn conclude(result: Result<Answer, Failure>, made: u32, begun: Instant) -> Result<Answer> {
    let effort = (made > 1).then(|| {
        format!(
            "{made} attempts were made in {:.1} s",
            begun.elapsed().as_secs_f64()
        )
    });
    match result {
        Ok(answer) => Ok(Answer { effort, ..answer }),
        Err(Failure { error, reach }) => {
            let error = match reach {
                Reach::Unknown => error.uncertain(),
                Reach::NotSent | Reach::Lasting => error,
            };
            Err(match effort {
                Some(effort) => error.note(effort),
                None => error,
            })
        }
    }
}
