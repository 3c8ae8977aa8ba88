//! An accepted connection, which requests can reset or close.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// The actions of a request on its connection.
pub struct Control {
    pub number: u64,
    reset: AtomicBool,
    reset_wanted: Notify,
    close_wanted: Notify,
}

impl Control {
    pub fn new(number: u64) -> Arc<Self> {
        Arc::new(Control {
            number,
            reset: AtomicBool::new(false),
            reset_wanted: Notify::new(),
            close_wanted: Notify::new(),
        })
    }

    /// Resets the TCP connection.
    pub fn reset(&self) {
        self.reset.store(true, Ordering::Release);
        self.reset_wanted.notify_one();
    }

    pub async fn reset_wanted(&self) {
        self.reset_wanted.notified().await;
    }

    /// Closes the connection gracefully: requests in flight get their responses.
    pub fn close(&self) {
        self.close_wanted.notify_one();
    }

    pub async fn close_wanted(&self) {
        self.close_wanted.notified().await;
    }
}

/// A TCP stream that ends with a reset instead of a FIN after [`Control::reset`]. It owns the
/// stream, so that dropping it closes the socket, also under TLS and HTTP/2.
pub struct Socket {
    pub stream: TcpStream,
    pub control: Arc<Control>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.control.reset.load(Ordering::Acquire) {
            // This fails only if the connection is already closed.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
