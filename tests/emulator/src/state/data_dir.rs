//! State on disk, one file per key. A new version is written to a temporary file and renamed, so that a
//! crash leaves either the old or the new version.

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

/// The version of the files. It increases when older files cannot be read any more.
const FORMAT: u32 = 1;

/// A directory that contains this file belongs to an emulator.
const LOCK_FILE: &str = "lock";

pub struct DataDir {
    path: PathBuf,
    // Held until the process ends. The system releases it even after a crash.
    _lock: File,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<T> {
    format: u32,
    content: T,
}

impl DataDir {
    /// Creates or opens a directory, and locks it against other emulators.
    pub fn open(path: &Path) -> Result<Self, String> {
        let fail = |what: &str, error: io::Error| format!("{}: {what}: {error}", path.display());
        let keys = path.join("keys");
        check_owner(path).map_err(|error| fail("cannot use the directory", error))?;
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&keys)
            .map_err(|error| fail("cannot create the directory", error))?;
        // An existing directory may have another mode.
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
            remove_temporary_files(directory)
                .map_err(|error| fail("cannot remove temporary files", error))?;
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

    /// Ignores errors: the next start loads the file and removes the key again.
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
                .ok_or_else(|| format!("{}: the file no longer exists", path.display()))?;
            if path != self.key_path(key.id) {
                return Err(format!("{}: it contains key {}", path.display(), key.id));
            }
            keys.push(key);
        }
        Ok(keys)
    }

    /// The stored credentials. Without any, stores and returns `fresh`.
    pub fn identity(&self, fresh: Identity) -> Result<Identity, String> {
        let path = self.path.join("identity.json");
        if let Some(identity) = read_envelope(&path)? {
            return Ok(identity);
        }
        write_envelope(&path, &fresh).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(fresh)
    }
}

/// Rejects a directory with other files, since the emulator would change its mode.
fn check_owner(path: &Path) -> io::Result<()> {
    let used = match fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(error),
    };
    if used && !path.join(LOCK_FILE).exists() {
        return Err(io::Error::other(
            "it contains files that are not an emulator's",
        ));
    }
    Ok(())
}

/// Removes the temporary files of writes that a crash interrupted.
fn remove_temporary_files(directory: &Path) -> io::Result<()> {
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
            "{}: the file is corrupt ({what}); it was not changed",
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

/// Writes a file of mode 0600 atomically: after a crash it is either the old or the new version.
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
    // The rename is durable only after a sync of the directory.
    File::open(directory)?.sync_all()
}
