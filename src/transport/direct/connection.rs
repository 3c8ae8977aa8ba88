//! One direct connection.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio_util::either::Either;

use super::socket::Socket;
use super::tls_stream::TlsStream;
use crate::error::ErrorKind;
use crate::observer::ConnectionRecord;
use crate::transport::attempt_error::{AttemptError, Delivery};
use crate::transport::body::IncomingBody;
use crate::transport::connect::Connector;
use crate::transport::message::{Body, Message};
use crate::transport::response::{self, Response};
use crate::transport::stream::Stream;

pub(super) struct DirectConnection {
    sender: http1::SendRequest<Body>,
    connection: Pin<Box<http1::Connection<TokioIo<TlsStream>, Body>>>,
    ended: bool,
    socket: Arc<Socket>,
    wake_flag: Arc<WakeFlag>,
    waker: Waker,
    connector: Arc<Connector>,
    record: ConnectionRecord,
}

/// Why a request got no response.
pub(in crate::transport) enum DirectError {
    /// The connection was closed before. The request was not sent.
    Closed,
    Failed(AttemptError),
    TimedOut,
}

impl DirectConnection {
    /// Takes over a new connection. `None` if it cannot be driven in this way: it has no TLS, or leads through a
    /// proxy with TLS.
    pub(super) fn new(
        (stream, record): (Stream, ConnectionRecord),
        connector: Arc<Connector>,
    ) -> Option<Self> {
        let Either::Left(tls) = stream else {
            return None;
        };
        let (Either::Left(tcp), tls) = tls.into_inner() else {
            return None;
        };
        let socket = Arc::new(Socket::new(tcp.into_std().ok()?));
        let stream = TlsStream::new(tls, Arc::clone(&socket));
        let wake_flag = Arc::new(WakeFlag(AtomicBool::new(false)));
        let waker = Waker::from(Arc::clone(&wake_flag));
        let mut handshake = pin!(http1::handshake(TokioIo::new(stream)));
        // An HTTP/1.1 client sends nothing before its first request, so this is ready at once.
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
            wake_flag,
            waker,
            connector,
            record,
        })
    }

    /// Sends a request and reads its response, until the time limit. After an error the connection cannot be used
    /// again.
    pub(in crate::transport) fn exchange(
        &mut self,
        message: &Message,
        until: Instant,
    ) -> Result<Response, DirectError> {
        // The server may have closed the connection since the last request.
        if let Ok(true) = self.socket.poll(Duration::ZERO) {
            self.poll_connection();
        }
        if self.sender.is_closed() {
            return Err(DirectError::Closed);
        }
        let sent = self.sender.try_send_request(message.for_http1());
        let connector = Arc::clone(&self.connector);
        self.drive(
            async move {
                let response = sent.await.map_err(|mut e| match e.take_message() {
                    Some(_) => DirectError::Closed,
                    None => DirectError::Failed(AttemptError::no_response(
                        &e.into_error(),
                        Delivery::Unknown,
                        &connector.base_url(),
                    )),
                })?;
                response::read(response.map(IncomingBody::Http1), &connector.redactor())
                    .await
                    .map_err(DirectError::Failed)
            },
            until,
        )
    }

    /// Polls an exchange and the connection in turn, and waits for the socket when both can do nothing.
    fn drive(
        &mut self,
        exchange: impl Future<Output = Result<Response, DirectError>>,
        until: Instant,
    ) -> Result<Response, DirectError> {
        let mut exchange = pin!(exchange);
        loop {
            self.wake_flag.0.store(false, Ordering::Relaxed);
            let polled = exchange
                .as_mut()
                .poll(&mut Context::from_waker(&self.waker));
            // If the exchange is complete, this makes the connection ready for the next request.
            self.poll_connection();
            if let Poll::Ready(result) = polled {
                return result;
            }
            if self.wake_flag.0.load(Ordering::Relaxed) {
                continue;
            }
            if self.ended {
                return Err(self.broken("it ended without an error"));
            }
            if let Err(e) = self.socket.wait_until(until) {
                return Err(match e.kind() {
                    io::ErrorKind::TimedOut => DirectError::TimedOut,
                    _ => self.broken(&format!("waiting for it failed: {e}")),
                });
            }
        }
    }

    /// Notes why the connection cannot be used any more.
    pub(super) fn lost(&mut self, e: &DirectError) {
        self.record.lost(match e {
            DirectError::Closed => "the server closed the connection",
            DirectError::Failed(_) => "the connection broke",
            DirectError::TimedOut => "no response in time",
        });
    }

    /// Whether another request can be sent over it.
    pub(super) fn is_usable(&self) -> bool {
        self.sender.is_ready()
    }

    /// Lets hyper read and write as far as possible without waiting. The end of the connection is reported to the
    /// exchange and to the sender.
    fn poll_connection(&mut self) {
        let mut context = Context::from_waker(&self.waker);
        self.ended = self.ended || self.connection.as_mut().poll(&mut context).is_ready();
    }

    fn broken(&self, how: &str) -> DirectError {
        let base_url = self.connector.base_url();
        let message = format!("the connection to {base_url} broke: {how}");
        DirectError::Failed(AttemptError::broken(ErrorKind::Network, message))
    }
}

/// Set when hyper asks to be polled again.
struct WakeFlag(AtomicBool);

impl Wake for WakeFlag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}
