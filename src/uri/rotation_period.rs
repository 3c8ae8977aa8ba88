//! The period between two rotations of a key by the service.

use super::syntax::invalid;
use crate::error::Result;
use crate::redact::quote;

/// The minimum of the service: 24 hours.
const MIN_SECONDS: u64 = 24 * 60 * 60;

/// Parses `90d`, `720h` or `86400s` to seconds.
pub(super) fn parse(text: &str) -> Result<u64> {
    let seconds = |number: &str, unit: u64| number.parse::<u64>().ok()?.checked_mul(unit);
    let units = [('d', 24 * 60 * 60), ('h', 60 * 60), ('s', 1)];
    let parsed = units
        .into_iter()
        .find_map(|(letter, unit)| seconds(text.strip_suffix(letter)?, unit));
    let seconds = parsed.ok_or_else(|| {
        invalid(format!(
            "rotation-period {} is not a whole number of days, hours or seconds, written like 90d, 720h or 86400s",
            quote(text)
        ))
    })?;
    check(seconds)?;
    Ok(seconds)
}

/// Checks the minimum. The maximum is the service's.
pub(crate) fn check(seconds: u64) -> Result<()> {
    if seconds < MIN_SECONDS {
        return Err(invalid(format!(
            "the rotation period has {seconds} seconds; the minimum is {MIN_SECONDS}, which is 24 hours"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods() {
        for (text, seconds) in [("1d", 86_400), ("24h", 86_400), ("86401s", 86_401)] {
            assert_eq!(parse(text).ok(), Some(seconds), "{text}");
        }
        for bad in [
            "",
            "d",
            "1",
            "-1d",
            "1.5d",
            "1w",
            "23h",
            "999999999999999999d",
        ] {
            parse(bad).expect_err(bad);
        }
    }
}
