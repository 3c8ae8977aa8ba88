//! The rate-limit headers that the service's gateway adds to every response.
//!
//! The gateway accepts 50 requests in each window of one second. The emulator reports this limit
//! and what is left of the window, and does not enforce it.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use hyper::header::{HeaderMap, HeaderName, HeaderValue};

const LIMIT: u64 = 50;

/// The policy after the limit: 50 requests, in a window (`w`) of one second.
const LIMIT_HEADER: HeaderValue = HeaderValue::from_static("50, 50;w=1");

/// Seconds until the next window, rounded up.
const RESET_HEADER: HeaderValue = HeaderValue::from_static("1");

/// The bits of `RateLimit::window` that hold the number of requests; the others hold the second.
const COUNT_BITS: u32 = 32;

/// Counts the requests of the current window.
pub struct RateLimit {
    start: Instant,
    window: AtomicU64,
}

impl RateLimit {
    pub fn new() -> Self {
        RateLimit {
            start: Instant::now(),
            window: AtomicU64::new(0),
        }
    }

    /// Counts a request. Returns how many more the current window allows.
    pub fn count(&self) -> u64 {
        self.count_in(self.start.elapsed().as_secs())
    }

    fn count_in(&self, second: u64) -> u64 {
        let first_of_window = second << COUNT_BITS;
        // A thread that read the clock before the window changed counts in the newer window.
        let next = |window: u64| window.max(first_of_window) + 1;
        let before = self
            .window
            .fetch_update(Relaxed, Relaxed, |window| Some(next(window)))
            .unwrap_or_else(|window| window);
        let requests = next(before) & ((1 << COUNT_BITS) - 1);
        LIMIT.saturating_sub(requests)
    }
}

pub fn insert_headers(headers: &mut HeaderMap, remaining: u64) {
    let mut insert = |name, value| headers.insert(HeaderName::from_static(name), value);
    insert("x-ratelimit-limit", LIMIT_HEADER);
    insert("x-ratelimit-remaining", HeaderValue::from(remaining));
    insert("x-ratelimit-reset", RESET_HEADER);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_second_allows_fifty_requests() {
        let limit = RateLimit::new();
        let counted: Vec<_> = (0..52).map(|_| limit.count_in(0)).collect();
        assert_eq!(counted[..2], [49, 48]);
        assert_eq!(counted[48..], [1, 0, 0, 0]);
        assert_eq!(limit.count_in(1), 49);
        assert_eq!(limit.count_in(7), 49);
        assert_eq!(limit.count_in(7), 48);
    }

    #[test]
    fn a_late_request_counts_in_the_newer_window() {
        let limit = RateLimit::new();
        limit.count_in(3);
        assert_eq!(limit.count_in(2), 48);
    }
}
