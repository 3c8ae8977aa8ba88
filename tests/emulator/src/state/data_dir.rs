//! State on disk: one file per key, written beside the old one and renamed over it, so that a
//! crash leaves either the old or the new state.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::identity::Identity;
use super::key::Key;

/// Counts up when files written by an older emulator can no longer be read.
const FORMAT: u32 = 1;

/// Its presence marks a directory as an emulator's.
const LOCK_FILE: &str = "lock";

pub struct DataDir {
    path: PathBuf,
    // Held until the process ends; the system frees it even after a crash.
    _lock: File,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<T> {
    format: u32,
    content: T,
}

impl DataDir {
    /// Creates or opens a directory, and keeps every other emulator out of it.
    pub fn open(path: &Path) -> Result<Self, String> {
        let fail = |what: &str, error: io::Error| format!("{}: {what}: {error}", path.display());
        let keys = path.join("keys");
        refuse_strangers(path).map_err(|error| fail("cannot use the directory", error))?;
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&keys)
            .map_err(|error| fail("cannot create the directory", error))?;
        // The directory may be older than the emulator's use of it.
        for directory in [path, keys.as_path()] {
            fs::set_permissions(directory, fs::Permissions::from_mode(0o700))
                .map_err(|error| fail("cannot make the directory private", error))?;
        }
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path.join(LOCK_FILE))
            .map_err(|error| fail("cannot open the lock", error))?;
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => {
                return Err(format!(
                    "{}: another emulator uses this directory",
                    path.display()
                ));
            }
            Err(error) => return Err(fail("cannot lock the directory", error.into())),
        }
        for directory in [path, keys.as_path()] {
            sweep(directory).map_err(|error| fail("cannot tidy up", error))?;
        }
        Ok(DataDir {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    fn key_path(&self, id: Uuid) -> PathBuf {
        self.path.join("keys").join(format!("{id}.json"))
    }

    pub fn save_key(&self, key: &Key) -> io::Result<()> {
        write_envelope(&self.key_path(key.id), key)
    }

    /// A file that stays behind is read and purged again, so a failure here does no harm.
    pub fn remove_key(&self, id: Uuid) {
        let _ = fs::remove_file(self.key_path(id));
    }

    pub fn load_keys(&self) -> Result<Vec<Key>, String> {
        let directory = self.path.join("keys");
        let fail = |error: io::Error| format!("{}: {error}", directory.display());
        let mut keys = Vec::new();
        for entry in fs::read_dir(&directory).map_err(fail)? {
            let path = entry.map_err(fail)?.path();
            let key: Key = read_envelope(&path)?
                .ok_or_else(|| format!("{}: it has just vanished", path.display()))?;
            if path != self.key_path(key.id) {
                return Err(format!("{}: it holds key {}", path.display(), key.id));
            }
            keys.push(key);
        }
        Ok(keys)
    }

    /// The credentials kept here, or `fresh` ones that are kept from now on.
    pub fn identity(&self, fresh: Identity) -> Result<Identity, String> {
        let path = self.path.join("identity.json");
        if let Some(identity) = read_envelope(&path)? {
            return Ok(identity);
        }
        write_envelope(&path, &fresh).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(fresh)
    }
}

/// The directory will be made private, which is not to happen to one that serves other purposes.
fn refuse_strangers(path: &Path) -> io::Result<()> {
    let used = match fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(error),
    };
    if used && !path.join(LOCK_FILE).exists() {
        return Err(io::Error::other("it holds other files than an emulator's"));
    }
    Ok(())
}

/// Removes what a crash left of unfinished writes.
fn sweep(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "tmp") {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

fn read_envelope<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, String> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("{}: {error}", path.display())),
    };
    let corrupt = |what: &dyn std::fmt::Display| {
        format!(
            "{}: the file is corrupt ({what}); it was left as it is",
            path.display()
        )
    };
    let envelope: Envelope<T> = serde_json::from_slice(&text).map_err(|error| corrupt(&error))?;
    if envelope.format != FORMAT {
        return Err(corrupt(&format!("format {}", envelope.format)));
    }
    Ok(Some(envelope.content))
}

fn write_envelope<T: Serialize>(path: &Path, content: &T) -> io::Result<()> {
    let text = serde_json::to_vec_pretty(&Envelope {
        format: FORMAT,
        content,
    })?;
    write_private(path, &text)
}

/// Writes a file of mode 0600 that is either wholly old or wholly new, whatever happens meanwhile.
pub fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let temporary = directory.join(format!("{}.tmp", Uuid::new_v4()));
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)
        .and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written?;
    // The rename itself lasts once the directory is on disk.
    File::open(directory)?.sync_all()
}
