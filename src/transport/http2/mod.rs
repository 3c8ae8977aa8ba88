//! One HTTP/2 connection. The head and the body of a request are queued together, so that they are sent in one
//! packet.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, select};
use h2::client::{Builder, Connection, SendRequest};
use h2::{Ping, PingPong, Reason, RecvStream};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;

use super::attempt_error::{AttemptError, Delivery};
use super::message::Message;
use super::timeouts::KEEP_ALIVE_INTERVAL;
use crate::observer::ConnectionRecord;

/// Requests on one connection before another is opened. Servers allow 100 to 250; if a server allows fewer, its limit
/// counts.
pub(super) const MAX_REQUESTS_PER_CONNECTION: usize = 100;

/// A response of the maximum size fits into one window.
const WINDOW: u32 = 1 << 20;
const CONNECTION_WINDOW: u32 = 8 << 20;

/// The maximum size of a response's head (SETTINGS_MAX_HEADER_LIST_SIZE). The service's are below 1 KiB.
const MAX_HEAD_SIZE: u32 = 64 << 10;

/// A connection whose ping has no response after this time gets no new requests.
const SUSPECT_AFTER: Duration = Duration::from_secs(3);
/// After this time it is closed. Its idempotent requests are sent again over another connection.
const DEAD_AFTER: Duration = Duration::from_secs(8);

pub(super) struct Http2Connection {
    sender: SendRequest<Bytes>,
    closed: AtomicBool,
    /// A request timed out, or the response to a ping is late, and nothing was received since.
    suspect: AtomicBool,
    /// Requests that are sent over this connection, or wait until it has room.
    in_flight: AtomicUsize,
    /// Requests that were sent.
    active: AtomicUsize,
    slot_freed: Notify,
    /// The server's limit of requests at a time, which is known from the first response on.
    max_requests: AtomicUsize,
    /// Notified when the capacity of the pool may be higher, or the capacity of a connection is lower than assumed.
    capacity_changed: Arc<Notify>,
    /// In milliseconds after the pool was created.
    last_used: AtomicU64,
}

/// The server allows no more requests at a time on this connection.
pub(super) struct ConnectionFull;

/// Starts HTTP/2 on a stream. `max_requests` is the expected limit of the server. The returned `Connection` must be polled by [`drive`].
pub(super) async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    now: u64,
    max_requests: usize,
    capacity_changed: Arc<Notify>,
) -> Result<(Http2Connection, Connection<S, Bytes>), h2::Error> {
    let (sender, connection) = Builder::new()
        .initial_window_size(WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_header_list_size(MAX_HEAD_SIZE)
        .enable_push(false)
        .handshake(stream)
        .await?;
    let http2 = Http2Connection {
        sender,
        closed: AtomicBool::new(false),
        suspect: AtomicBool::new(false),
        in_flight: AtomicUsize::new(0),
        active: AtomicUsize::new(0),
        slot_freed: Notify::new(),
        max_requests: AtomicUsize::new(max_requests),
        capacity_changed,
        last_used: AtomicU64::new(now),
    };
    Ok((http2, connection))
}

impl Http2Connection {
    pub(super) fn has_room(&self) -> bool {
        self.load() < self.capacity()
    }

    /// The number of requests before another connection is opened.
    pub(super) fn capacity(&self) -> usize {
        self.max_requests().min(MAX_REQUESTS_PER_CONNECTION)
    }

    pub(super) fn max_requests(&self) -> usize {
        self.max_requests.load(Relaxed)
    }

    /// Requests in flight.
    pub(super) fn load(&self) -> usize {
        self.in_flight.load(Relaxed)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Relaxed)
    }

    /// Whether the connection may be dead. It gets no new requests until something is received.
    pub(super) fn is_suspect(&self) -> bool {
        self.suspect.load(Relaxed)
    }

    pub(super) fn mark_suspect(&self) {
        self.suspect.store(true, Relaxed);
    }

    fn mark_healthy(&self) {
        self.suspect.store(false, Relaxed);
    }

    pub(super) fn is_idle_since(&self, then: u64) -> bool {
        self.load() == 0 && self.last_used.load(Relaxed) < then
    }

    pub(super) fn begin(&self) {
        self.in_flight.fetch_add(1, Relaxed);
    }

    pub(super) fn end(&self, now: u64) {
        self.in_flight.fetch_sub(1, Relaxed);
        self.last_used.store(now, Relaxed);
    }

    /// Sends a request and awaits the response's head.
    pub(super) async fn send(
        &self,
        message: &Message,
        base_url: &str,
    ) -> Result<http::Response<RecvStream>, AttemptError> {
        let not_sent = |e: h2::Error| {
            // The connection is closed or is being closed: it takes no more requests.
            self.closed.store(true, Relaxed);
            AttemptError::no_response(&e, Delivery::NotSent, base_url)
        };
        let mut sender = self.sender.clone().ready().await.map_err(not_sent)?;
        let (head, body) = message.for_http2();
        let (response, mut stream) = sender
            .send_request(head, body.is_none())
            .map_err(not_sent)?;
        // This clone would keep the connection open.
        drop(sender);
        let broken = |e: h2::Error| {
            let refused = e.is_remote() && e.reason() == Some(Reason::REFUSED_STREAM);
            let delivery = match refused {
                true => Delivery::NotSent,
                false => Delivery::Unknown,
            };
            AttemptError::no_response(&e, delivery, base_url)
        };
        if let Some(body) = body {
            stream.send_data(body, true).map_err(broken)?;
        }
        let response = response.await.map_err(broken)?;
        self.note_max_requests();
        self.mark_healthy();
        Ok(response)
    }

    /// Waits until the server allows another request on this connection. [`Http2Connection::free_slot`] ends its use.
    ///
    /// # Errors
    /// Another connection may have room.
    pub(super) async fn take_slot(&self) -> Result<(), ConnectionFull> {
        while self.active.load(Relaxed) >= self.max_requests() {
            let freed = pin!(self.slot_freed.notified());
            let changed = pin!(self.capacity_changed.notified());
            if let Either::Right(_) = select(freed, changed).await
                && self.load() > self.max_requests()
            {
                return Err(ConnectionFull);
            }
        }
        self.active.fetch_add(1, Relaxed);
        Ok(())
    }

    pub(super) fn free_slot(&self) {
        if self.active.fetch_sub(1, Relaxed) >= self.max_requests() {
            self.slot_freed.notify_one();
        }
    }

    fn note_max_requests(&self) {
        let allowed = self.sender.current_max_send_streams().max(1);
        if self.max_requests.swap(allowed, Relaxed) != allowed {
            self.capacity_changed.notify_waiters();
        }
    }
}

/// Polls a connection until it ends: when its senders are dropped, when it breaks, or when the server does not
/// respond to a ping. Its requests then get an error. `clean_up` is called at each ping and at the end.
pub(super) async fn drive<S: AsyncRead + AsyncWrite + Unpin>(
    mut connection: Connection<S, Bytes>,
    // Only the pool keeps the sender, and thereby the connection.
    this: Weak<Http2Connection>,
    clean_up: impl Fn(),
    mut record: ConnectionRecord,
) {
    let alive = keep_alive(connection.ping_pong(), this.clone(), &clean_up);
    let ended = match select(connection, pin!(alive)).await {
        Either::Left((Ok(()), _)) => None,
        Either::Left((Err(_), _)) => Some("the connection broke"),
        Either::Right(_) => Some("no response to a ping"),
    };
    if let Some(this) = this.upgrade() {
        this.closed.store(true, Relaxed);
        record.lost(ended.unwrap_or("the server closed the connection"));
    } else if let Some(reason) = ended {
        record.lost(reason);
    }
    clean_up();
}

/// Returns when the server has not responded to a ping in time.
async fn keep_alive(pings: Option<PingPong>, this: Weak<Http2Connection>, clean_up: impl Fn()) {
    let Some(mut pings) = pings else {
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep(KEEP_ALIVE_INTERVAL).await;
        clean_up();
        let mut pong = pin!(pings.ping(Ping::opaque()));
        let mut result = tokio::time::timeout(SUSPECT_AFTER, pong.as_mut()).await;
        if result.is_err() {
            // A short pause of the server must not cause all its requests to be sent again.
            if let Some(this) = this.upgrade() {
                this.mark_suspect();
            }
            result = tokio::time::timeout(DEAD_AFTER - SUSPECT_AFTER, pong).await;
        }
        let Ok(Ok(_)) = result else {
            return;
        };
        if let Some(this) = this.upgrade() {
            this.mark_healthy();
        }
    }
}

#[cfg(test)]
mod tests;
