use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::super::{Environment, FileContent};
use super::{ACCESS, SECRET};

/// An environment in memory.
#[derive(Default)]
pub(super) struct Fake {
    variables: HashMap<String, OsString>,
    files: HashMap<PathBuf, String>,
    pub(super) exposed: bool,
}

impl Fake {
    pub(super) fn variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    pub(super) fn file(mut self, path: &str, text: &str) -> Self {
        self.files.insert(path.into(), text.into());
        self
    }
}

impl Environment for Fake {
    fn variable(&self, name: &str) -> Option<OsString> {
        self.variables.get(name).cloned()
    }

    fn read(&self, path: &Path) -> io::Result<FileContent> {
        match self.files.get(path) {
            Some(text) if text == "unreadable" => Err(io::ErrorKind::PermissionDenied.into()),
            Some(text) => Ok(FileContent {
                text: Zeroizing::new(text.clone()),
                exposed: self.exposed,
            }),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// An environment with both keys.
pub(super) fn environment() -> Fake {
    Fake::default()
        .variable("SCW_ACCESS_KEY", ACCESS)
        .variable("SCW_SECRET_KEY", SECRET)
}
