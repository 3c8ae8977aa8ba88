//! Starts and ends the emulator, for all Rust tests.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};

use serde_json::Value;

/// A process of the emulator. Dropping it ends the process.
pub(crate) struct EmulatorProcess {
    child: Child,
    /// The emulator ends when this pipe is closed, also if the test process dies.
    stdin: Option<ChildStdin>,
    ready: Value,
}

/// Starts the emulator, without waiting until it is ready. Standard input and output are pipes.
pub(crate) fn spawn(program: impl AsRef<OsStr>, options: &[&str], stderr: Stdio) -> Child {
    Command::new(program)
        .arg("--exit-on-stdin-close")
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(stderr)
        .spawn()
        .expect("the emulator")
}

impl EmulatorProcess {
    /// Starts the emulator and waits until it is ready.
    pub(crate) fn start(program: impl AsRef<OsStr>, options: &[&str]) -> Self {
        let mut child = spawn(program, options, Stdio::inherit());
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().expect("a pipe");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        Self {
            child,
            stdin,
            ready: serde_json::from_str(&line).expect("JSON"),
        }
    }

    /// The JSON line that the emulator prints when it is ready.
    pub(crate) fn ready(&self) -> &Value {
        &self.ready
    }

    /// A text of that line.
    pub(crate) fn get(&self, field: &str) -> &str {
        self.ready[field]
            .as_str()
            .unwrap_or_else(|| panic!("no {field}"))
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the process has ended by itself.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().expect("an exit status")
    }

    /// Ends the process and returns its exit status.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        drop(self.stdin.take());
        self.wait()
    }
}

impl Drop for EmulatorProcess {
    fn drop(&mut self) {
        self.stop();
    }
}
