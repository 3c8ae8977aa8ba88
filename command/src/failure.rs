//! Errors of the command: one line on standard error, and an exit status.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap::error::ErrorKind as UsageError;
use scwkms::{Error, ErrorKind};

/// Exit statuses other than 0. They are never reused.
const OTHER: u8 = 1;
const INVALID_ARGUMENT: u8 = 2;
const SETTINGS: u8 = 3;
const NOT_FOUND: u8 = 4;
const KEY_STATE: u8 = 5;
const UNAVAILABLE: u8 = 6;
const INTEGRITY: u8 = 7;

/// Why a subcommand failed.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Empty if there is nothing to report.
    message: String,
    status: u8,
}

impl Failure {
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            status: INVALID_ARGUMENT,
        }
    }

    pub(crate) fn unsupported(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            status: KEY_STATE,
        }
    }

    pub(crate) fn other(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            status: OTHER,
        }
    }

    /// An error of reading or writing a file or a standard stream.
    pub(crate) fn file(action: &str, path: &Path, error: &io::Error) -> Self {
        Self::other(format!("cannot {action} {}: {error}", path.display()))
    }

    /// The reader of a pipe has ended, as in `scwkms keys | head -1`.
    pub(crate) fn closed_pipe() -> Self {
        Self::other("")
    }

    /// Writes the error to standard error.
    pub(crate) fn report(&self) -> ExitCode {
        if !self.message.is_empty() {
            eprintln!("scwkms: {}", one_line(&self.message));
        }
        ExitCode::from(self.status)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (status, next_step) = match error.kind() {
            ErrorKind::InvalidArgument => (INVALID_ARGUMENT, ""),
            ErrorKind::Configuration | ErrorKind::Authentication => (SETTINGS, DOCTOR),
            ErrorKind::PermissionDenied => (SETTINGS, ""),
            ErrorKind::NotFound => (NOT_FOUND, DOCTOR_KEY),
            ErrorKind::Unsupported | ErrorKind::KeyState => (KEY_STATE, ""),
            ErrorKind::Network | ErrorKind::Timeout => (UNAVAILABLE, DOCTOR),
            ErrorKind::RateLimited | ErrorKind::Unavailable => (UNAVAILABLE, ""),
            ErrorKind::Integrity | ErrorKind::Protocol => (INTEGRITY, ""),
            _ => (OTHER, ""),
        };
        Self {
            message: format!("{error}{next_step}"),
            status,
        }
    }
}

const DOCTOR: &str = "; `scwkms doctor` shows the settings and the connection";
const DOCTOR_KEY: &str = "; `scwkms doctor KEY` looks for it in other regions and projects";

/// Writes an error of the command line, or the help or the version that was requested.
pub(crate) fn report_usage(error: &clap::Error) -> ExitCode {
    if let UsageError::DisplayHelp | UsageError::DisplayVersion = error.kind() {
        // An error means that the reader has ended.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if error.kind() == UsageError::DisplayHelpOnMissingArgumentOrSubcommand {
        return Failure::invalid("a subcommand is missing; `scwkms help` lists them").report();
    }
    let text = error.render().to_string();
    let message = text.split("\n\nUsage:").next().unwrap_or_default();
    let message = message.trim_start_matches("error: ");
    Failure::invalid(format!("{message}; see `scwkms help`")).report()
}

/// The message in one line, without control characters.
fn one_line(message: &str) -> String {
    let words: Vec<&str> = message.split_whitespace().collect();
    words.join(" ").replace(char::is_control, "?")
}
