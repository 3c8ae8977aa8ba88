//! The direct connections of a client. They are opened under a steady load of blocking calls, and closed soon after
//! it.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout;

use super::connection::{DirectConnection, DirectError};
use crate::transport::connect::Connector;
use crate::transport::message::Message;
use crate::transport::response::Response;
use crate::transport::runtime;
use crate::transport::stream::AlpnProtocols;

/// For more calls at once, shared connections need less processor time than one connection for each call.
const MAX_CONNECTIONS: usize = 16;

/// Short, since an idle direct connection is not checked: if it died, the next call loses its first attempt.
const IDLE_TIMEOUT: Duration = Duration::from_secs(5);

/// A direct connection is opened when, within [`LOAD_WINDOW`], this number of blocking calls found none. For fewer calls
/// its handshake would cost more than it saves.
const STEADY_LOAD: u32 = 4;
const LOAD_WINDOW: Duration = Duration::from_secs(1);

/// After a connection could not be opened, it is not tried again for this time: the server or the network path does
/// not support direct connections.
const REOPEN_BACKOFF: Duration = Duration::from_secs(30);

pub(in crate::transport) struct DirectPool {
    connector: Arc<Connector>,
    permits: Arc<Semaphore>,
    state: Mutex<DirectState>,
}

struct DirectState {
    idle: Vec<IdleDirectConnection>,
    /// Calls without a direct connection since the window began.
    misses: u32,
    window_start: Instant,
    opening: bool,
    /// No connection is opened before this time.
    not_before: Instant,
    /// The task that closes idle connections ends when this is dropped.
    watched: Option<oneshot::Sender<()>>,
}

/// A direct connection between two requests, and its permit.
struct IdleDirectConnection {
    connection: DirectConnection,
    since: Instant,
    _permit: OwnedSemaphorePermit,
}

impl DirectPool {
    pub(in crate::transport) fn new(connector: Arc<Connector>) -> Arc<Self> {
        Arc::new(Self {
            connector,
            permits: Arc::new(Semaphore::new(MAX_CONNECTIONS)),
            state: Mutex::new(DirectState {
                idle: Vec::new(),
                misses: 0,
                window_start: Instant::now(),
                opening: false,
                not_before: Instant::now(),
                watched: None,
            }),
        })
    }

    /// Sends a request over an idle direct connection and reads the response, on the calling thread. `begin` starts
    /// the attempt and returns the end of its time limit. `None` if no connection is idle.
    pub(in crate::transport) fn exchange(
        self: &Arc<Self>,
        message: &Message,
        begin: impl FnOnce() -> Instant,
    ) -> Option<Result<Response, DirectError>> {
        if cfg!(feature = "shared-connections-only") {
            return None;
        }
        let mut lease = self.take()?;
        let result = lease.connection.exchange(message, begin());
        if let Err(e) = &result {
            lease.connection.lost(e);
        } else if lease.connection.is_usable() {
            lease.since = Instant::now();
            self.lock().idle.push(lease);
        }
        Some(result)
    }

    /// An idle connection. If there is none and the load is steady, one is opened for later calls.
    fn take(self: &Arc<Self>) -> Option<IdleDirectConnection> {
        // Dropped after the lock is released: the observer is called.
        let mut stale = Vec::new();
        let mut state = self.lock();
        let last = state.idle.pop();
        if last.as_ref().is_some_and(IdleDirectConnection::is_fresh) {
            return last;
        }
        // The remaining ones were used even earlier.
        stale.extend(last);
        stale.append(&mut state.idle);
        if state.load_is_steady() {
            self.open(&mut state);
        }
        None
    }

    fn open(self: &Arc<Self>, state: &mut DirectState) {
        if state.opening || Instant::now() < state.not_before {
            return;
        }
        let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() else {
            return;
        };
        let pool = Arc::clone(self);
        let task = Box::pin(async move {
            let opening = Opening(pool);
            let pool = &opening.0;
            let connection = match pool.connector.connect(AlpnProtocols::Http1).await {
                Ok(opened) => DirectConnection::new(opened, Arc::clone(&pool.connector)),
                // The shared connections report this error.
                Err(_) => None,
            };
            pool.add(connection, permit);
        });
        state.opening = runtime::spawn(task).is_ok();
    }

    fn add(self: &Arc<Self>, connection: Option<DirectConnection>, permit: OwnedSemaphorePermit) {
        let mut state = self.lock();
        match connection {
            Some(connection) => state.idle.push(IdleDirectConnection {
                connection,
                since: Instant::now(),
                _permit: permit,
            }),
            None => state.not_before = Instant::now() + REOPEN_BACKOFF,
        }
        if state.watched.is_none() {
            let (sender, dropped) = oneshot::channel();
            state.watched = Some(sender);
            tokio::spawn(close_idle(Arc::downgrade(self), dropped));
        }
    }

    /// Removes the connections that were not used for a while.
    fn take_stale(&self) -> Vec<IdleDirectConnection> {
        let mut state = self.lock();
        let (fresh, stale) = mem::take(&mut state.idle)
            .into_iter()
            .partition(IdleDirectConnection::is_fresh);
        state.idle = fresh;
        stale
    }

    /// The state is consistent even if a thread panicked while it held the lock.
    fn lock(&self) -> MutexGuard<'_, DirectState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The opening of a direct connection. Its end is noted even if its task panics.
struct Opening(Arc<DirectPool>);

impl Drop for Opening {
    fn drop(&mut self) {
        self.0.lock().opening = false;
    }
}

impl IdleDirectConnection {
    fn is_fresh(&self) -> bool {
        self.since.elapsed() < IDLE_TIMEOUT
    }
}

impl DirectState {
    fn load_is_steady(&mut self) -> bool {
        if self.window_start.elapsed() > LOAD_WINDOW {
            self.window_start = Instant::now();
            self.misses = 0;
        }
        self.misses += 1;
        self.misses >= STEADY_LOAD
    }
}

/// Closes idle connections until none is left, or the pool is dropped.
async fn close_idle(pool: Weak<DirectPool>, mut dropped: oneshot::Receiver<()>) {
    while timeout(IDLE_TIMEOUT, &mut dropped).await.is_err() {
        let Some(pool) = pool.upgrade() else {
            return;
        };
        drop(pool.take_stale());
        let mut state = pool.lock();
        if pool.permits.available_permits() == MAX_CONNECTIONS {
            state.watched = None;
            return;
        }
    }
}
