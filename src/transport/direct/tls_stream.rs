//! TLS over a direct connection's socket, in the form that hyper requires.

use std::io::{self, BufRead, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::ClientConnection;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::socket::Socket;

/// It never uses the waker of a context: the socket tells when to poll again.
pub(super) struct TlsStream {
    tls: ClientConnection,
    socket: Arc<Socket>,
}

impl TlsStream {
    pub(super) fn new(tls: ClientConnection, socket: Arc<Socket>) -> Self {
        Self { tls, socket }
    }

    fn poll_send(&mut self) -> Poll<io::Result<()>> {
        while self.tls.wants_write() {
            match self.tls.write_tls(&mut &*self.socket) {
                Ok(_) => {}
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => return Poll::Pending,
                Err(e) => return Poll::Ready(Err(e)),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Reads and decrypts one part of the received data.
    fn poll_receive(&mut self) -> Poll<io::Result<()>> {
        match self.tls.read_tls(&mut &*self.socket) {
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => return Poll::Pending,
            Err(e) => return Poll::Ready(Err(e)),
        }
        let processed = self.tls.process_new_packets();
        // This sends an alert after an error, or the response to a key update.
        let sent = self.poll_send();
        if let Err(e) = processed {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, e)));
        }
        match sent {
            Poll::Ready(Err(e)) => Poll::Ready(Err(e)),
            _ => Poll::Ready(Ok(())),
        }
    }
}

impl AsyncRead for TlsStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            // The buffer is large. fill_buf() does not require that it is cleared first, which read() does.
            match self.tls.reader().fill_buf() {
                Ok(received) => {
                    let n = received.len().min(buffer.remaining());
                    buffer.put_slice(&received[..n]);
                    self.tls.reader().consume(n);
                    return Poll::Ready(Ok(()));
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                Err(e) => return Poll::Ready(Err(e)),
            }
            match self.poll_receive() {
                Poll::Ready(Ok(())) => {}
                not_ready => return not_ready,
            }
        }
    }
}

impl AsyncWrite for TlsStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        // Earlier data is sent first, so that rustls buffers no more than one write.
        match self.poll_send() {
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(e)) => return Poll::Ready(Err(e)),
            Poll::Pending => return Poll::Pending,
        }
        let taken = self.tls.writer().write(bytes)?;
        match self.poll_send() {
            Poll::Ready(Err(e)) => Poll::Ready(Err(e)),
            _ => Poll::Ready(Ok(taken)),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_send()
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.tls.send_close_notify();
        self.poll_send()
    }
}
