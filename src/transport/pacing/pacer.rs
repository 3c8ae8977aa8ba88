//! Lets requests wait for their turn.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use http::StatusCode;
use tokio::sync::{Notify, oneshot};

use super::rate_limit::RateLimit;
use super::schedule::Schedule;
use crate::sync::atomic::{AtomicBool, Ordering::Relaxed};
use crate::sync::{self, Mutex, MutexGuard};
use crate::transport::deadline::Deadline;

/// The requests of all clients with one account.
pub(in crate::transport) struct Pacer {
    /// No request needs to wait. Then nothing is noted about requests.
    unlimited: AtomicBool,
    state: Mutex<PacerState>,
    /// Wakes the dispatcher after a change of the schedule.
    changed: Notify,
}

struct PacerState {
    schedule: Schedule,
    queue: BTreeMap<Ticket, Waiter>,
    tickets: u64,
    /// Whether a task sends the waiting requests when their turn comes.
    dispatching: bool,
}

/// The order of the requests: by the start of their operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Ticket {
    operation_began: Instant,
    number: u64,
}

struct Waiter {
    deadline: Deadline,
    turn: oneshot::Sender<Result<Turn, TooLate>>,
}

/// The turn of a request would come after its deadline.
#[derive(Debug, Clone, Copy)]
pub(in crate::transport) struct TooLate {
    /// The time until its turn. `None` if the deadline passed during the wait.
    pub(in crate::transport) wait: Option<Duration>,
    /// The limit, and the length of its window.
    pub(in crate::transport) limit: Option<(usize, Duration)>,
}

/// The permission to send one request now.
pub(in crate::transport) struct Permit<'a> {
    pacer: &'a Pacer,
    /// `None` if nothing is noted about requests.
    turn: Option<Turn>,
}

/// A request that was noted as sent.
struct Turn {
    /// `None` if the end of the request was noted too.
    pacer: Option<Arc<Pacer>>,
    sent_at: Instant,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(pacer) = self.pacer.take() {
            pacer.lock().schedule.end();
            pacer.changed.notify_one();
        }
    }
}

impl Pacer {
    pub(super) fn new() -> Self {
        Self {
            unlimited: AtomicBool::new(false),
            state: Mutex::new(PacerState {
                schedule: Schedule::new(),
                queue: BTreeMap::new(),
                tickets: 0,
                dispatching: false,
            }),
            changed: Notify::new(),
        }
    }

    /// A permit, if a request can be sent without waiting.
    pub(in crate::transport) fn try_acquire(self: &Arc<Self>) -> Option<Permit<'_>> {
        if self.unlimited.load(Relaxed) {
            return Some(self.permit(None));
        }
        let mut state = self.lock();
        let now = Instant::now();
        let is_due = state.schedule.slot(0, now).is_some_and(|slot| slot <= now);
        if !is_due || !state.queue.is_empty() {
            return None;
        }
        let turn = self.begin(&mut state, now);
        Some(self.permit(Some(turn)))
    }

    /// Waits for the turn of a request. It must be called on the I/O thread.
    ///
    /// # Errors
    /// The turn comes too late. This is reported as soon as it is known.
    pub(in crate::transport) async fn acquire(
        self: &Arc<Self>,
        deadline: Deadline,
    ) -> Result<Permit<'_>, TooLate> {
        if let Some(permit) = self.try_acquire() {
            return Ok(permit);
        }
        let (ticket, turn) = self.enqueue(deadline)?;
        let waiting = Waiting {
            pacer: self,
            ticket,
        };
        let turn = sync::timeout(deadline.left(), turn).await;
        drop(waiting);
        match turn {
            Ok(Ok(turn)) => turn.map(|turn| self.permit(Some(turn))),
            _ => Err(TooLate {
                wait: None,
                limit: self.lock().schedule.limit(),
            }),
        }
    }

    fn enqueue(
        self: &Arc<Self>,
        deadline: Deadline,
    ) -> Result<(Ticket, oneshot::Receiver<Result<Turn, TooLate>>), TooLate> {
        let mut state = self.lock();
        state.tickets += 1;
        let ticket = Ticket {
            operation_began: deadline.began(),
            number: state.tickets,
        };
        let ahead = match state.queue.last_key_value() {
            Some((last, _)) if *last < ticket => state.queue.len(),
            _ => state.queue.range(..ticket).count(),
        };
        if let Some(late) = state.too_late(ahead, &deadline) {
            return Err(late);
        }
        let (sender, turn) = oneshot::channel();
        let waiter = Waiter {
            deadline,
            turn: sender,
        };
        state.queue.insert(ticket, waiter);
        if !std::mem::replace(&mut state.dispatching, true) {
            sync::spawn(dispatch(Arc::clone(self)));
        }
        Ok((ticket, turn))
    }

    /// Sends the requests whose turn has come. Returns when the next turn comes, `None` if no request waits.
    fn dispatch_due(self: &Arc<Self>) -> Option<NextTurn> {
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            if state.queue.is_empty() {
                state.dispatching = false;
                return None;
            }
            match state.schedule.slot(0, now) {
                Some(slot) if slot <= now => self.send_first(&mut state, now),
                Some(slot) => {
                    state.reject_late();
                    return Some(NextTurn::At(slot));
                }
                None => return Some(NextTurn::AfterAResponse),
            }
        }
    }

    fn send_first(self: &Arc<Self>, state: &mut PacerState, now: Instant) {
        let Some((_, waiter)) = state.queue.pop_first() else {
            return;
        };
        let turn = self.begin(state, now);
        // If the operation was cancelled, its turn goes to the next one.
        if let Err(Ok(mut turn)) = waiter.turn.send(Ok(turn)) {
            turn.pacer = None;
            state.schedule.undo(now);
        }
    }

    fn begin(self: &Arc<Self>, state: &mut PacerState, now: Instant) -> Turn {
        state.schedule.begin(now);
        Turn {
            pacer: Some(Arc::clone(self)),
            sent_at: now,
        }
    }

    fn permit(&self, turn: Option<Turn>) -> Permit<'_> {
        Permit { pacer: self, turn }
    }

    /// The state is consistent even if a thread panicked while it held the lock.
    fn lock(&self) -> MutexGuard<'_, PacerState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When the next request can be sent.
enum NextTurn {
    At(Instant),
    /// The limit is not known yet.
    AfterAResponse,
}

impl PacerState {
    /// Rejects the last requests if the limit has become lower than it was when they began to wait.
    fn reject_late(&mut self) {
        while let Some(last) = self.queue.last_entry() {
            let deadline = last.get().deadline;
            let Some(late) = self.too_late(self.queue.len() - 1, &deadline) else {
                return;
            };
            if let Some((_, waiter)) = self.queue.pop_last() {
                // An error means that the operation was cancelled.
                let _ = waiter.turn.send(Err(late));
            }
        }
    }

    /// Whether the response to a request comes after its deadline, if `ahead` requests are sent before it.
    fn too_late(&self, ahead: usize, deadline: &Deadline) -> Option<TooLate> {
        let now = Instant::now();
        let slot = self.schedule.slot(ahead, now)?;
        let wait = slot.saturating_duration_since(now);
        // The response may take longer than usual.
        let needed = wait + self.schedule.round_trip() * 2;
        (needed >= deadline.left()).then(|| TooLate {
            wait: Some(wait),
            limit: self.schedule.limit(),
        })
    }
}

/// Sends the waiting requests until none is left.
async fn dispatch(pacer: Arc<Pacer>) {
    let dispatching = Dispatching(pacer);
    let pacer = &dispatching.0;
    while let Some(next) = pacer.dispatch_due() {
        let changed = pacer.changed.notified();
        match next {
            NextTurn::AfterAResponse => changed.await,
            // It ends early after a change.
            NextTurn::At(at) => {
                let _ = sync::timeout(at.saturating_duration_since(Instant::now()), changed).await;
            }
        }
    }
}

/// The dispatcher. If it panics, the next request that must wait starts another.
struct Dispatching(Arc<Pacer>);

impl Drop for Dispatching {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lock().dispatching = false;
        }
    }
}

/// A request that waits. If its operation is cancelled, it leaves the queue.
struct Waiting<'a> {
    pacer: &'a Pacer,
    ticket: Ticket,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.pacer.lock().queue.remove(&self.ticket);
    }
}

impl Permit<'_> {
    /// The request was not sent.
    #[cfg(unix)]
    pub(in crate::transport) fn undo(self) {
        if let Some(mut turn) = self.turn
            && let Some(pacer) = turn.pacer.take()
        {
            pacer.lock().schedule.undo(turn.sent_at);
            pacer.changed.notify_one();
        }
    }

    /// Learns from the response.
    pub(in crate::transport) fn learn(self, reported: Option<RateLimit>, status: StatusCode) {
        if self.turn.is_none() && reported.is_none() {
            return;
        }
        let now = Instant::now();
        let sent_at = self.turn.as_ref().map_or(now, |turn| turn.sent_at);
        let mut state = self.pacer.lock();
        state.schedule.learn(sent_at, now, reported, status);
        let unlimited = state.schedule.is_unlimited();
        self.pacer.unlimited.store(unlimited, Relaxed);
    }
}

#[cfg(all(test, feature = "model-checking"))]
mod model {
    use std::time::Duration;

    use shuttle::check_random;
    use shuttle::future::{block_on, spawn};

    use super::*;

    fn deadline() -> Deadline {
        Deadline::after(Duration::from_secs(3600))
    }

    /// The requests that may be in flight before the first response are in flight.
    fn full() -> (Arc<Pacer>, Vec<Turn>) {
        let pacer = Arc::new(Pacer::new());
        let begun = (0..50).map(|_| pacer.begin(&mut pacer.lock(), Instant::now()));
        let begun = begun.collect();
        (pacer, begun)
    }

    /// Each request that ends wakes one that waits. A cancelled one passes its turn on.
    #[test]
    fn a_waiting_request_gets_its_turn() {
        let wait = || {
            let (pacer, mut begun) = full();
            let waiting: Vec<_> = (0..3)
                .map(|_| {
                    let pacer = Arc::clone(&pacer);
                    spawn(async move { pacer.acquire(deadline()).await.map(drop).is_ok() })
                })
                .collect();
            waiting[0].abort();
            begun.truncate(49);
            for request in waiting.into_iter().skip(1) {
                assert!(block_on(request).expect("no panic"));
            }
            drop(begun);
            let state = pacer.lock();
            assert!(state.queue.is_empty() && !state.dispatching);
        };
        check_random(wait, 3_000);
    }
}
