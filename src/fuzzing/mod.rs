//! What the fuzz targets in `fuzz/` assert, with one function for each. All but the C interface's
//! target are here, since they reach what is not public.
//!
//! This module exists where `cfg(fuzzing)` is set, as the targets set it, and in the unit tests,
//! which run it on the seeds. No normal build has it.

mod answer;
mod config_file;
mod public_key;
mod signature;
mod uri;

pub use answer::answer;
pub use config_file::config_file;
pub use public_key::public_key;
pub use signature::signature;
pub use uri::{client_uri, key_uri, request_uri};

#[cfg(test)]
pub(crate) use signature::is_strict_ecdsa;

use std::path::Path;

use crate::config::{FileContent, Surroundings};
use crate::error::{Error, ErrorKind};

/// The secret that must not come out again.
const SECRET: &str = "5ec2e7ca-5ec2-4e7c-85ec-2e7ca5ec2e7c";

/// What stands for the secret in an input, so that no mutation tears it.
const PLACEHOLDER: &str = "$SECRET";

/// No message of ours is longer: values are cut, lists are short. Only paths are shown whole.
const LONGEST_MESSAGE: usize = 16 << 10;

/// The input as text, with the secret where its place follows one of these introductions. Other
/// inputs say nothing.
fn text(data: &[u8], introductions: &[&str]) -> Option<String> {
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

/// What holds for every error: it is for a person, in one line, without the secret.
fn is_fit_to_print(error: &Error) {
    let shown = error.to_string();
    assert!(!error.message().is_empty(), "no message");
    assert!(shown.len() <= LONGEST_MESSAGE, "{} bytes", shown.len());
    assert!(!shown.chars().any(char::is_control), "{shown:?}");
    assert!(!shown.contains(&SECRET[..8]), "{shown:?}");
    assert_ne!(error.kind(), ErrorKind::Internal, "{shown}");
    let debug = format!("{error:?}");
    assert!(!debug.contains(&SECRET[..8]), "{debug}");
}

/// No variables and no files.
struct Nothing;

impl Surroundings for Nothing {
    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn read(&self, _: &Path) -> std::io::Result<FileContent> {
        Err(std::io::ErrorKind::NotFound.into())
    }
}

/// What may end a run on purpose, so that it can be seen that a failure is found.
pub fn trip(data: &[u8]) {
    assert!(
        data != b"trip" || std::env::var_os("SCWKMS_FUZZ_TRIP").is_none(),
        "the planted failure was found"
    );
}

#[cfg(test)]
mod tests;
