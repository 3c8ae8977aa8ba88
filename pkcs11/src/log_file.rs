//! The file of the log. A program that becomes a daemon may close all descriptors, also that of this file, and open files of
//! its own with the same number. These are neither written nor closed.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

pub(crate) struct LogFile {
    /// `None` only while it is dropped.
    file: Option<File>,
    opened: Metadata,
}

impl LogFile {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let file = options.open(path)?;
        Ok(Self {
            opened: file.metadata()?,
            file: Some(file),
        })
    }

    /// Writes with one system call.
    pub(crate) fn write(&self, entry: &[u8]) -> io::Result<()> {
        match &self.file {
            Some(file) if self.is_open_in(file) => {
                let mut file = file;
                file.write_all(entry)
            }
            _ => Ok(()),
        }
    }

    /// Whether the descriptor is still that of the log.
    fn is_open_in(&self, file: &File) -> bool {
        let current = file.metadata();
        current.is_ok_and(|current| is_same(&current, &self.opened))
    }
}

impl Drop for LogFile {
    fn drop(&mut self) {
        let file = self.file.take();
        if let Some(file) = file
            && !self.is_open_in(&file)
        {
            leave_open(file);
        }
    }
}

#[cfg(unix)]
fn is_same(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(unix)]
fn leave_open(file: File) {
    use std::os::fd::IntoRawFd;
    let _descriptor = file.into_raw_fd();
}

#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(not(unix))]
fn leave_open(_: File) {}
