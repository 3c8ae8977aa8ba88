//! When the next request may be sent. The service counts requests in windows that are aligned to its own clock, which the
//! client does not know. So at most `limit` requests are sent in any span that is a little longer than a window.
//!
//! Others may use the same limit. The number of requests in a span then adapts: it falls by a part with each refusal, and
//! grows by a constant in each span, so that all users approach equal shares.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use http::StatusCode;

use super::rate_limit::RateLimit;

/// Requests in flight before the first response.
const MAX_IN_FLIGHT_AT_FIRST: usize = 50;

/// A span is longer than a window by this part, and by at least [`MIN_MARGIN`], because requests do not all take the same
/// time to the service.
const MARGIN_DIVISOR: u32 = 20;
const MIN_MARGIN: Duration = Duration::from_millis(50);

/// The factor of the share after a refusal.
const DECREASE: f64 = 0.95;
/// The growth of the share in a span in which the service refused nothing.
const INCREASE: f64 = 2.0;
/// If others use the limit too, requests are spread over this part of a span: users who send all at once, in the same
/// rhythm, would always refuse the same one of them.
const SPREAD: f64 = 0.8;

/// A request that was sent this long after another may have been counted before it.
const MAX_OVERTAKING: Duration = Duration::from_millis(20);

pub(super) struct Schedule {
    mode: Mode,
    in_flight: usize,
    /// The times at which requests were sent, oldest first. At least as many as the limit.
    sent: VecDeque<Instant>,
    /// The average time from sending a request to its response.
    round_trip: Duration,
}

enum Mode {
    /// There was no response yet.
    Unknown,
    /// The responses report no limit.
    Unlimited,
    Limited(Pace),
}

struct Pace {
    limit: usize,
    window: Duration,
    /// The number of requests that this process sends in a span.
    share: f64,
    /// Requests of others in a window, as last observed.
    others: usize,
    others_observed: Instant,
}

impl Schedule {
    pub(super) fn new() -> Self {
        Self {
            mode: Mode::Unknown,
            in_flight: 0,
            sent: VecDeque::new(),
            round_trip: Duration::ZERO,
        }
    }

    pub(super) fn is_unlimited(&self) -> bool {
        matches!(self.mode, Mode::Unlimited)
    }

    /// The limit, and the length of the window, if they are known.
    pub(super) fn limit(&self) -> Option<(usize, Duration)> {
        match &self.mode {
            Mode::Limited(pace) => Some((pace.limit, pace.window)),
            Mode::Unknown | Mode::Unlimited => None,
        }
    }

    pub(super) fn round_trip(&self) -> Duration {
        self.round_trip
    }

    /// When the request may be sent before which `ahead` others wait. `None` if that depends on the first response.
    pub(super) fn slot(&self, ahead: usize, now: Instant) -> Option<Instant> {
        match &self.mode {
            Mode::Unlimited => Some(now),
            Mode::Unknown => (self.in_flight + ahead < MAX_IN_FLIGHT_AT_FIRST).then_some(now),
            Mode::Limited(pace) => Some(self.limited_slot(pace, ahead, now)),
        }
    }

    fn limited_slot(&self, pace: &Pace, ahead: usize, now: Instant) -> Instant {
        let share = pace.share(now);
        // The request before which `share` others are sent must wait for a span after the first of them.
        let (spans, ahead_in_span) = (ahead / share, ahead % share);
        let earlier = (self.sent.len() + ahead_in_span)
            .checked_sub(share)
            .and_then(|index| self.sent.get(index));
        let in_first_span = earlier.map_or(now, |earlier| now.max(*earlier + pace.span()));
        let slot = in_first_span + pace.span() * spans as u32;
        match self.sent.back() {
            Some(last) if share < pace.limit => {
                slot.max(*last + pace.spacing(share) * (ahead as u32 + 1))
            }
            _ => slot,
        }
    }

    /// Notes that a request is sent.
    pub(super) fn begin(&mut self, now: Instant) {
        self.in_flight += 1;
        let kept = match &self.mode {
            Mode::Limited(pace) => 2 * pace.limit,
            Mode::Unknown | Mode::Unlimited => 2 * MAX_IN_FLIGHT_AT_FIRST,
        };
        while self.sent.len() >= kept {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
    }

    /// Notes that a request which began at `sent_at` was not sent after all.
    pub(super) fn undo(&mut self, sent_at: Instant) {
        self.end();
        if let Some(index) = self.sent.iter().rposition(|at| *at == sent_at) {
            self.sent.remove(index);
        }
    }

    /// Notes that a request has its response, or will get none.
    pub(super) fn end(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// Learns from a response. With status 429 the service did not accept the request because of the limit.
    pub(super) fn learn(
        &mut self,
        sent_at: Instant,
        now: Instant,
        reported: Option<RateLimit>,
        status: StatusCode,
    ) {
        let refused = status == StatusCode::TOO_MANY_REQUESTS;
        self.note_round_trip(now.saturating_duration_since(sent_at));
        match reported {
            Some(reported) => {
                self.adopt(reported, now);
                self.observe_others(reported, sent_at, now);
                self.adapt(refused, now);
            }
            // A refusal without a report is from another limit.
            None if refused => {}
            // An error page is perhaps not the service's.
            None if status.is_server_error() && matches!(self.mode, Mode::Limited(_)) => {}
            None => self.mode = Mode::Unlimited,
        }
    }

    fn note_round_trip(&mut self, measured: Duration) {
        self.round_trip = match self.round_trip.is_zero() {
            true => measured,
            false => self.round_trip * 7 / 8 + measured / 8,
        };
    }

    fn adopt(&mut self, reported: RateLimit, now: Instant) {
        let limit = reported.limit as usize;
        match &mut self.mode {
            Mode::Limited(pace) if pace.limit == limit && pace.window == reported.window => {}
            mode => {
                *mode = Mode::Limited(Pace {
                    limit,
                    window: reported.window,
                    share: limit as f64,
                    others: 0,
                    others_observed: now,
                });
            }
        }
    }

    /// Compares the service's count with the requests of this process that it may contain.
    fn observe_others(&mut self, reported: RateLimit, sent_at: Instant, now: Instant) {
        let Mode::Limited(pace) = &mut self.mode else {
            return;
        };
        let Some(begin) = sent_at.checked_sub(pace.window) else {
            return;
        };
        let until = sent_at + MAX_OVERTAKING;
        let own = self.sent.partition_point(|at| *at <= until)
            - self.sent.partition_point(|at| *at < begin);
        let used = pace.limit.saturating_sub(reported.remaining as usize);
        let others = used.saturating_sub(own);
        if others >= pace.others || pace.observation_is_old(now) {
            pace.others = others;
            pace.others_observed = now;
        }
    }

    fn adapt(&mut self, refused: bool, now: Instant) {
        let Mode::Limited(pace) = &mut self.mode else {
            return;
        };
        if refused {
            let begin = now.checked_sub(pace.span()).unwrap_or(now);
            let sent = self.sent.len() - self.sent.partition_point(|at| *at <= begin);
            let used = pace.share.min(sent.max(1) as f64);
            pace.share = (used * DECREASE).max(1.0);
        } else {
            let grown = pace.share + INCREASE / pace.share;
            pace.share = grown.min(pace.limit as f64);
        }
    }
}

impl Pace {
    fn span(&self) -> Duration {
        self.window + (self.window / MARGIN_DIVISOR).max(MIN_MARGIN)
    }

    /// The number of requests in a span.
    fn share(&self, now: Instant) -> usize {
        let left_by_others = match self.observation_is_old(now) {
            true => self.limit,
            false => self.limit.saturating_sub(self.others),
        };
        (self.share as usize).min(left_by_others).max(1)
    }

    fn observation_is_old(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.others_observed) >= self.span()
    }

    fn spacing(&self, share: usize) -> Duration {
        self.span().mul_f64(SPREAD / share as f64)
    }
}
