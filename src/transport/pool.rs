//! The connections that all requests of a client share. Over HTTP/2 one carries up to a hundred
//! requests at once, and more are opened as the load asks; over HTTP/1.1 each carries one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

use http::Response;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::either::Either;

use super::body::Arriving;
use super::connect::{Connector, Offer, Stream};
use super::failure::{self, Failure, Reach};
use super::http2::{self, Multiplexed};
use super::message::{Body, Message};
use super::{IDLE_TIMEOUT, KEEP_ALIVE_INTERVAL};
use crate::error::ErrorKind;

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
    /// The first connection, which all wait for.
    opening: Option<Opening>,
    /// Further ones that are being opened, while requests join those that are full.
    further: usize,
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

/// An HTTP/1.1 connection between two requests.
struct Idle {
    sender: http1::SendRequest<Body>,
    since: Instant,
}

/// A place on a connection, held until the answer has been read.
pub(super) struct Lease {
    pool: Arc<Pool>,
    on: On,
    /// When the attempt's time is up; `None` once it has brought its answer.
    until: Option<Instant>,
}

enum On {
    Multiplexed(Arc<Multiplexed>),
    Http1 {
        sender: Option<http1::SendRequest<Body>>,
        _permit: OwnedSemaphorePermit,
    },
}

impl Lease {
    async fn send(&mut self, message: &Message) -> Result<Response<Arriving>, Failure> {
        let base_url = self.pool.connector.base_url();
        match &mut self.on {
            On::Multiplexed(connection) => {
                let response = connection.send(message, &base_url).await?;
                Ok(response.map(Arriving::Http2))
            }
            On::Http1 { sender, .. } => {
                let Some(sender) = sender else {
                    return Err(broken_off());
                };
                let sent = sender.try_send_request(message.for_http1()).await;
                sent.map(|response| response.map(Arriving::Http1))
                    .map_err(|mut e| {
                        let unsent = e.take_message().is_some();
                        failure::of_request(&e.into_error(), unsent, &base_url)
                    })
            }
        }
    }

    /// The answer has been read to its end. A lease that is dropped instead takes its HTTP/1.1
    /// connection with it, whose next bytes would belong to that answer.
    pub(super) fn give_back(mut self) {
        self.until = None;
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
        // The connection may have died silently, and those that are idle with it.
        let late = self.until.is_some_and(|until| until <= Instant::now());
        match &self.on {
            On::Multiplexed(connection) => {
                if late {
                    connection.doubt();
                }
                connection.end(self.pool.now());
            }
            On::Http1 {
                sender: Some(_), ..
            } if late => self.pool.lock().idle.clear(),
            On::Http1 { .. } => {}
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
    /// be read, and then the lease to be given back, all of it until the time is up.
    pub(super) async fn send(
        self: &Arc<Self>,
        message: &Message,
        until: Instant,
    ) -> Result<(Response<Arriving>, Lease), Failure> {
        let mut tries = 1;
        loop {
            let mut lease = self.lease(until).await?;
            match lease.send(message).await {
                Ok(response) => return Ok((response, lease)),
                Err(failure) if failure.reach == Reach::NotSent && tries < TRIES => tries += 1,
                Err(failure) => return Err(failure),
            }
        }
    }

    async fn lease(self: &Arc<Self>, until: Instant) -> Result<Lease, Failure> {
        for _ in 0..TRIES {
            match self.place(until) {
                Place::On(lease) => return Ok(lease),
                Place::Http1 => {
                    // Boxed, since it is large and rare.
                    if let Some(lease) = Box::pin(self.http1(until)).await? {
                        return Ok(lease);
                    }
                }
                Place::Opening(mut opening) => match opening.wait_for(Option::is_some).await {
                    Ok(end) => end.clone().unwrap_or(Ok(()))?,
                    Err(_) => return Err(broken_off()),
                },
            }
        }
        Err(Failure::unsent(
            ErrorKind::Network,
            format!(
                "no request gets onto a connection to {}: each ends once it is open",
                self.connector.base_url()
            ),
        ))
    }

    fn place(self: &Arc<Self>, until: Instant) -> Place {
        let mut state = self.lock();
        if let Some(connection) = state.least_loaded() {
            if !connection.has_room() && state.wants_another() {
                self.open_further(&mut state);
            }
            connection.begin();
            return Place::On(self.on(On::Multiplexed(connection), until));
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
    async fn http1(self: &Arc<Self>, until: Instant) -> Result<Option<Lease>, Failure> {
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
        let on = On::Http1 {
            sender: Some(usable),
            _permit: permit,
        };
        Ok(Some(self.on(on, until)))
    }

    fn on(self: &Arc<Self>, on: On, until: Instant) -> Lease {
        Lease {
            pool: Arc::clone(self),
            on,
            until: Some(until),
        }
    }

    /// Opens a connection in a task of its own, so that it comes about whoever gives up.
    fn open(self: &Arc<Self>, state: &mut State) -> Opening {
        let (ended, opening) = watch::channel(None);
        state.opening = Some(opening.clone());
        let pool = Arc::clone(self);
        tokio::spawn(async move {
            let end = pool.open_one().await;
            pool.lock().opening = None;
            // Where nobody waits, nobody wants to know.
            let _ = ended.send(Some(end));
        });
        opening
    }

    fn open_further(self: &Arc<Self>, state: &mut State) {
        state.further += 1;
        let pool = Arc::clone(self);
        tokio::spawn(async move {
            // If it fails, the others have to do.
            let _ = pool.open_one().await;
            pool.lock().further -= 1;
        });
    }

    async fn open_one(self: &Arc<Self>) -> Result<(), Failure> {
        let stream = self.connector.connect(Offer::Any).await?;
        if let Some(sender) = self.take_in(stream).await? {
            self.lock().idle.push(Idle {
                sender,
                since: Instant::now(),
            });
        }
        Ok(())
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
        if !http2 {
            let (sender, connection) = http1::handshake(TokioIo::new(stream))
                .await
                .map_err(|e| failure::of_request(&e, true, &self.connector.base_url()))?;
            tokio::spawn(drive(connection, Arc::downgrade(self)));
            return Ok(Some(sender));
        }
        let (multiplexed, connection) = http2::handshake(stream, self.now())
            .await
            .map_err(|e| failure::of_request(&e, true, &self.connector.base_url()))?;
        let multiplexed = Arc::new(multiplexed);
        let this = Arc::downgrade(&multiplexed);
        tokio::spawn(http2::drive(connection, this, Arc::downgrade(self)));
        self.lock().multiplexed.push(multiplexed);
        Ok(None)
    }

    /// Lets go of the connections that nobody has used for a while.
    pub(super) fn reap(&self) {
        let idle_since = self.now().saturating_sub(IDLE_TIMEOUT.as_millis() as u64);
        let mut state = self.lock();
        state
            .multiplexed
            .retain(|c| !c.is_closed() && !c.is_idle_since(idle_since));
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
    /// Whether there is more to do than the connections are for, with those that are on their way.
    fn wants_another(&self) -> bool {
        let load: usize = self.multiplexed.iter().map(|c| c.load()).sum();
        let connections = self.multiplexed.len() + self.further;
        load >= connections * http2::PER_CONNECTION
    }

    /// The first connection with room, so that the others fall idle; else the one with the least
    /// to do. None that is doubtful.
    fn least_loaded(&mut self) -> Option<Arc<Multiplexed>> {
        self.multiplexed.retain(|c| !c.is_closed());
        let connections = self.multiplexed.iter().filter(|c| !c.is_doubtful());
        connections
            .clone()
            .find(|c| c.has_room())
            .or_else(|| connections.min_by_key(|c| c.load()))
            .cloned()
    }
}

/// Drives an HTTP/1.1 connection to its end, and looks after its pool meanwhile. A connection ends once
/// nobody holds its sender, or when it breaks, which its requests are told.
async fn drive(connection: impl Future, pool: Weak<Pool>) {
    let mut connection = std::pin::pin!(connection);
    while tokio::time::timeout(KEEP_ALIVE_INTERVAL, connection.as_mut())
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

fn broken_off() -> Failure {
    Failure::lasting(
        ErrorKind::Internal,
        "connecting broke off inside the library; please report this".to_owned(),
    )
}
