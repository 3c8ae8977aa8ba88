//! Shows on a terminal that an operation is in flight.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

const INTERVAL: Duration = Duration::from_millis(250);

/// Does the work. If standard error is a terminal and the work takes longer, the text and the time are shown there.
pub(crate) fn with_progress<T>(text: &str, work: impl FnOnce() -> T) -> T {
    if !io::stderr().is_terminal() {
        return work();
    }
    let (working, ended) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(|| show(text, ended));
        let result = work();
        drop(working);
        result
    })
}

/// Shows the time until the work has ended, then clears the line. It takes the receiver, whose sender ends it.
fn show(text: &str, ended: Receiver<()>) {
    let start = Instant::now();
    let mut shown = false;
    while ended.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
        write(&format!("\r{text}: {:.1} s", start.elapsed().as_secs_f64()));
        shown = true;
    }
    if shown {
        write("\r\x1b[K");
    }
}

/// Errors are ignored: the terminal may be gone.
fn write(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes());
    let _ = stderr.flush();
}
