//! The connections that all requests of a client share. Over HTTP/2 one carries up to a hundred
//! requests at once, and more are opened as the load asks; over HTTP/1.1 each carries one.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use http::{Response, Version};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::either::Either;

use super::connect::{Connector, Offer, Stream};
use super::failure::{self, Failure, Reach};
use super::message::{Body, Message};
use super::{IDLE_TIMEOUT, KEEP_ALIVE_INTERVAL, KEEP_ALIVE_TIMEOUT};
use crate::error::ErrorKind;

/// Requests on one HTTP/2 connection before another is opened. Servers allow 100 to 250; where one
/// allows fewer, they wait their turn.
const PER_CONNECTION: usize = 100;

/// Connections to a server that speaks HTTP/1.1 only.
const MOST_HTTP1: usize = 128;

/// A connection may turn out to be closed before a request gets onto it; then another is tried.
const TRIES: u32 = 3;

pub(super) struct Pool {
    connector: Arc<Connector>,
    state: Mutex<State>,
    http1_room: Arc<Semaphore>,
    began: Instant,
}

#[derive(Default)]
struct State {
    multiplexed: Vec<Arc<Multiplexed>>,
    idle: Vec<Idle>,
    /// The server chose HTTP/1.1 when it last had the choice.
    http1: bool,
    opening: Option<Opening>,
}

/// Where a request can go.
enum Place {
    On(Lease),
    /// Onto an HTTP/1.1 connection of its own.
    Http1,
    /// Wherever this leads.
    Opening(Opening),
}

/// The end of an attempt to open a connection, for all who wait for it.
type Opening = watch::Receiver<Option<Result<(), Failure>>>;

/// An HTTP/2 connection.
struct Multiplexed {
    sender: http2::SendRequest<Body>,
    in_flight: AtomicUsize,
    /// Milliseconds after the pool began.
    last_used: AtomicU64,
}

impl Multiplexed {
    fn room(&self) -> bool {
        self.in_flight.load(Relaxed) < PER_CONNECTION
    }
}

/// An HTTP/1.1 connection between two requests.
struct Idle {
    sender: http1::SendRequest<Body>,
    since: Instant,
}

/// A place on a connection, held until the answer has been read.
pub(super) struct Lease {
    pool: Arc<Pool>,
    on: On,
}

enum On {
    Multiplexed(Arc<Multiplexed>),
    Http1 {
        sender: Option<http1::SendRequest<Body>>,
        _permit: OwnedSemaphorePermit,
    },
}

impl Lease {
    async fn send(&mut self, message: &Message) -> Result<Response<Incoming>, Failure> {
        let sent = match &mut self.on {
            On::Multiplexed(connection) => {
                let mut sender = connection.sender.clone();
                sender
                    .try_send_request(message.for_version(Version::HTTP_2))
                    .await
            }
            On::Http1 {
                sender: Some(sender),
                ..
            } => {
                sender
                    .try_send_request(message.for_version(Version::HTTP_11))
                    .await
            }
            On::Http1 { sender: None, .. } => return Err(broken_off()),
        };
        sent.map_err(|mut e| {
            let unsent = e.take_message().is_some();
            failure::of_request(&e.into_error(), unsent, &self.pool.connector.base_url())
        })
    }

    /// The answer has been read to its end. A lease that is dropped instead takes its HTTP/1.1
    /// connection with it, whose next bytes would belong to that answer.
    pub(super) fn give_back(mut self) {
        if let On::Http1 { sender, .. } = &mut self.on
            && let Some(sender) = sender.take()
        {
            self.pool.lock().idle.push(Idle {
                sender,
                since: Instant::now(),
            });
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let On::Multiplexed(connection) = &self.on {
            connection.in_flight.fetch_sub(1, Relaxed);
            connection.last_used.store(self.pool.now(), Relaxed);
        }
    }
}

impl Pool {
    pub(super) fn new(connector: Arc<Connector>) -> Arc<Self> {
        Arc::new(Self {
            connector,
            state: Mutex::default(),
            http1_room: Arc::new(Semaphore::new(MOST_HTTP1)),
            began: Instant::now(),
        })
    }

    /// Sends a request, over a new connection where there is none. The answer's body is still to
    /// be read, and then the lease to be given back.
    pub(super) async fn send(
        self: &Arc<Self>,
        message: &Message,
    ) -> Result<(Response<Incoming>, Lease), Failure> {
        let mut tries = 1;
        loop {
            let mut lease = self.lease().await?;
            match lease.send(message).await {
                Ok(response) => return Ok((response, lease)),
                Err(failure) if failure.reach == Reach::NotSent && tries < TRIES => tries += 1,
                Err(failure) => return Err(failure),
            }
        }
    }

    async fn lease(self: &Arc<Self>) -> Result<Lease, Failure> {
        loop {
            match self.place() {
                Place::On(lease) => return Ok(lease),
                Place::Http1 => {
                    // Boxed, since it is large and rare.
                    if let Some(lease) = Box::pin(self.http1()).await? {
                        return Ok(lease);
                    }
                }
                Place::Opening(mut opening) => match opening.wait_for(Option::is_some).await {
                    Ok(end) => end.clone().unwrap_or(Ok(()))?,
                    Err(_) => return Err(broken_off()),
                },
            }
        }
    }

    fn place(self: &Arc<Self>) -> Place {
        let mut state = self.lock();
        if let Some(connection) = state.least_loaded() {
            if !connection.room() && state.opening.is_none() {
                self.open(&mut state);
            }
            connection.in_flight.fetch_add(1, Relaxed);
            return Place::On(self.on(On::Multiplexed(connection)));
        }
        if state.http1 {
            return Place::Http1;
        }
        Place::Opening(match &state.opening {
            Some(opening) => opening.clone(),
            None => self.open(&mut state),
        })
    }

    /// A connection that is idle, or a new one. `None` if the server now speaks HTTP/2.
    async fn http1(self: &Arc<Self>) -> Result<Option<Lease>, Failure> {
        let permit = Arc::clone(&self.http1_room)
            .acquire_owned()
            .await
            .map_err(|_| broken_off())?;
        let usable = loop {
            let idle = self.lock().idle.pop();
            match idle {
                Some(mut idle) if idle.since.elapsed() < IDLE_TIMEOUT => {
                    // Ready at once, unless the server has closed it.
                    if idle.sender.ready().await.is_ok() {
                        break idle.sender;
                    }
                }
                Some(_) => {}
                None => {
                    let stream = self.connector.connect(Offer::Any).await?;
                    match self.take_in(stream).await? {
                        Some(sender) => break sender,
                        None => return Ok(None),
                    }
                }
            }
        };
        Ok(Some(self.on(On::Http1 {
            sender: Some(usable),
            _permit: permit,
        })))
    }

    fn on(self: &Arc<Self>, on: On) -> Lease {
        Lease {
            pool: Arc::clone(self),
            on,
        }
    }

    /// Opens a connection in a task of its own, so that it comes about whoever gives up.
    fn open(self: &Arc<Self>, state: &mut State) -> Opening {
        let (ended, opening) = watch::channel(None);
        state.opening = Some(opening.clone());
        let pool = Arc::clone(self);
        tokio::spawn(async move {
            let opened = match pool.connector.connect(Offer::Any).await {
                Ok(stream) => pool.take_in(stream).await,
                Err(failure) => Err(failure),
            };
            let end = opened.map(|http1| {
                if let Some(sender) = http1 {
                    pool.lock().idle.push(Idle {
                        sender,
                        since: Instant::now(),
                    });
                }
            });
            pool.lock().opening = None;
            // Where nobody waits, nobody wants to know.
            let _ = ended.send(Some(end));
        });
        opening
    }

    /// Begins to speak HTTP on a new connection: HTTP/2, which is then open to all, or HTTP/1.1.
    async fn take_in(
        self: &Arc<Self>,
        stream: Stream,
    ) -> Result<Option<http1::SendRequest<Body>>, Failure> {
        let http2 = match &stream {
            Either::Left(tls) => tls.get_ref().1.alpn_protocol() == Some(b"h2"),
            Either::Right(_) => false,
        };
        self.lock().http1 = !http2;
        let io = TokioIo::new(stream);
        let refused = |e| failure::of_request(&e, true, &self.connector.base_url());
        if !http2 {
            let (sender, connection) = http1::handshake(io).await.map_err(refused)?;
            tokio::spawn(drive(connection, Arc::downgrade(self)));
            return Ok(Some(sender));
        }
        let (sender, connection) = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(KEEP_ALIVE_INTERVAL)
            .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
            .keep_alive_while_idle(true)
            .handshake(io)
            .await
            .map_err(refused)?;
        tokio::spawn(drive(connection, Arc::downgrade(self)));
        self.lock().multiplexed.push(Arc::new(Multiplexed {
            sender,
            in_flight: AtomicUsize::new(0),
            last_used: AtomicU64::new(self.now()),
        }));
        Ok(None)
    }

    /// Lets go of the connections that nobody has used for a while.
    fn reap(&self) {
        let now = self.now();
        let idle_since = now.saturating_sub(IDLE_TIMEOUT.as_millis() as u64);
        let mut state = self.lock();
        state.multiplexed.retain(|connection| {
            !connection.sender.is_closed()
                && (connection.in_flight.load(Relaxed) > 0
                    || connection.last_used.load(Relaxed) >= idle_since)
        });
        state
            .idle
            .retain(|idle| !idle.sender.is_closed() && idle.since.elapsed() < IDLE_TIMEOUT);
    }

    fn now(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }

    /// The state is whole whatever panics beside it.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The first connection with room, so that the others fall idle; else the one with the least
    /// to do.
    fn least_loaded(&mut self) -> Option<Arc<Multiplexed>> {
        self.multiplexed.retain(|c| !c.sender.is_closed());
        let connections = &self.multiplexed;
        connections
            .iter()
            .find(|c| c.room())
            .or_else(|| connections.iter().min_by_key(|c| c.in_flight.load(Relaxed)))
            .cloned()
    }
}

/// Drives a connection to its end, and looks after its pool meanwhile. A connection ends once
/// nobody holds its sender, or when it breaks, which its requests are told.
async fn drive(connection: impl Future, pool: Weak<Pool>) {
    let mut connection = std::pin::pin!(connection);
    while tokio::time::timeout(REAP_INTERVAL, connection.as_mut())
        .await
        .is_err()
    {
        if let Some(pool) = pool.upgrade() {
            pool.reap();
        }
    }
    if let Some(pool) = pool.upgrade() {
        pool.reap();
    }
}

const REAP_INTERVAL: Duration = Duration::from_secs(5);

fn broken_off() -> Failure {
    Failure::lasting(
        ErrorKind::Internal,
        "connecting broke off inside the library; please report this".to_owned(),
    )
}
