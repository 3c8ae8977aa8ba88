//! The `timeout=` parameter: a number and a unit.

use std::time::Duration;

use super::layer::configuration_error;
use crate::error::Result;
use crate::redact::quote;

const MAX_TIMEOUT: Duration = Duration::from_secs(600);

/// Parses `15s`, `1.5s`, `500ms` or `2m`.
pub(super) fn parse(text: &str) -> Result<Duration> {
    let split = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let seconds_per_unit = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        _ => f64::NAN,
    };
    let seconds = number.parse::<f64>().unwrap_or(f64::NAN) * seconds_per_unit;
    match Duration::try_from_secs_f64(seconds) {
        Ok(d) if d >= Duration::from_millis(1) && d <= MAX_TIMEOUT => Ok(d),
        _ => Err(configuration_error(format!(
            "timeout {} (URI) is not a time from 1ms to 10m, written like 15s, 500ms or 1m",
            quote(text)
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_units() {
        for (text, milliseconds) in [
            ("15s", 15_000),
            ("1.5s", 1_500),
            ("500ms", 500),
            ("2m", 120_000),
        ] {
            assert_eq!(
                parse(text).ok(),
                Some(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
        for bad in [
            "", "15", "s", "0s", "-1s", "11m", "1h", "1e9s", "1.2.3s", "15 s", "NaNs", "infs",
        ] {
            parse(bad).expect_err(bad);
        }
    }
}
