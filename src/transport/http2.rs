//! One HTTP/2 connection. A request's head and body are handed over together, so that they leave
//! in one packet.

use std::pin::pin;
use std::sync::Weak;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::select;
use h2::client::{Builder, Connection, SendRequest};
use h2::{Ping, PingPong, Reason, RecvStream};
use http::Response;
use tokio::io::{AsyncRead, AsyncWrite};

use super::KEEP_ALIVE_INTERVAL;
use super::failure::{self, Failure};
use super::message::Message;
use super::pool::Pool;

/// Requests on one connection before another is opened. Servers allow 100 to 250; where one allows
/// fewer, they wait their turn.
pub(super) const PER_CONNECTION: usize = 100;

/// An answer of the largest size fits without waiting for the next window.
const WINDOW: u32 = 1 << 20;
const CONNECTION_WINDOW: u32 = 8 << 20;

/// The largest head of an answer, as HTTP/2 counts. The service's are below 1 KiB.
const LARGEST_HEAD: u32 = 64 << 10;

/// How long a ping may remain without its answer before new requests go elsewhere, and before those
/// under way do.
const DOUBTFUL_AFTER: Duration = Duration::from_secs(3);
const DEAD_AFTER: Duration = Duration::from_secs(8);

pub(super) struct Multiplexed {
    sender: SendRequest<Bytes>,
    closed: AtomicBool,
    /// A request's time was up, or a ping's answer is late, and nothing has come over it since.
    doubtful: AtomicBool,
    in_flight: AtomicUsize,
    /// Milliseconds after the pool began.
    last_used: AtomicU64,
}

/// Begins to speak HTTP/2. The connection lives while it is driven.
pub(super) async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    now: u64,
) -> Result<(Multiplexed, Connection<S, Bytes>), h2::Error> {
    let (sender, connection) = Builder::new()
        .initial_window_size(WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_header_list_size(LARGEST_HEAD)
        .enable_push(false)
        .handshake(stream)
        .await?;
    let multiplexed = Multiplexed {
        sender,
        closed: AtomicBool::new(false),
        doubtful: AtomicBool::new(false),
        in_flight: AtomicUsize::new(0),
        last_used: AtomicU64::new(now),
    };
    Ok((multiplexed, connection))
}

impl Multiplexed {
    pub(super) fn has_room(&self) -> bool {
        self.load() < PER_CONNECTION
    }

    /// Requests under way.
    pub(super) fn load(&self) -> usize {
        self.in_flight.load(Relaxed)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Relaxed)
    }

    /// Whether it may have died silently. Other requests are better off elsewhere until it shows
    /// that it lives.
    pub(super) fn is_doubtful(&self) -> bool {
        self.doubtful.load(Relaxed)
    }

    pub(super) fn doubt(&self) {
        self.doubtful.store(true, Relaxed);
    }

    fn trust(&self) {
        self.doubtful.store(false, Relaxed);
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

    /// Sends a request and awaits the answer's head.
    pub(super) async fn send(
        &self,
        message: &Message,
        base_url: &str,
    ) -> Result<Response<RecvStream>, Failure> {
        let unsent = |e: h2::Error| {
            // It is closed, or about to be: no request gets onto it any more.
            self.closed.store(true, Relaxed);
            failure::of_request(&e, true, base_url)
        };
        let mut sender = self.sender.clone().ready().await.map_err(unsent)?;
        let (head, body) = message.for_http2();
        let (answer, mut stream) = sender.send_request(head, body.is_none()).map_err(unsent)?;
        // Its own copy would keep the connection open.
        drop(sender);
        let broken = |e: h2::Error| {
            let refused = e.is_remote() && e.reason() == Some(Reason::REFUSED_STREAM);
            failure::of_request(&e, refused, base_url)
        };
        if let Some(body) = body {
            stream.send_data(body, true).map_err(broken)?;
        }
        let answer = answer.await.map_err(broken)?;
        self.trust();
        Ok(answer)
    }
}

/// Drives a connection to its end, which its requests are told: when nobody holds its sender, when
/// it breaks, or when the server does not answer a ping. Looks after its pool meanwhile.
pub(super) async fn drive<S: AsyncRead + AsyncWrite + Unpin>(
    mut connection: Connection<S, Bytes>,
    // The pool alone keeps the sender, and by it the connection.
    this: Weak<Multiplexed>,
    pool: Weak<Pool>,
) {
    let alive = keep_alive(connection.ping_pong(), this.clone(), pool.clone());
    select(connection, pin!(alive)).await;
    if let Some(this) = this.upgrade() {
        this.closed.store(true, Relaxed);
    }
    if let Some(pool) = pool.upgrade() {
        pool.reap();
    }
}

/// Ends when the server has not answered a ping in time.
async fn keep_alive(pings: Option<PingPong>, this: Weak<Multiplexed>, pool: Weak<Pool>) {
    let Some(mut pings) = pings else {
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep(KEEP_ALIVE_INTERVAL).await;
        if let Some(pool) = pool.upgrade() {
            pool.reap();
        }
        let mut pong = pin!(pings.ping(Ping::opaque()));
        let mut came = tokio::time::timeout(DOUBTFUL_AFTER, pong.as_mut()).await;
        if came.is_err() {
            // A server that stands still for a moment is no reason to send all again that it has.
            if let Some(this) = this.upgrade() {
                this.doubt();
            }
            came = tokio::time::timeout(DEAD_AFTER - DOUBTFUL_AFTER, pong).await;
        }
        let Ok(Ok(_)) = came else {
            return;
        };
        if let Some(this) = this.upgrade() {
            this.trust();
        }
    }
}

#[cfg(test)]
mod tests;
