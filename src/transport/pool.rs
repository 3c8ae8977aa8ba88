//! The connections that all requests of a client share. A further HTTP/2 connection is opened for each hundred requests
//! in flight, or for fewer if the server allows fewer on one connection. Until it is open, requests share the existing
//! ones. An HTTP/1.1 connection carries one request at a time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};

use super::attempt_error::{AttemptError, Delivery};
use super::body::IncomingBody;
use super::connect::Connector;
use super::http2::{self, Http2Connection};
use super::message::{Body, Message};
use super::stream::{AlpnProtocols, Stream, speaks_http2};
use super::timeouts::IDLE_TIMEOUT;
use crate::error::ErrorKind;
use crate::observer::{self, ConnectionRecord};

/// Connections to a server that offers HTTP/1.1 only.
const MAX_HTTP1_CONNECTIONS: usize = 128;

/// A connection may be closed before a request is sent over it. Then another connection is tried.
const MAX_TRIES: u32 = 3;

pub(super) struct Pool {
    connector: Arc<Connector>,
    state: Mutex<PoolState>,
    /// Notified when requests that wait on a full connection should look for another one.
    capacity_changed: Arc<Notify>,
    http1_permits: Arc<Semaphore>,
    created: Instant,
}

#[derive(Default)]
struct PoolState {
    http2: Vec<Arc<Http2Connection>>,
    idle: Vec<IdleConnection>,
    /// Whether the server chose HTTP/1.1 for the last connection.
    http1: bool,
    /// The first connection, for which all requests wait.
    opening: Option<Opening>,
    /// The number of further connections that are being opened. Requests do not wait for them.
    further: usize,
}

/// How a request gets a connection.
enum Route {
    Leased(Lease),
    /// Over an HTTP/1.1 connection of its own.
    Http1,
    /// It waits for the connection that is being opened.
    Opening(Opening),
}

/// The result of opening a connection, for all requests that wait for it.
type Opening = watch::Receiver<Option<Result<(), AttemptError>>>;

/// An HTTP/1.1 connection between two requests.
struct IdleConnection {
    sender: http1::SendRequest<Body>,
    since: Instant,
}

/// The use of a connection by one request, until its response has been read.
pub(super) struct Lease {
    pool: Arc<Pool>,
    connection: ConnectionKind,
    /// The end of the attempt's time limit; `None` after the response has been read.
    until: Option<Instant>,
}

enum ConnectionKind {
    Http2 {
        connection: Arc<Http2Connection>,
        has_slot: bool,
    },
    Http1 {
        sender: Option<http1::SendRequest<Body>>,
        _permit: OwnedSemaphorePermit,
    },
}

impl Lease {
    async fn take_slot(&mut self) -> Result<(), http2::ConnectionFull> {
        if let ConnectionKind::Http2 {
            connection,
            has_slot,
        } = &mut self.connection
        {
            connection.take_slot().await?;
            *has_slot = true;
        }
        Ok(())
    }

    async fn send(
        &mut self,
        message: &Message,
    ) -> Result<http::Response<IncomingBody>, AttemptError> {
        let base_url = self.pool.connector.base_url();
        match &mut self.connection {
            ConnectionKind::Http2 { connection, .. } => {
                let response = connection.send(message, &base_url).await?;
                Ok(response.map(IncomingBody::Http2))
            }
            ConnectionKind::Http1 { sender, .. } => {
                let Some(sender) = sender else {
                    return Err(aborted());
                };
                let sent = sender.try_send_request(message.for_http1()).await;
                let response = sent.map_err(|mut e| {
                    let delivery = match e.take_message() {
                        Some(_) => Delivery::NotSent,
                        None => Delivery::Unknown,
                    };
                    AttemptError::no_response(&e.into_error(), delivery, &base_url)
                })?;
                Ok(response.map(IncomingBody::Http1))
            }
        }
    }

    /// Returns the connection to the pool after the response was read to its end. Dropping the lease earlier closes an
    /// HTTP/1.1 connection, because unread bytes remain on it.
    pub(super) fn give_back(mut self) {
        self.until = None;
        if let ConnectionKind::Http1 { sender, .. } = &mut self.connection
            && let Some(sender) = sender.take()
        {
            self.pool.keep_idle(sender);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // After a timeout the connection may be dead, and so may the idle ones.
        let timed_out = self.until.is_some_and(|until| until <= Instant::now());
        match &self.connection {
            ConnectionKind::Http2 {
                connection,
                has_slot,
            } => {
                if *has_slot {
                    connection.free_slot();
                }
                if timed_out {
                    connection.mark_suspect();
                }
                connection.end(self.pool.now());
            }
            ConnectionKind::Http1 {
                sender: Some(_), ..
            } if timed_out => self.pool.lock().idle.clear(),
            ConnectionKind::Http1 { .. } => {}
        }
    }
}

impl Pool {
    pub(super) fn new(connector: Arc<Connector>) -> Arc<Self> {
        Arc::new(Self {
            connector,
            state: Mutex::default(),
            capacity_changed: Arc::default(),
            http1_permits: Arc::new(Semaphore::new(MAX_HTTP1_CONNECTIONS)),
            created: Instant::now(),
        })
    }

    /// Sends a request, over a new connection if there is none. The caller reads the response's body and then
    /// gives the lease back, before `until`.
    pub(super) async fn send(
        self: &Arc<Self>,
        message: &Message,
        until: Instant,
    ) -> Result<(http::Response<IncomingBody>, Lease), AttemptError> {
        let mut tries = 1;
        loop {
            let mut lease = self.lease(until).await?;
            if lease.take_slot().await.is_err() {
                // Another connection may have room.
                continue;
            }
            match lease.send(message).await {
                Ok(response) => return Ok((response, lease)),
                Err(e) if e.delivery == Delivery::NotSent && tries < MAX_TRIES => tries += 1,
                Err(e) => return Err(e),
            }
        }
    }

    async fn lease(self: &Arc<Self>, until: Instant) -> Result<Lease, AttemptError> {
        for _ in 0..MAX_TRIES {
            match self.route(until) {
                Route::Leased(lease) => return Ok(lease),
                Route::Http1 => {
                    // Boxed, since it is large and rare.
                    if let Some(lease) = Box::pin(self.lease_http1(until)).await? {
                        return Ok(lease);
                    }
                }
                Route::Opening(mut opening) => {
                    let _connecting = observer::connecting();
                    match opening.wait_for(Option::is_some).await {
                        Ok(result) => result.clone().unwrap_or(Ok(()))?,
                        Err(_) => return Err(aborted()),
                    }
                }
            }
        }
        Err(AttemptError::not_sent(
            ErrorKind::Network,
            format!(
                "no request can be sent to {}: each connection is closed as soon as it is open",
                self.connector.base_url()
            ),
        ))
    }

    fn route(self: &Arc<Self>, until: Instant) -> Route {
        let mut state = self.lock();
        if let Some(connection) = state.least_loaded() {
            if !connection.has_room() && state.wants_another() {
                self.open_further(&mut state);
            }
            connection.begin();
            let has_slot = false;
            let connection = ConnectionKind::Http2 {
                connection,
                has_slot,
            };
            return Route::Leased(self.new_lease(connection, until));
        }
        if state.http1 {
            return Route::Http1;
        }
        Route::Opening(match &state.opening {
            Some(opening) => opening.clone(),
            None => self.open_first(&mut state),
        })
    }

    /// An idle HTTP/1.1 connection, or a new one. `None` if the server now speaks HTTP/2.
    async fn lease_http1(self: &Arc<Self>, until: Instant) -> Result<Option<Lease>, AttemptError> {
        let permit = Arc::clone(&self.http1_permits)
            .acquire_owned()
            .await
            .map_err(|_| aborted())?;
        let sender = match self.take_idle().await {
            Some(sender) => sender,
            None => {
                let _connecting = observer::connecting();
                let opened = self.connector.connect(AlpnProtocols::Http2OrHttp1).await?;
                match self.add(opened).await? {
                    Some(sender) => sender,
                    None => return Ok(None),
                }
            }
        };
        let connection = ConnectionKind::Http1 {
            sender: Some(sender),
            _permit: permit,
        };
        Ok(Some(self.new_lease(connection, until)))
    }

    async fn take_idle(&self) -> Option<http1::SendRequest<Body>> {
        loop {
            let mut idle = self.lock().idle.pop()?;
            // A connection that the server has closed is never ready.
            if idle.since.elapsed() < IDLE_TIMEOUT && idle.sender.ready().await.is_ok() {
                return Some(idle.sender);
            }
        }
    }

    fn keep_idle(&self, sender: http1::SendRequest<Body>) {
        let since = Instant::now();
        self.lock().idle.push(IdleConnection { sender, since });
    }

    fn new_lease(self: &Arc<Self>, connection: ConnectionKind, until: Instant) -> Lease {
        Lease {
            pool: Arc::clone(self),
            connection,
            until: Some(until),
        }
    }

    /// Opens a connection in a task of its own, so that it is completed even if all waiting requests are cancelled.
    fn open_first(self: &Arc<Self>, state: &mut PoolState) -> Opening {
        let (sender, opening) = watch::channel(None);
        state.opening = Some(opening.clone());
        let pool = Arc::clone(self);
        tokio::spawn(async move {
            let first = FirstOpening(pool);
            let result = first.0.open().await;
            drop(first);
            // An error means that no request waits any more.
            let _ = sender.send(Some(result));
        });
        opening
    }

    fn open_further(self: &Arc<Self>, state: &mut PoolState) {
        state.further += 1;
        let pool = Arc::clone(self);
        tokio::spawn(async move {
            let further = FurtherOpening(pool);
            // If it fails, requests continue on the other connections.
            let _ = further.0.open().await;
        });
    }

    async fn open(self: &Arc<Self>) -> Result<(), AttemptError> {
        let opened = self.connector.connect(AlpnProtocols::Http2OrHttp1).await?;
        if let Some(sender) = self.add(opened).await? {
            self.keep_idle(sender);
        }
        Ok(())
    }

    /// Starts HTTP on a new connection. An HTTP/2 connection is added to the pool, an HTTP/1.1 connection is
    /// returned.
    async fn add(
        self: &Arc<Self>,
        (stream, record): (Stream, ConnectionRecord),
    ) -> Result<Option<http1::SendRequest<Body>>, AttemptError> {
        let base_url = self.connector.base_url();
        let http2 = speaks_http2(&stream);
        self.lock().http1 = !http2;
        let pool = Arc::downgrade(self);
        let clean_up = move || close_idle(&pool);
        if !http2 {
            let (sender, connection) = http1::handshake(TokioIo::new(stream))
                .await
                .map_err(|e| AttemptError::no_response(&e, Delivery::NotSent, &base_url))?;
            tokio::spawn(super::http1::drive(connection, clean_up, record));
            return Ok(Some(sender));
        }
        let max_requests = self.lock().expected_max_requests();
        let changed = Arc::clone(&self.capacity_changed);
        let (http2, connection) = http2::handshake(stream, self.now(), max_requests, changed)
            .await
            .map_err(|e| AttemptError::no_response(&e, Delivery::NotSent, &base_url))?;
        let http2 = Arc::new(http2);
        tokio::spawn(http2::drive(
            connection,
            Arc::downgrade(&http2),
            clean_up,
            record,
        ));
        self.lock().http2.push(http2);
        self.capacity_changed.notify_waiters();
        Ok(None)
    }

    /// Closes the connections that were not used for [`IDLE_TIMEOUT`].
    fn close_idle(&self) {
        let idle_since = self.now().saturating_sub(IDLE_TIMEOUT.as_millis() as u64);
        let mut state = self.lock();
        state
            .http2
            .retain(|c| !c.is_closed() && !c.is_idle_since(idle_since));
        state
            .idle
            .retain(|idle| !idle.sender.is_closed() && idle.since.elapsed() < IDLE_TIMEOUT);
    }

    fn now(&self) -> u64 {
        self.created.elapsed().as_millis() as u64
    }

    /// The state is consistent even if a thread panicked while it held the lock.
    fn lock(&self) -> MutexGuard<'_, PoolState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PoolState {
    /// The limit of the other connections, or else no limit.
    fn expected_max_requests(&self) -> usize {
        let last = self.http2.last();
        last.map_or(usize::MAX, |connection| connection.max_requests())
    }

    /// Whether the load exceeds the capacity of the open connections and of those that are being opened.
    fn wants_another(&self) -> bool {
        let load: usize = self.http2.iter().map(|c| c.load()).sum();
        let capacity: usize = self.http2.iter().map(|c| c.capacity()).sum();
        // A further connection will probably have the capacity of the others.
        let of_one = capacity / self.http2.len().max(1);
        load >= capacity + self.further * of_one
    }

    /// The first connection with room, so that the others become idle; else the one with the lowest load. Suspect
    /// connections are left out.
    fn least_loaded(&mut self) -> Option<Arc<Http2Connection>> {
        self.http2.retain(|c| !c.is_closed());
        let connections = self.http2.iter().filter(|c| !c.is_suspect());
        connections
            .clone()
            .find(|c| c.has_room())
            .or_else(|| connections.min_by_key(|c| c.load()))
            .cloned()
    }
}

/// The opening of the first connection. Its end is noted even if its task panics.
struct FirstOpening(Arc<Pool>);

impl Drop for FirstOpening {
    fn drop(&mut self) {
        self.0.lock().opening = None;
    }
}

/// The opening of a further connection. Its end is noted even if its task panics.
struct FurtherOpening(Arc<Pool>);

impl Drop for FurtherOpening {
    fn drop(&mut self) {
        self.0.lock().further -= 1;
    }
}

fn close_idle(pool: &Weak<Pool>) {
    if let Some(pool) = pool.upgrade() {
        pool.close_idle();
    }
}

fn aborted() -> AttemptError {
    AttemptError::not_sent(
        ErrorKind::Internal,
        "opening a connection was aborted inside the library; please report this".to_owned(),
    )
}
