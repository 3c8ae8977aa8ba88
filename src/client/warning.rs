//! Writes warnings to standard error. A warning must not harm the host: writing can block, fail, or raise SIGPIPE.

use std::io::{self, Write};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::transport::signals;

/// If standard error is a full pipe, the writing continues on its own thread.
const MAX_WAIT: Duration = Duration::from_secs(1);

/// Writes a line for each warning. If that is impossible, the warnings are lost.
pub(super) fn write(warnings: &[String]) {
    if warnings.is_empty() {
        return;
    }
    let text: String = warnings
        .iter()
        .map(|warning| format!("scwkms: warning: {warning}\n"))
        .collect();
    let (sender, written) = mpsc::sync_channel(1);
    // SIGPIPE is sent to the thread that writes, and is blocked there.
    let write = move || {
        signals::block();
        let _ = io::stderr().write_all(text.as_bytes());
        let _ = sender.send(());
    };
    let thread = thread::Builder::new().name("scwkms-warning".into());
    if thread.spawn(write).is_ok() {
        let _ = written.recv_timeout(MAX_WAIT);
    }
}
