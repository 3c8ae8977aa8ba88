//! The service's formats of times and durations.

use jiff::{SignedDuration, Timestamp};

/// With microseconds, as in every field of a key.
pub fn micros(at: Timestamp) -> String {
    format!("{at:.6}")
}

/// With nanoseconds, as in the creation time of a data key.
pub fn nanos(at: Timestamp) -> String {
    format!("{at:.9}")
}

/// With as many groups of three decimals as the value needs, as in the JSON of protocol buffers.
pub fn shortest(at: Timestamp) -> String {
    match at.subsec_nanosecond() {
        0 => format!("{at:.0}"),
        n if n % 1_000_000 == 0 => format!("{at:.3}"),
        n if n % 1_000 == 0 => format!("{at:.6}"),
        _ => format!("{at:.9}"),
    }
}

/// Parses seconds with up to nine decimals, such as "86400s" or "86400.500000000s".
pub fn parse_duration(text: &str) -> Option<SignedDuration> {
    let text = text.strip_suffix('s')?;
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(seconds) || !digits(fraction) || fraction.len() > 9 {
        return None;
    }
    Some(SignedDuration::new(
        seconds.parse().ok()?,
        format!("{fraction:0<9}").parse().ok()?,
    ))
}

pub fn format_duration(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    match duration.subsec_nanos() {
        0 => format!("{seconds}s"),
        n if n % 1_000_000 == 0 => format!("{seconds}.{:03}s", n / 1_000_000),
        n if n % 1_000 == 0 => format!("{seconds}.{:06}s", n / 1_000),
        n => format!("{seconds}.{n:09}s"),
    }
}

/// The current time in microseconds, the service's precision.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_services_precision() {
        let at: Timestamp = "2026-07-07T07:46:08.5Z".parse().unwrap();
        assert_eq!(micros(at), "2026-07-07T07:46:08.500000Z");
        assert_eq!(nanos(at), "2026-07-07T07:46:08.500000000Z");
        assert_eq!(shortest(at), "2026-07-07T07:46:08.500Z");
        let at: Timestamp = "2027-01-01T01:00:00+01:00".parse().unwrap();
        assert_eq!(shortest(at), "2027-01-01T00:00:00Z");
    }

    #[test]
    fn durations_have_no_empty_decimals() {
        for (given, written) in [
            ("3153600000.000000000s", "3153600000s"),
            ("86400s", "86400s"),
            ("1.5s", "1.500s"),
            ("1.000001s", "1.000001s"),
            ("1.000000001s", "1.000000001s"),
        ] {
            assert_eq!(format_duration(parse_duration(given).unwrap()), written);
        }
        for bad in [
            "",
            "s",
            "1",
            "-1s",
            "1.s",
            ".5s",
            "1e3s",
            "1.0000000001s",
            "1h",
        ] {
            assert_eq!(parse_duration(bad), None, "{bad}");
        }
    }
}
