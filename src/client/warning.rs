//! Reports warnings to the observer, or else writes them to standard error. A warning must not harm the host: writing can block, fail, or raise SIGPIPE.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::Result;
use crate::fork::PerProcess;
use crate::observer::{self, Event};
use crate::transport::{signals, start_thread};

/// If standard error is a full pipe, the writing continues on its own thread.
const MAX_WAIT: Duration = Duration::from_secs(1);

/// At most one thread writes, so that threads that cannot continue do not accumulate.
#[derive(Default)]
struct Writer {
    writing: Mutex<bool>,
    ended: Condvar,
}

static WRITER: PerProcess<Writer> = PerProcess::new();

/// Reports each warning, or writes a line for it. If that is impossible, the warnings are lost.
pub(super) fn report(warnings: &[String]) {
    if observer::is_observed() {
        for message in warnings {
            observer::emit(&Event::Warning { message });
        }
    } else if !warnings.is_empty() {
        write(warnings);
    }
}

fn write(warnings: &[String]) {
    let text: String = warnings
        .iter()
        .map(|warning| format!("scwkms: warning: {warning}\n"))
        .collect();
    if let Ok(writer) = writer() {
        writer.write(text);
    }
}

fn writer() -> Result<&'static Writer> {
    WRITER.get(|| Ok(Writer::default()))
}

impl Writer {
    fn write(&'static self, text: String) {
        let until = Instant::now() + MAX_WAIT;
        let mut writing = self.wait(until);
        if *writing {
            return;
        }
        // SIGPIPE is sent to the thread that writes, and is blocked there.
        let write = move || {
            signals::block();
            write_to_stderr(text.as_bytes());
            *self.lock() = false;
            self.ended.notify_all();
        };
        let builder = thread::Builder::new();
        let Ok(thread) = start_thread(builder, "scwkms-warning", Box::new(write)) else {
            return;
        };
        *writing = true;
        drop(writing);
        let still_writing = *self.wait(until);
        if !still_writing {
            // The thread is ending.
            let _ = thread.join();
        }
    }

    /// Waits until no thread writes, or until the given time.
    fn wait(&self, until: Instant) -> MutexGuard<'_, bool> {
        let left = until.saturating_duration_since(Instant::now());
        let waited = self
            .ended
            .wait_timeout_while(self.lock(), left, |writing| *writing);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does not use the lock of Rust's standard library: a blocked thread would keep it, also in a child of fork().
#[cfg(unix)]
fn write_to_stderr(mut text: &[u8]) {
    use nix::errno::Errno;

    while !text.is_empty() {
        match nix::unistd::write(std::io::stderr(), text) {
            Ok(0) => return,
            Ok(written) => text = text.get(written..).unwrap_or_default(),
            Err(Errno::EINTR) => {}
            Err(_) => return,
        }
    }
}

#[cfg(not(unix))]
fn write_to_stderr(text: &[u8]) {
    use std::io::Write;

    let _ = std::io::stderr().write_all(text);
}
