//! The lanes of a client: opened under a steady load of blocking calls, closed soon after it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connect::{Connector, Offer};
use super::lane::Lane;
use super::runtime;

/// Beyond this many calls at once, sharing connections is cheaper than one for each.
const MOST: usize = 16;

/// Short, since nobody looks after an idle lane: a server that silently dropped it meanwhile would
/// cost the next call its first attempt.
const IDLE_TIMEOUT: Duration = Duration::from_secs(5);

/// A lane is worth its handshake where calls follow each other: this many within the span.
const STEADY: u32 = 4;
const SPAN: Duration = Duration::from_secs(1);

/// Where the server or the way to it does not allow lanes, that seldom changes.
const RESPITE: Duration = Duration::from_secs(30);

pub(super) struct Lanes {
    connector: Arc<Connector>,
    room: Arc<Semaphore>,
    state: Mutex<State>,
}

struct State {
    idle: Vec<Open>,
    /// Calls that found no lane since the span began.
    missed: u32,
    span: Instant,
    opening: bool,
    /// When it may be tried to open one, after it could not be.
    not_before: Instant,
    /// Whether something looks after them.
    watched: bool,
}

/// A lane, and the room that it takes.
pub(super) struct Open {
    pub(super) lane: Lane,
    since: Instant,
    _room: OwnedSemaphorePermit,
}

impl Lanes {
    pub(super) fn new(connector: Arc<Connector>) -> Arc<Self> {
        Arc::new(Self {
            connector,
            room: Arc::new(Semaphore::new(MOST)),
            state: Mutex::new(State {
                idle: Vec::new(),
                missed: 0,
                span: Instant::now(),
                opening: false,
                not_before: Instant::now(),
                watched: false,
            }),
        })
    }

    /// A lane that nobody uses, to be given back after a good answer. `None` sends the call over
    /// the shared connections, and if that happens often a lane is opened meanwhile.
    pub(super) fn take(self: &Arc<Self>) -> Option<Open> {
        let mut state = self.lock();
        let found = state.idle.pop().filter(Open::is_fresh);
        if found.is_none() {
            // Those below are even older.
            state.idle.clear();
            if state.is_steady() {
                self.open(&mut state);
            }
        }
        found
    }

    pub(super) fn give_back(&self, mut open: Open) {
        if open.lane.is_usable() {
            open.since = Instant::now();
            self.lock().idle.push(open);
        }
    }

    fn open(self: &Arc<Self>, state: &mut State) {
        if state.opening || Instant::now() < state.not_before {
            return;
        }
        let Ok(room) = Arc::clone(&self.room).try_acquire_owned() else {
            return;
        };
        let lanes = Arc::clone(self);
        state.opening = runtime::submit(Box::pin(async move {
            let lane = match lanes.connector.connect(Offer::Http1).await {
                Ok(stream) => Lane::new(stream, lanes.connector.base_url()),
                // Whoever needs to know learns it from the shared connections.
                Err(_) => None,
            };
            let mut state = lanes.lock();
            state.opening = false;
            match lane {
                Some(lane) => state.idle.push(Open {
                    lane,
                    since: Instant::now(),
                    _room: room,
                }),
                None => state.not_before = Instant::now() + RESPITE,
            }
            if !std::mem::replace(&mut state.watched, true) {
                tokio::spawn(close_when_idle(Arc::downgrade(&lanes)));
            }
        }))
        .is_ok();
    }

    /// The state is whole whatever panics beside it.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn is_fresh(&self) -> bool {
        self.since.elapsed() < IDLE_TIMEOUT
    }
}

impl State {
    fn is_steady(&mut self) -> bool {
        if self.span.elapsed() > SPAN {
            self.span = Instant::now();
            self.missed = 0;
        }
        self.missed += 1;
        self.missed >= STEADY
    }
}

/// Looks after the lanes for as long as there are any.
async fn close_when_idle(lanes: Weak<Lanes>) {
    loop {
        tokio::time::sleep(IDLE_TIMEOUT).await;
        let Some(lanes) = lanes.upgrade() else {
            return;
        };
        let mut state = lanes.lock();
        state.idle.retain(Open::is_fresh);
        if lanes.room.available_permits() == MOST {
            state.watched = false;
            return;
        }
    }
}
