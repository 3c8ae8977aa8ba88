//! The rate limit that a response reports: `X-Ratelimit-Limit: 50, 50;w=1` and `X-Ratelimit-Remaining: 49`. The form is
//! that of the IETF draft "RateLimit header fields for HTTP", version 03, which Envoy uses.

use std::time::Duration;

use http::HeaderMap;

const LIMIT_HEADER: &str = "x-ratelimit-limit";
const REMAINING_HEADER: &str = "x-ratelimit-remaining";

/// The times of so many requests are kept.
const MAX_LIMIT: u32 = 10_000;
const MAX_WINDOW_SECONDS: u64 = 3600;

/// The requests that the service accepts in a window of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transport) struct RateLimit {
    pub(in crate::transport) limit: u32,
    pub(in crate::transport) window: Duration,
    /// The requests that are left in the current window.
    pub(in crate::transport) remaining: u32,
}

impl RateLimit {
    /// `None` if the response reports no limit, or one that cannot be understood.
    pub(in crate::transport) fn read(headers: &HeaderMap) -> Option<Self> {
        let (limit, window) = parse_limit(headers.get(LIMIT_HEADER)?.to_str().ok()?)?;
        let remaining = headers.get(REMAINING_HEADER)?.to_str().ok()?;
        Some(Self {
            limit,
            window,
            remaining: remaining.trim().parse().ok()?,
        })
    }
}

/// Parses the current limit, and the window of the policy with this limit.
fn parse_limit(text: &str) -> Option<(u32, Duration)> {
    let mut items = text.split(',').map(str::trim);
    let limit = items.next()?.parse::<u32>().ok()?;
    let window = items.find_map(|policy| window_of(policy, limit))?;
    (1..=MAX_LIMIT)
        .contains(&limit)
        .then_some((limit, Duration::from_secs(window)))
}

/// The window in seconds of a policy such as `50;w=1`, if its limit is `limit`.
fn window_of(policy: &str, limit: u32) -> Option<u64> {
    let mut parameters = policy.split(';').map(str::trim);
    if parameters.next()?.parse() != Ok(limit) {
        return None;
    }
    let window = parameters.find_map(|parameter| parameter.strip_prefix("w="))?;
    let seconds = window.parse().ok()?;
    (1..=MAX_WINDOW_SECONDS)
        .contains(&seconds)
        .then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_parsed() {
        let second = Duration::from_secs(1);
        for (text, expected) in [
            ("50, 50;w=1", Some((50, second))),
            ("50,50;w=1", Some((50, second))),
            ("50, 1000;w=3600, 50;w=1", Some((50, second))),
            ("50, 50;name=\"x\";w=1", Some((50, second))),
            ("50", None),
            ("0, 0;w=1", None),
            ("50, 50;w=0", None),
            ("-1, -1;w=1", None),
            ("99999999, 99999999;w=1", None),
            ("", None),
        ] {
            assert_eq!(parse_limit(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_response_reports_limit_and_rest() {
        let mut headers = HeaderMap::new();
        assert_eq!(RateLimit::read(&headers), None);
        headers.insert(LIMIT_HEADER, "50, 50;w=1".parse().expect("a value"));
        assert_eq!(RateLimit::read(&headers), None);
        headers.insert(REMAINING_HEADER, "49".parse().expect("a value"));
        let limit = RateLimit::read(&headers).expect("a limit");
        assert_eq!((limit.limit, limit.remaining), (50, 49));
    }
}
