//! A non-blocking TCP socket that remembers its readiness, to avoid system calls without effect.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// Reads between two looks at the clock. A server may send endless data that no one reads to its end, for example
/// interim responses.
const MAX_READS: u32 = 64;

pub(super) struct Socket {
    tcp: TcpStream,
    /// There may be something to read.
    readable: AtomicBool,
    /// The send buffer is full.
    full: AtomicBool,
    reads_left: AtomicU32,
}

impl Socket {
    pub(super) fn new(tcp: TcpStream) -> Self {
        Self {
            tcp,
            readable: AtomicBool::new(true),
            full: AtomicBool::new(false),
            reads_left: AtomicU32::new(MAX_READS),
        }
    }

    /// Waits until there is something to read, or room to write if there was none. After the time limit it returns
    /// an error even if the socket is ready.
    pub(super) fn wait_until(&self, until: Instant) -> io::Result<()> {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            if self.poll(left)? {
                return Ok(());
            }
        }
    }

    /// Whether the socket becomes ready within the time limit. A signal ends the wait too.
    pub(super) fn poll(&self, limit: Duration) -> io::Result<bool> {
        let mut events = PollFlags::POLLIN;
        if self.full.load(Ordering::Relaxed) {
            events |= PollFlags::POLLOUT;
        }
        // Rounded up, so that the time limit has passed when the wait ends.
        let milliseconds = i32::try_from(limit.as_micros().div_ceil(1000)).unwrap_or(i32::MAX);
        let timeout = PollTimeout::try_from(milliseconds).unwrap_or(PollTimeout::MAX);
        match poll(&mut [PollFd::new(self.tcp.as_fd(), events)], timeout) {
            Ok(0) | Err(Errno::EINTR) => Ok(false),
            Ok(_) => {
                self.readable.store(true, Ordering::Relaxed);
                self.full.store(false, Ordering::Relaxed);
                self.reads_left.store(MAX_READS, Ordering::Relaxed);
                Ok(true)
            }
            Err(e) => Err(e.into()),
        }
    }
}

impl Read for &Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let reads_left = self.reads_left.load(Ordering::Relaxed);
        if reads_left == 0 || !self.readable.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.reads_left.store(reads_left - 1, Ordering::Relaxed);
        let result = (&self.tcp).read(buffer);
        // A short read means that no more data is there.
        if !matches!(result, Ok(n) if n == 0 || n == buffer.len()) {
            self.readable.store(false, Ordering::Relaxed);
        }
        result
    }
}

impl Write for &Socket {
    // Not write_vectored: if the server has closed the connection, writev raises SIGPIPE on the caller's thread, and
    // send does not.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = (&self.tcp).write(bytes);
        if matches!(&result, Err(e) if e.kind() == io::ErrorKind::WouldBlock) {
            self.full.store(true, Ordering::Relaxed);
        }
        result
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
