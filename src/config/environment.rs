//! Environment variables and files.

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::input_file::InputFile;

/// The maximum size of a config file. It protects against a wrong path, for example a device.
const MAX_FILE_SIZE: u64 = 1 << 20;

/// A config file.
pub(crate) struct FileContent {
    pub(crate) text: Zeroizing<String>,
    /// Whether users other than its owner have any permission for it.
    pub(crate) exposed: bool,
}

/// The source of environment variables and files.
pub(crate) trait Environment {
    /// The value of an environment variable, which is not UTF-8 in every case.
    fn variable(&self, name: &str) -> Option<OsString>;
    /// Reads a whole file.
    fn read(&self, path: &Path) -> io::Result<FileContent>;
}

/// The environment variables of the process, and the file system.
pub(crate) struct ProcessEnvironment;

impl Environment for ProcessEnvironment {
    fn variable(&self, name: &str) -> Option<OsString> {
        std::env::var_os(name)
    }

    fn read(&self, path: &Path) -> io::Result<FileContent> {
        content(InputFile::open(path)?)
    }
}

/// The file system without environment variables.
pub(crate) struct FileSystem;

impl Environment for FileSystem {
    fn variable(&self, _name: &str) -> Option<OsString> {
        None
    }

    fn read(&self, path: &Path) -> io::Result<FileContent> {
        ProcessEnvironment.read(path)
    }
}

/// Reads a file that is read more than once. See [`InputFile::open_regular`].
pub(super) fn read_regular(path: &Path) -> io::Result<FileContent> {
    content(InputFile::open_regular(path)?)
}

fn content(file: InputFile) -> io::Result<FileContent> {
    let metadata = file.metadata().clone();
    if metadata.is_dir() {
        return Err(io::Error::new(
            io::ErrorKind::IsADirectory,
            "it is a directory",
        ));
    }
    let mut text = Zeroizing::new(String::new());
    if file.take(MAX_FILE_SIZE + 1).read_to_string(&mut text)? as u64 > MAX_FILE_SIZE {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "it is over 1 MiB",
        ));
    }
    #[cfg(unix)]
    let exposed = {
        use std::os::unix::fs::MetadataExt;
        metadata.is_file() && metadata.mode() & 0o077 != 0
    };
    #[cfg(not(unix))]
    let exposed = false;
    Ok(FileContent { text, exposed })
}
