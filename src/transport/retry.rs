//! Whether another attempt follows, and how long to wait before it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::StatusCode;
use tower::retry::budget::{Budget, TpsBudget};

use super::attempt_error::{AttemptError, Delivery};
use super::deadline::Deadline;
use super::pacing::TooLate;
use super::request::Idempotency;
use super::response::Response;
use crate::error::{Error, ErrorKind, Result};
use crate::observer::{self, Event};

/// The first attempt and three more.
const MAX_ATTEMPTS: u32 = 4;
const BASE_WAIT: Duration = Duration::from_millis(100);
const BASE_WAIT_WHEN_LIMITED: Duration = Duration::from_secs(1);

/// Limits the retries of a client, so that they do not overload a failing service. Within ten seconds a client may make
/// ten retries per second, and one retry for every five requests.
pub(super) type RetryBudget = TpsBudget;

/// The attempts of one exchange.
pub(super) struct RetryState {
    idempotency: Idempotency,
    deadline: Deadline,
    budget: Arc<RetryBudget>,
    begun: Instant,
    attempts: u32,
    /// Attempts that the service refused because of its rate limit. They do not count as attempts.
    refused: u32,
    /// The time limit of the last attempt.
    attempt_limit: Duration,
    /// The waits between the attempts.
    waits: Vec<Duration>,
    /// The result of the last attempt, during the wait for the next one.
    last: Option<Result<Response, AttemptError>>,
}

/// What follows an attempt.
pub(super) enum Next {
    /// Another attempt, after a wait.
    Retry(Duration),
    /// The same attempt again, after a wait: the service refused it because of its rate limit.
    Refused(Duration),
    /// Another attempt, if there is another secret key: the service did not accept the one that was sent.
    Unauthorized(Response),
    Done(Result<Response>),
}

impl RetryState {
    pub(super) fn new(
        idempotency: Idempotency,
        deadline: Deadline,
        budget: Arc<RetryBudget>,
    ) -> Self {
        budget.deposit();
        Self {
            idempotency,
            deadline,
            budget,
            begun: Instant::now(),
            attempts: 0,
            refused: 0,
            attempt_limit: Duration::ZERO,
            waits: Vec::new(),
            last: None,
        }
    }

    /// Begins an attempt and returns its time limit. An idempotent request leaves time for another attempt, so
    /// that one lost response does not fail the operation.
    pub(super) fn begin_attempt(&mut self) -> Duration {
        self.attempts += 1;
        observer::note_attempt();
        let left = self.deadline.left();
        self.attempt_limit = match self.idempotency {
            Idempotency::Idempotent if self.attempts < MAX_ATTEMPTS => left * 2 / 3,
            _ => left,
        };
        self.attempt_limit
    }

    /// The attempt that has begun sent nothing, and does not count.
    #[cfg(unix)]
    pub(super) fn undo_attempt(&mut self) {
        self.attempts -= 1;
        observer::undo_attempt();
    }

    /// The error of an attempt that reached its time limit.
    pub(super) fn timed_out(&self, delivery: Delivery) -> AttemptError {
        AttemptError {
            error: self.deadline.error_after(self.attempt_limit),
            delivery,
        }
    }

    /// Decides whether another attempt follows. If there is no time or no budget for it, the result is final.
    pub(super) fn next(&mut self, result: Result<Response, AttemptError>) -> Next {
        if let Ok(response) = &result
            && response.is_refusal()
        {
            return self.after_refusal(wait_after_refusal(response, self.refused), result);
        }
        let Some(wait) = wait_before_next(&result, self.attempts, self.idempotency) else {
            return Next::Done(self.conclude(result, None));
        };
        let obstacle = if wait >= self.deadline.left() {
            DOES_NOT_FIT
        } else if !self.budget.withdraw() {
            "the budget for retries is used up, since too many of this client's requests fail"
        } else {
            self.waits.push(wait);
            self.last = Some(result);
            return Next::Retry(wait);
        };
        Next::Done(self.conclude(result, Some(obstacle)))
    }

    fn after_refusal(&mut self, wait: Duration, result: Result<Response, AttemptError>) -> Next {
        self.refused += 1;
        emit_rate_limited(wait, &result);
        self.attempts -= 1;
        if wait >= self.deadline.left() {
            return Next::Done(self.conclude(result, Some(DOES_NOT_FIT)));
        }
        self.last = Some(result);
        Next::Refused(wait)
    }

    pub(super) fn deadline(&self) -> Deadline {
        self.deadline
    }

    /// The final result if another attempt cannot be sent before the deadline, because of the service's rate limit.
    pub(super) fn too_late(&mut self, late: TooLate) -> Result<Response> {
        match (self.last.take(), late.limit) {
            (Some(last), _) => self.conclude(last, Some(&describe_late(&late))),
            (None, Some(_)) => Err(Error::new(ErrorKind::RateLimited, describe_late(&late))),
            // No request has a response yet, so there may be no limit.
            (None, None) => Err(self.deadline.error()),
        }
    }

    /// The final result if there is no other secret key. `obstacle` is the reason why its file was not read again.
    pub(super) fn unauthorized(
        &self,
        response: Response,
        obstacle: Option<&str>,
    ) -> Result<Response> {
        self.conclude(Ok(response), obstacle)
    }

    /// The final result if the client was closed during the wait for another attempt.
    pub(super) fn cancelled(&mut self) -> Result<Response> {
        self.waits.pop();
        let last = self
            .last
            .take()
            .unwrap_or_else(|| Err(self.timed_out(Delivery::Unknown)));
        self.conclude(last, Some("the client was closed before another"))
    }

    /// The last attempt's result, with a summary of all attempts and the reason why no other followed.
    fn conclude(
        &self,
        result: Result<Response, AttemptError>,
        obstacle: Option<&str>,
    ) -> Result<Response> {
        let attempt_summary = (self.attempts + self.refused > 1 || obstacle.is_some())
            .then(|| self.attempt_summary(obstacle));
        let AttemptError { error, delivery } = match result {
            Ok(response) => {
                return Ok(Response {
                    attempt_summary,
                    ..response
                });
            }
            Err(e) => e,
        };
        let error = match delivery {
            Delivery::Unknown => error.outcome_unknown(),
            Delivery::NotSent | Delivery::Permanent => error,
        };
        Err(match attempt_summary {
            Some(summary) => error.note(summary),
            None => error,
        })
    }

    /// `3 attempts were made in 1.2 s, with waits of 0.08 and 0.15 s in between`
    fn attempt_summary(&self, obstacle: Option<&str>) -> String {
        let seconds = self.begun.elapsed().as_secs_f64();
        let waits = describe_waits(&self.waits);
        let attempts = match self.attempts {
            0 => None,
            1 => Some(format!("1 attempt was made in {seconds:.1} s{waits}")),
            n => Some(format!("{n} attempts were made in {seconds:.1} s{waits}")),
        };
        let refused = match self.refused {
            0 => None,
            n => Some(format!(
                "the service refused {n} requests in {seconds:.1} s because of its rate limit"
            )),
        };
        let parts = [attempts, refused, obstacle.map(str::to_owned)];
        parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}

const DOES_NOT_FIT: &str = "another would not have fitted the deadline";

fn describe_late(late: &TooLate) -> String {
    let limit = match late.limit {
        Some((limit, window)) => format!("the service accepts {limit} requests in {window:?}"),
        None => "the service limits the rate of requests".to_owned(),
    };
    let turn = match late.wait {
        Some(wait) => format!(
            "this request could be sent in {:.1} s, after its deadline",
            wait.as_secs_f64()
        ),
        None => "the turn of this request did not come before its deadline".to_owned(),
    };
    format!(
        "{limit}, and others wait: {turn}; send fewer requests, or set a longer timeout= in the URI"
    )
}

fn describe_waits(waits: &[Duration]) -> String {
    let waits: Vec<String> = waits
        .iter()
        .map(|wait| format!("{:.2}", wait.as_secs_f64()))
        .collect();
    match waits.as_slice() {
        [] => String::new(),
        [wait] => format!(", with a wait of {wait} s in between"),
        [first @ .., last] => format!(
            ", with waits of {} and {last} s in between",
            first.join(", ")
        ),
    }
}

fn emit_rate_limited(wait: Duration, result: &Result<Response, AttemptError>) {
    let request_id = match result {
        Ok(response) => response.request_id.as_deref(),
        Err(_) => None,
    };
    observer::emit(&Event::RateLimited {
        duration: wait,
        request_id,
    });
}

/// The wait before another attempt, or `None` if the result is final.
fn wait_before_next(
    result: &Result<Response, AttemptError>,
    attempts: u32,
    idempotency: Idempotency,
) -> Option<Duration> {
    if attempts >= MAX_ATTEMPTS {
        return None;
    }
    let idempotent = idempotency == Idempotency::Idempotent;
    match result {
        Ok(response) => match response.status {
            StatusCode::REQUEST_TIMEOUT
            | StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
                if idempotent =>
            {
                Some(wait_after(response, BASE_WAIT, attempts))
            }
            _ => None,
        },
        Err(e) => match e.delivery {
            Delivery::NotSent => Some(jittered(BASE_WAIT, attempts)),
            Delivery::Unknown if idempotent => Some(jittered(BASE_WAIT, attempts)),
            Delivery::Unknown | Delivery::Permanent => None,
        },
    }
}

/// The wait before a refused attempt is repeated. If the response reports the limit, the pacer determines the wait.
fn wait_after_refusal(response: &Response, refused: u32) -> Duration {
    const MAX_DOUBLINGS: u32 = 3;
    match (response.retry_after, response.rate_limit) {
        (None, Some(_)) => Duration::ZERO,
        _ => wait_after(
            response,
            BASE_WAIT_WHEN_LIMITED,
            refused.min(MAX_DOUBLINGS) + 1,
        ),
    }
}

/// The time that the service asked for, else a random part of a span that doubles with each attempt ("full
/// jitter").
fn wait_after(response: &Response, base: Duration, attempts: u32) -> Duration {
    match response.retry_after {
        Some(asked) => asked.saturating_add(jittered(BASE_WAIT, 1)),
        None => jittered(base, attempts),
    }
}

fn jittered(base: Duration, attempts: u32) -> Duration {
    (base * 2_u32.pow(attempts - 1)).mul_f64(fastrand::f64())
}

#[cfg(all(test, not(feature = "model-checking")))]
mod tests {
    use super::*;

    fn state() -> RetryState {
        let deadline = Deadline::after(Duration::from_secs(60));
        RetryState::new(Idempotency::Idempotent, deadline, Arc::default())
    }

    fn too_late(limit: Option<(usize, Duration)>) -> TooLate {
        let wait = limit.map(|_| Duration::from_secs(70));
        TooLate { wait, limit }
    }

    const LIMIT: Option<(usize, Duration)> = Some((50, Duration::from_secs(1)));

    #[test]
    fn a_failure_is_not_hidden_by_the_rate_limit() {
        let mut retry = state();
        retry.begin_attempt();
        let next = retry.next(Ok(Response::of(503, true, "{}")));
        assert!(matches!(next, Next::Retry(_)));
        let response = retry.too_late(too_late(LIMIT)).expect("a response");
        assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE);
        let summary = response.attempt_summary.expect("a summary");
        for part in ["1 attempt was made", "50 requests in 1s", "in 70.0 s"] {
            assert!(summary.contains(part), "{summary}");
        }
    }

    #[test]
    fn a_request_that_was_not_sent_is_rate_limited_only_if_there_is_a_limit() {
        for (limit, kind) in [(LIMIT, ErrorKind::RateLimited), (None, ErrorKind::Timeout)] {
            let error = state().too_late(too_late(limit)).err().expect("an error");
            assert_eq!(error.kind(), kind, "{error}");
        }
    }

    #[test]
    fn a_refused_request_is_no_attempt() {
        let mut retry = state();
        for _ in 0..10 {
            retry.begin_attempt();
            let refused = Response {
                retry_after: Some(Duration::ZERO),
                ..Response::of(429, false, "")
            };
            assert!(matches!(retry.next(Ok(refused)), Next::Refused(_)));
        }
        let summary = retry.attempt_summary(None);
        assert!(
            summary.starts_with("the service refused 10 requests"),
            "{summary}"
        );
    }
}
