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
    /// How long was waited after each but the last.
    waits: Vec<Duration>,
    /// What the last attempt gave, while the next one is waited for.
    last: Option<Result<Answer, Failure>>,
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
            waits: Vec::new(),
            last: None,
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
    pub(super) fn late(&self, reach: Reach) -> Failure {
        Failure {
            error: self.deadline.error(),
            reach,
        }
    }

    /// Decides whether there is another attempt. Without time or budget the last result stands.
    pub(super) fn next(&mut self, result: Result<Answer, Failure>) -> Next {
        let Some(wait) = wait_before_next(&result, self.made, self.repeatable) else {
            return Next::Done(self.conclude(result, None));
        };
        let obstacle = if wait >= self.deadline.left() {
            "another would not have fitted the deadline"
        } else if !self.budget.withdraw() {
            "the budget for retries is used up, since too many of this client's requests fail"
        } else {
            self.waits.push(wait);
            self.last = Some(result);
            return Next::Wait(wait);
        };
        Next::Done(self.conclude(result, Some(obstacle)))
    }

    /// The end where the client was closed while another attempt was waited for.
    pub(super) fn give_up(&mut self) -> Result<Answer> {
        self.waits.pop();
        let last = self
            .last
            .take()
            .unwrap_or_else(|| Err(self.late(Reach::Unknown)));
        self.conclude(last, Some("the client was freed before another"))
    }

    /// The last attempt's result, with what it took to get there and why there was no other.
    fn conclude(&self, result: Result<Answer, Failure>, obstacle: Option<&str>) -> Result<Answer> {
        let effort = (self.made > 1 || obstacle.is_some()).then(|| self.effort(obstacle));
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

    /// `3 attempts were made in 1.2 s, with waits of 0.08 and 0.15 s in between`
    fn effort(&self, obstacle: Option<&str>) -> String {
        let seconds = self.begun.elapsed().as_secs_f64();
        let mut text = match self.made {
            1 => format!("1 attempt was made in {seconds:.1} s"),
            made => format!("{made} attempts were made in {seconds:.1} s"),
        };
        let waits: Vec<String> = self
            .waits
            .iter()
            .map(|wait| format!("{:.2}", wait.as_secs_f64()))
            .collect();
        match waits.as_slice() {
            [] => {}
            [wait] => text += &format!(", with a wait of {wait} s in between"),
            [first @ .., last] => {
                text += &format!(
                    ", with waits of {} and {last} s in between",
                    first.join(", ")
                );
            }
        }
        if let Some(obstacle) = obstacle {
            text += "; ";
            text += obstacle;
        }
        text
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
        Some(asked) => asked.saturating_add(jittered(BASE_WAIT, 1)),
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
