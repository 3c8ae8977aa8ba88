//! A connection that the calling thread drives itself, one request at a time over HTTP/1.1: no
//! other thread has to wake up for it.

use std::future::Future;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use rustls::ClientConnection;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::either::Either;

use super::body::Arriving;
use super::connect::Stream;
use super::failure::{self, Failure};
use super::message::{Body, Message};
use super::{Answer, read};
use crate::error::ErrorKind;

pub(super) struct Lane {
    sender: http1::SendRequest<Body>,
    connection: Pin<Box<http1::Connection<TokioIo<Wire>, Body>>>,
    ended: bool,
    socket: Arc<Socket>,
    woken: Arc<Woken>,
    waker: Waker,
    base_url: Arc<str>,
}

/// Why a request brought no answer.
pub(super) enum Trouble {
    /// The connection was closed before; the request did not get onto it.
    Closed,
    Failed(Failure),
    /// The time was up.
    Late,
}

impl Lane {
    /// Takes over a connection on which nothing has been said yet. `None` if it cannot be driven
    /// in this way: it leads through a proxy that speaks TLS, or is not TLS at all.
    pub(super) fn new(stream: Stream, base_url: Arc<str>) -> Option<Self> {
        let Either::Left(tls) = stream else {
            return None;
        };
        let (carrier, tls) = tls.into_inner();
        let Either::Left(tcp) = carrier else {
            return None;
        };
        let socket = Arc::new(Socket {
            tcp: tcp.into_std().ok()?,
            readable: AtomicBool::new(true),
            full: AtomicBool::new(false),
            reads: AtomicU32::new(READS),
        });
        let wire = Wire {
            tls,
            socket: Arc::clone(&socket),
        };
        let woken = Arc::new(Woken(AtomicBool::new(false)));
        let waker = Waker::from(Arc::clone(&woken));
        let mut handshake = pin!(http1::handshake(TokioIo::new(wire)));
        // HTTP/1.1 begins without a word.
        let Poll::Ready(Ok((sender, connection))) =
            handshake.as_mut().poll(&mut Context::from_waker(&waker))
        else {
            return None;
        };
        Some(Self {
            sender,
            connection: Box::pin(connection),
            ended: false,
            socket,
            woken,
            waker,
            base_url,
        })
    }

    /// Sends a request and reads its answer, until the time is up. After trouble the lane is of no
    /// more use.
    pub(super) fn exchange(
        &mut self,
        message: &Message,
        until: Instant,
    ) -> Result<Answer, Trouble> {
        // What came meanwhile may be the connection's end.
        if let Ok(true) = self.socket.poll(Duration::ZERO) {
            self.turn();
        }
        if self.sender.is_closed() {
            return Err(Trouble::Closed);
        }
        let sent = self.sender.try_send_request(message.for_http1());
        let base_url = Arc::clone(&self.base_url);
        let mut exchange = pin!(async move {
            let response = sent.await.map_err(|mut e| match e.take_message() {
                Some(_) => Trouble::Closed,
                None => Trouble::Failed(failure::of_request(&e.into_error(), false, &base_url)),
            })?;
            read(response.map(Arriving::Http1), message)
                .await
                .map_err(Trouble::Failed)
        });
        loop {
            self.woken.0.store(false, Ordering::Relaxed);
            let polled = exchange
                .as_mut()
                .poll(&mut Context::from_waker(&self.waker));
            if let Poll::Ready(result) = polled {
                // Once more, so that the connection is ready for the next request.
                self.turn();
                return result;
            }
            self.turn();
            if self.woken.0.load(Ordering::Relaxed) {
                continue;
            }
            if self.ended {
                return Err(self.broken("it ended without a word"));
            }
            if let Err(e) = self.socket.wait(until) {
                return Err(match e.kind() {
                    io::ErrorKind::TimedOut => Trouble::Late,
                    _ => self.broken(&format!("it cannot be waited for: {e}")),
                });
            }
        }
    }

    /// Whether another request can go over it.
    pub(super) fn is_usable(&self) -> bool {
        self.sender.is_ready()
    }

    /// Lets the connection do what it can without waiting. Its end reaches the request, or shows
    /// in the sender.
    fn turn(&mut self) {
        let mut context = Context::from_waker(&self.waker);
        self.ended = self.ended || self.connection.as_mut().poll(&mut context).is_ready();
    }

    fn broken(&self, how: &str) -> Trouble {
        Trouble::Failed(Failure::broken(
            ErrorKind::Network,
            format!("the connection to {} broke: {how}", self.base_url),
        ))
    }
}

/// Whether something may go on.
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Reads before the clock is looked at again. A server may say more than is ever read to its end, for
/// example that it is still processing.
const READS: u32 = 64;

/// A socket that does not block, and what is known of it.
struct Socket {
    tcp: TcpStream,
    /// There may be something to read.
    readable: AtomicBool,
    /// It takes no more for now.
    full: AtomicBool,
    /// Reads left.
    reads: AtomicU32,
}

impl Socket {
    /// Waits until there is something to read, or room to write where that was lacking; not once
    /// the time is up, though there may be.
    fn wait(&self, until: Instant) -> io::Result<()> {
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

    /// Whether there is what is waited for, within the time or before a signal came.
    fn poll(&self, limit: Duration) -> io::Result<bool> {
        let mut events = PollFlags::POLLIN;
        if self.full.load(Ordering::Relaxed) {
            events |= PollFlags::POLLOUT;
        }
        // Rounded up, so that the time is really up when the wait has ended.
        let milliseconds = i32::try_from(limit.as_micros().div_ceil(1000)).unwrap_or(i32::MAX);
        let timeout = PollTimeout::try_from(milliseconds).unwrap_or(PollTimeout::MAX);
        match poll(&mut [PollFd::new(self.tcp.as_fd(), events)], timeout) {
            Ok(0) | Err(Errno::EINTR) => Ok(false),
            Ok(_) => {
                self.readable.store(true, Ordering::Relaxed);
                self.full.store(false, Ordering::Relaxed);
                self.reads.store(READS, Ordering::Relaxed);
                Ok(true)
            }
            Err(e) => Err(e.into()),
        }
    }
}

/// Reads and writes without blocking, and remembers when that was not possible.
impl Read for &Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let reads = self.reads.load(Ordering::Relaxed);
        if reads == 0 || !self.readable.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.reads.store(reads - 1, Ordering::Relaxed);
        let result = (&self.tcp).read(buffer);
        // Fewer bytes than fit were all that there were, so another try would be in vain.
        if !matches!(result, Ok(n) if n == 0 || n == buffer.len()) {
            self.readable.store(false, Ordering::Relaxed);
        }
        result
    }
}

impl Write for &Socket {
    // Not write_vectored: the system's writev raises SIGPIPE on the caller's thread where the
    // server has closed the connection, and send does not.
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

/// TLS over the socket, in the shape that hyper wants. Whoever polls it finds out by the socket
/// when to do so again; the context's waker is not needed.
struct Wire {
    tls: ClientConnection,
    socket: Arc<Socket>,
}

impl Wire {
    fn send(&mut self) -> Poll<io::Result<()>> {
        while self.tls.wants_write() {
            match self.tls.write_tls(&mut &*self.socket) {
                Ok(_) => {}
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => return Poll::Pending,
                Err(e) => return Poll::Ready(Err(e)),
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            match self.tls.reader().read(buffer.initialize_unfilled()) {
                Ok(n) => {
                    buffer.advance(n);
                    return Poll::Ready(Ok(()));
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                Err(e) => return Poll::Ready(Err(e)),
            }
            let this = &mut *self;
            match this.tls.read_tls(&mut &*this.socket) {
                Ok(_) => {}
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => return Poll::Pending,
                Err(e) => return Poll::Ready(Err(e)),
            }
            let processed = this.tls.process_new_packets();
            // An alert about what was wrong, or an answer to a key update.
            let sent = this.send();
            if let Err(e) = processed {
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, e)));
            }
            if let Poll::Ready(Err(e)) = sent {
                return Poll::Ready(Err(e));
            }
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        // What rustls still holds goes first, so that it holds no more than one write.
        match self.send() {
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(e)) => return Poll::Ready(Err(e)),
            Poll::Pending => return Poll::Pending,
        }
        let taken = self.tls.writer().write(bytes)?;
        match self.send() {
            Poll::Ready(Err(e)) => Poll::Ready(Err(e)),
            _ => Poll::Ready(Ok(taken)),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.send()
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.tls.send_close_notify();
        self.send()
    }
}
