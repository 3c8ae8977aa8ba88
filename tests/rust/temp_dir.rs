//! A temporary directory, and the openssl command in it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// A new directory that is removed when it is dropped.
pub(crate) struct TempDir(PathBuf);

impl TempDir {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("scwkms-test-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).expect(name);
    }

    /// Puts a named pipe in the place of a file. Only tests of this package need it.
    #[allow(dead_code)]
    pub(crate) fn replace_by_pipe(&self, name: &str) {
        std::fs::remove_file(self.path(name)).expect(name);
        let mut command = Command::new("mkfifo");
        let status = command.arg(self.path(name)).status();
        assert!(status.expect("the mkfifo command").success());
    }

    /// Runs openssl in the directory, and returns its output. Panics if openssl fails.
    pub(crate) fn openssl(&self, arguments: &str) -> Vec<u8> {
        run_openssl(&self.0, arguments).unwrap_or_else(|e| panic!("openssl {arguments}: {e}"))
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn run_openssl(directory: &Path, arguments: &str) -> Result<Vec<u8>, String> {
    let output = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(directory)
        .output()
        .expect("the openssl command");
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}
