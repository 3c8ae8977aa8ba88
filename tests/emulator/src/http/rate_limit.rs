//! The limit of requests that the service's gateway applies.
//!
//! The gateway accepts a number of requests with the same token in each window of one second, and
//! reports the limit and what is left of the window in each response. The windows are the whole
//! seconds of the emulator's clock, as Envoy's rate limit service aligns them.

use std::collections::HashMap;

use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::clock::Clock;

/// The service's limit.
const DEFAULT_LIMIT: u32 = 50;

const WINDOW_US: u64 = 1_000_000;

/// Seconds until the next window, rounded up.
const RESET_HEADER: HeaderValue = HeaderValue::from_static("1");

/// The limit and how it is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Policy {
    /// The number of requests in each window. With 0 responses have no headers, and no request is
    /// refused.
    pub limit: u32,
    /// Whether further requests are refused.
    pub enforced: bool,
    /// The number of requests in each window that count as those of other users of the token.
    pub used_by_others: u32,
}

/// A change of the policy, in the form of the admin endpoint.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Change {
    limit: Option<u32>,
    enforced: Option<bool>,
    used_by_others: Option<u32>,
}

/// The requests of the current window.
struct Window {
    policy: Policy,
    number: u64,
    requests: HashMap<Vec<u8>, u32>,
}

pub struct RateLimit {
    window: Mutex<Window>,
}

/// The arrival of a request.
pub struct Arrival {
    /// The time of the clock, which decides the window.
    pub at_us: u64,
    /// None if there is no limit.
    pub admission: Option<Admission>,
}

/// Whether a request is accepted, and the state of its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admission {
    limit: u32,
    remaining: u32,
    pub is_refused: bool,
}

impl Policy {
    /// The policy of the option `--rate-limit`. Without the option the service's limit is reported
    /// and not enforced.
    pub fn of_option(limit: Option<u32>) -> Self {
        Policy {
            limit: limit.unwrap_or(DEFAULT_LIMIT),
            enforced: limit.is_some(),
            used_by_others: 0,
        }
    }
}

impl RateLimit {
    pub fn new(policy: Policy) -> Self {
        RateLimit {
            window: Mutex::new(Window {
                policy,
                number: 0,
                requests: HashMap::new(),
            }),
        }
    }

    /// Counts a request in the current window.
    pub fn count(&self, token: &[u8], clock: &Clock) -> Arrival {
        // The lock is held while the clock is read. Otherwise a request could arrive in an earlier
        // window than the request that was counted before it.
        let mut window = self.window.lock();
        let at_us = clock.now_us();
        Arrival {
            at_us,
            admission: window.count(token, at_us / WINDOW_US),
        }
    }

    pub fn policy(&self) -> Policy {
        self.window.lock().policy
    }

    pub fn change(&self, change: &Change) -> Policy {
        let policy = &mut self.window.lock().policy;
        policy.limit = change.limit.unwrap_or(policy.limit);
        policy.enforced = change.enforced.unwrap_or(policy.enforced);
        policy.used_by_others = change.used_by_others.unwrap_or(policy.used_by_others);
        *policy
    }
}

impl Window {
    fn count(&mut self, token: &[u8], number: u64) -> Option<Admission> {
        let Policy {
            limit,
            enforced,
            used_by_others,
        } = self.policy;
        if limit == 0 {
            return None;
        }
        if number != self.number {
            self.number = number;
            self.requests.clear();
        }
        let own = self.requests.entry(token.to_vec()).or_default();
        *own = own.saturating_add(1);
        let used = own.saturating_add(used_by_others);
        Some(Admission {
            limit,
            remaining: limit.saturating_sub(used),
            is_refused: enforced && used > limit,
        })
    }
}

impl Admission {
    /// Adds the gateway's headers to a response.
    pub fn insert_headers(&self, headers: &mut HeaderMap) {
        let limit = self.limit;
        // The policy after the limit: that many requests, in a window (`w`) of one second.
        let limit = HeaderValue::try_from(format!("{limit}, {limit};w=1"))
            .unwrap_or(HeaderValue::from(limit));
        let mut insert = |name, value| headers.insert(HeaderName::from_static(name), value);
        insert("x-ratelimit-limit", limit);
        insert("x-ratelimit-remaining", HeaderValue::from(self.remaining));
        insert("x-ratelimit-reset", RESET_HEADER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(limit: Option<u32>) -> Window {
        Window {
            policy: Policy::of_option(limit),
            number: 0,
            requests: HashMap::new(),
        }
    }

    /// What is left after a request, and whether it is refused.
    fn count(window: &mut Window, token: &str, number: u64) -> (u32, bool) {
        let admission = window.count(token.as_bytes(), number).unwrap();
        (admission.remaining, admission.is_refused)
    }

    #[test]
    fn each_window_accepts_the_limit() {
        let mut window = window(Some(3));
        for number in [0, 1, 7] {
            let counted: Vec<_> = (0..5).map(|_| count(&mut window, "a", number)).collect();
            let expected = [(2, false), (1, false), (0, false), (0, true), (0, true)];
            assert_eq!(counted, expected, "{number}");
        }
    }

    #[test]
    fn each_token_has_its_own_limit() {
        let mut window = window(Some(1));
        assert_eq!(count(&mut window, "a", 0), (0, false));
        assert_eq!(count(&mut window, "b", 0), (0, false));
        assert_eq!(count(&mut window, "a", 0), (0, true));
    }

    #[test]
    fn without_the_option_the_limit_is_only_reported() {
        let mut window = window(None);
        let counted: Vec<_> = (0..52).map(|_| count(&mut window, "a", 0)).collect();
        assert_eq!(counted[..2], [(49, false), (48, false)]);
        assert_eq!(
            counted[48..],
            [(1, false), (0, false), (0, false), (0, false)]
        );
    }

    #[test]
    fn zero_is_no_limit() {
        assert_eq!(window(Some(0)).count(b"a", 0), None);
    }

    #[test]
    fn other_users_use_a_part_of_each_window() {
        let mut window = window(Some(5));
        window.policy.used_by_others = 3;
        for number in 0..2 {
            assert_eq!(count(&mut window, "a", number), (1, false));
            assert_eq!(count(&mut window, "a", number), (0, false));
            assert_eq!(count(&mut window, "a", number), (0, true));
        }
    }

    #[test]
    fn only_the_given_fields_of_the_policy_change() {
        let limit = RateLimit::new(Policy::of_option(Some(5)));
        let change = |json: &str| limit.change(&serde_json::from_str(json).unwrap());
        let mut expected = Policy {
            limit: 5,
            enforced: true,
            used_by_others: 2,
        };
        assert_eq!(change(r#"{"used_by_others":2}"#), expected);
        (expected.limit, expected.enforced) = (7, false);
        assert_eq!(change(r#"{"limit":7,"enforced":false}"#), expected);
        assert_eq!(limit.policy(), expected);
    }
}
