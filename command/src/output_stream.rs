//! An output that is written piece by piece. A file appears under its name when it is complete.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::rand;

use crate::failure::Failure;
use crate::stdout::write_stdout;

/// Standard output, or the file with this name.
pub(crate) enum OutputStream<'a> {
    Stdout,
    File(OutputFile, &'a Path),
}

impl OutputStream<'_> {
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Stdout => write_stdout(bytes),
            Self::File(file, name) => file
                .file
                .write_all(bytes)
                .map_err(|error| Failure::file("write", name, &error)),
        }
    }

    /// Completes the output.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        match self {
            Self::Stdout => Ok(()),
            Self::File(file, name) => file
                .finish()
                .map_err(|error| Failure::file("write", name, &error)),
        }
    }
}

/// A file that is written under a temporary name in the same folder, or a pipe or a device.
pub(crate) struct OutputFile {
    file: File,
    path: PathBuf,
    /// Removed when it is dropped. `None` for a pipe or a device, and after the renaming.
    temporary: Option<PathBuf>,
    /// The permissions of the file that is replaced.
    permissions: Option<Permissions>,
}

/// Permissions of a new file, before those that the process's umask removes are removed.
#[derive(Clone, Copy)]
pub(crate) enum Access {
    All = 0o666,
    Owner = 0o600,
}

impl OutputFile {
    pub(crate) fn create(name: &Path, access: Access) -> io::Result<Self> {
        // A symbolic link remains: its target is replaced.
        let path = fs::canonicalize(name).unwrap_or_else(|_| name.to_owned());
        match fs::metadata(&path) {
            Ok(found) if found.is_file() => {
                Self::temporary(path, access, Some(found.permissions()))
            }
            Ok(_) => Self::existing(path),
            Err(_) => Self::temporary(path, access, None),
        }
    }

    fn existing(path: PathBuf) -> io::Result<Self> {
        Ok(Self {
            file: OpenOptions::new().write(true).open(&path)?,
            path,
            temporary: None,
            permissions: None,
        })
    }

    fn temporary(
        path: PathBuf,
        access: Access,
        permissions: Option<Permissions>,
    ) -> io::Result<Self> {
        let temporary = path.with_file_name(temporary_name()?);
        Ok(Self {
            file: create_new(&temporary, access)?,
            path,
            temporary: Some(temporary),
            permissions,
        })
    }

    fn finish(mut self) -> io::Result<()> {
        if let Some(temporary) = &self.temporary {
            if let Some(permissions) = self.permissions.take() {
                self.file.set_permissions(permissions)?;
            }
            self.file.sync_all()?;
            fs::rename(temporary, &self.path)?;
            self.temporary = None;
        }
        Ok(())
    }
}

impl Drop for OutputFile {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            // The reason why the output is not complete is reported already.
            let _ = fs::remove_file(temporary);
        }
    }
}

/// A name that no other process uses.
fn temporary_name() -> io::Result<String> {
    let mut random = [0; 8];
    rand::fill(&mut random).map_err(|_| io::Error::other("no random bytes are available"))?;
    Ok(format!(".scwkms-{:016x}", u64::from_ne_bytes(random)))
}

fn create_new(path: &Path, access: Access) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, access as u32);
    options.open(path)
}
