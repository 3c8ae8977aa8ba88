//! The log. Each entry is one line, written with one system call, so that several processes can share a file. No lock is
//! used. Without a configured target nothing is written.

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwapOption;
use serde::Deserialize;

use crate::log_file::LogFile;

/// The importance of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    Error,
    #[default]
    Warning,
    Info,
    Debug,
}

/// Where entries are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Stderr,
    File(PathBuf),
}

impl Target {
    /// The text of a setting: a path, or `stderr`.
    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "stderr" => Target::Stderr,
            path => Target::File(PathBuf::from(path)),
        }
    }
}

struct Log {
    level: Level,
    /// `None` for standard error.
    file: Option<LogFile>,
}

static LOG: ArcSwapOption<Log> = ArcSwapOption::const_empty();

/// Writes entries of this level and more important ones to the target from now on. If the file cannot be opened, no entries
/// are written: another user's program must not fail because of this.
pub(crate) fn start(target: Option<&Target>, level: Level) {
    let log = match target {
        None => None,
        Some(Target::Stderr) => Some(Log { level, file: None }),
        Some(Target::File(path)) => LogFile::open(path).ok().map(|file| Log {
            level,
            file: Some(file),
        }),
    };
    LOG.store(log.map(Into::into));
}

/// Why the target cannot be opened.
pub(crate) fn open_error(target: Option<&Target>) -> Option<String> {
    match target {
        Some(Target::File(path)) => {
            let error = LogFile::open(path).err()?;
            Some(format!(
                "the log {} cannot be opened: {error}",
                path.display()
            ))
        }
        _ => None,
    }
}

/// Whether entries of this level are written.
pub(crate) fn is_enabled(level: Level) -> bool {
    LOG.load().as_ref().is_some_and(|log| level <= log.level)
}

/// Writes an entry. If that is impossible, it is lost.
pub(crate) fn write(level: Level, message: fmt::Arguments<'_>) {
    let log = LOG.load_full();
    let Some(log) = log.filter(|log| level <= log.level) else {
        return;
    };
    let line = line(SystemTime::now(), level, &message.to_string());
    let _ = match &log.file {
        Some(file) => file.write(line.as_bytes()),
        None => io::stderr().write_all(line.as_bytes()),
    };
}

fn line(time: SystemTime, level: Level, message: &str) -> String {
    let level = match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "info",
        Level::Debug => "debug",
    };
    let process = std::process::id();
    let message = message.replace('\n', "\\n");
    format!(
        "{} scwkms-pkcs11[{process}] {level}: {message}\n",
        timestamp(time)
    )
}

/// The time in UTC (RFC 3339).
fn timestamp(time: SystemTime) -> String {
    const SECONDS_PER_DAY: u64 = 86_400;
    let since_epoch = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (year, month, day) = date(since_epoch.as_secs() / SECONDS_PER_DAY);
    let seconds = since_epoch.as_secs() % SECONDS_PER_DAY;
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        since_epoch.subsec_millis()
    )
}

/// The date of a day after 1970-01-01 in the Gregorian calendar.
fn date(mut days: u64) -> (u64, u64, u64) {
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for length in lengths {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

macro_rules! entry {
    ($level:ident, $($argument:tt)*) => {
        $crate::log::write($crate::log::Level::$level, format_args!($($argument)*))
    };
}
pub(crate) use entry;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn entries_have_a_time_and_one_line() {
        let time = UNIX_EPOCH + Duration::from_millis(1_709_210_096_007);
        let line = line(time, Level::Error, "one\ntwo");
        assert!(
            line.starts_with("2024-02-29T12:34:56.007Z scwkms-pkcs11["),
            "{line}"
        );
        assert!(line.ends_with("] error: one\\ntwo\n"), "{line}");
    }

    #[test]
    fn dates() {
        for (days, expected) in [
            (0, (1970, 1, 1)),
            (11_016, (2000, 2, 29)),
            (11_017, (2000, 3, 1)),
            (20_453, (2025, 12, 31)),
            (20_454, (2026, 1, 1)),
        ] {
            assert_eq!(date(days), expected);
        }
    }
}
