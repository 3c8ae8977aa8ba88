//! Periods of time: a number and a unit.

/// Parses `30d`, `48h` or `86400s`, and returns the seconds.
pub(crate) fn parse(text: &str) -> Result<u64, String> {
    let malformed = || "a period is a number and a unit, for example 30d, 48h or 86400s".to_owned();
    let (unit_start, unit) = text.char_indices().last().ok_or_else(malformed)?;
    let seconds = match unit {
        'd' => 86_400,
        'h' => 3_600,
        's' => 1,
        _ => return Err(malformed()),
    };
    let number: u64 = text[..unit_start].parse().map_err(|_| malformed())?;
    number.checked_mul(seconds).ok_or_else(malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_units() {
        for (text, seconds) in [("30d", 2_592_000), ("48h", 172_800), ("86400s", 86_400)] {
            assert_eq!(parse(text), Ok(seconds), "{text}");
        }
        for text in ["", "d", "30", "-1d", "30m", "99999999999999999d", "3é"] {
            parse(text).expect_err(text);
        }
    }
}
