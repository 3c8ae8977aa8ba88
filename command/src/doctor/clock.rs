//! The step "clock": the difference between the local clock and the service's.

use std::time::{Duration, SystemTime};

use super::step::{Status, Step};

const NAME: &str = "clock";

/// The date in a header has whole seconds, and the response took some time.
const TOLERANCE: Duration = Duration::from_secs(5);

/// With a larger difference, certificates seem to have expired, or not to be valid yet.
const MAX_DIFFERENCE: Duration = Duration::from_secs(300);

/// Compares the local clock with the header Date of a response.
pub(super) fn check(date: Option<&str>) -> Step {
    let Some(time) = date.and_then(|date| httpdate::parse_http_date(date).ok()) else {
        return Step::new(NAME, Status::Warning, "the response contains no date");
    };
    let now = SystemTime::now();
    let (difference, direction) = match now.duration_since(time) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    if difference <= TOLERANCE {
        return Step::ok(NAME, "the local clock agrees with the service's clock");
    }
    let minutes = difference.as_secs() / 60;
    let seconds = difference.as_secs() % 60;
    let summary =
        format!("the local clock is {minutes} min {seconds} s {direction} the service's clock");
    let status = match difference > MAX_DIFFERENCE {
        true => Status::Failed,
        false => Status::Warning,
    };
    Step::new(NAME, status, summary)
        .advise("set the local clock, for example with `timedatectl set-ntp true`")
        .advise("with a wrong clock valid certificates are rejected, and new ones get wrong dates")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences() {
        let at = |offset: i64| {
            let now = SystemTime::now();
            let distance = Duration::from_secs(offset.unsigned_abs());
            let time = if offset < 0 {
                now - distance
            } else {
                now + distance
            };
            check(Some(&httpdate::fmt_http_date(time)))
        };
        assert!(at(0).status == Status::Ok);
        assert!(at(-60).status == Status::Warning);
        let behind = at(3660);
        assert!(behind.status == Status::Failed);
        assert!(
            behind.summary.contains("behind the service's"),
            "{}",
            behind.summary
        );
        assert!(at(-3660).summary.contains("61 min"));
        assert!(check(None).status == Status::Warning);
    }
}
