//! Signals on the library's own threads.

/// Blocks signals on this thread, so that the host's own threads handle them. Without this, writing to a connection that
/// the server has closed raises SIGPIPE, which ends a program without a handler. Threads that this thread starts inherit
/// the signal mask.
#[cfg(unix)]
pub(crate) fn block() {
    use nix::sys::signal::{SigSet, Signal};

    let mut signals = SigSet::all();
    // Faults of the thread itself raise these.
    for synchronous in [
        Signal::SIGABRT,
        Signal::SIGBUS,
        Signal::SIGFPE,
        Signal::SIGILL,
        Signal::SIGSEGV,
        Signal::SIGSYS,
        Signal::SIGTRAP,
    ] {
        signals.remove(synchronous);
    }
    // It fails only for invalid arguments.
    let _ = signals.thread_block();
}

#[cfg(not(unix))]
pub(crate) fn block() {}
