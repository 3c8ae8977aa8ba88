//! What the fuzz targets share.

use std::ffi::OsString;
use std::path::Path;

use crate::config::{Environment, FileContent};
use crate::error::{Error, ErrorKind};

/// The secret that no output may contain.
pub(super) const SECRET: &str = "5ec2e7ca-5ec2-4e7c-85ec-2e7ca5ec2e7c";

/// Stands for the secret in an input, so that no mutation splits it.
const PLACEHOLDER: &str = "$SECRET";

/// The maximum length of an error: values are cut, lists are short, only paths are shown completely.
const MAX_MESSAGE_LEN: usize = 16 << 10;

/// The input as text, in which the secret replaces each placeholder that follows one of `introductions`. `None` for an
/// input that cannot be used.
pub(super) fn text(data: &[u8], introductions: &[&str]) -> Option<String> {
    let mut text = std::str::from_utf8(data).ok()?.to_owned();
    if text.contains(&SECRET[..8]) {
        return None;
    }
    for introduction in introductions {
        let place = format!("{introduction}{PLACEHOLDER}");
        text = text.replace(&place, &format!("{introduction}{SECRET}"));
    }
    Some(text)
}

/// Checks the properties of every error: it has a message on one line, without the secret.
pub(super) fn check_error(error: &Error) {
    let shown = error.to_string();
    assert!(!error.message().is_empty(), "no message");
    assert!(shown.len() <= MAX_MESSAGE_LEN, "{} bytes", shown.len());
    assert!(!shown.chars().any(char::is_control), "{shown:?}");
    assert!(!shown.contains(&SECRET[..8]), "{shown:?}");
    assert_ne!(error.kind(), ErrorKind::Internal, "{shown}");
    let debug = format!("{error:?}");
    assert!(!debug.contains(&SECRET[..8]), "{debug}");
}

/// An environment without variables and files.
pub(super) struct EmptyEnvironment;

impl Environment for EmptyEnvironment {
    fn variable(&self, _: &str) -> Option<OsString> {
        None
    }

    fn read(&self, _: &Path) -> std::io::Result<FileContent> {
        Err(std::io::ErrorKind::NotFound.into())
    }
}

/// Fails on purpose for one input, so that a test can check that failures are found.
pub fn trip(data: &[u8]) {
    assert!(
        data != b"trip" || std::env::var_os("SCWKMS_FUZZ_TRIP").is_none(),
        "the canary was found"
    );
}
