//! An observer that records events.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use scwkms::{ErrorKind, Event, Observer, set_observer};

/// Far more than a correct run takes.
const LIMIT: Duration = Duration::from_secs(60);

/// Held by the test whose observer is set.
static TURN: Mutex<()> = Mutex::new(());

/// An event, and its text.
#[derive(Debug, Clone, Default)]
pub(super) struct Recorded {
    pub(super) kind: &'static str,
    pub(super) operation: &'static str,
    pub(super) region: Option<String>,
    pub(super) key_id: Option<String>,
    pub(super) error: Option<ErrorKind>,
    pub(super) http_status: Option<u16>,
    pub(super) request_id: Option<String>,
    pub(super) requests: u32,
    pub(super) attempts: u32,
    pub(super) pacing: Duration,
    pub(super) connecting: Duration,
    pub(super) duration: Duration,
    pub(super) server: String,
    pub(super) protocol: &'static str,
    pub(super) message: String,
    pub(super) text: String,
}

impl Recorded {
    fn new(event: &Event<'_>) -> Self {
        let text = format!("{event:?}");
        match event {
            Event::Operation(e) => Self {
                kind: "operation",
                operation: e.operation,
                region: e.region.map(str::to_owned),
                key_id: e.key_id.map(str::to_owned),
                error: e.error.map(scwkms::Error::kind),
                http_status: e.http_status,
                request_id: e.request_id.map(str::to_owned),
                requests: e.requests,
                attempts: e.attempts,
                pacing: e.pacing,
                connecting: e.connecting,
                duration: e.total,
                message: e.error.map(ToString::to_string).unwrap_or_default(),
                text,
                ..Self::default()
            },
            Event::Warning { message, .. } => Self {
                kind: "warning",
                message: (*message).to_owned(),
                text,
                ..Self::default()
            },
            other => Self::of_transport(other, text),
        }
    }

    fn of_transport(event: &Event<'_>, text: String) -> Self {
        match event {
            Event::ConnectionOpened {
                server,
                protocol,
                duration,
                ..
            } => Self {
                kind: "opened",
                server: (*server).to_owned(),
                protocol,
                duration: *duration,
                text,
                ..Self::default()
            },
            Event::ConnectionFailed { server, error, .. } => Self {
                kind: "failed",
                server: (*server).to_owned(),
                error: Some(error.kind()),
                text,
                ..Self::default()
            },
            Event::ConnectionClosed {
                server,
                protocol,
                reason,
                ..
            } => Self {
                kind: "closed",
                server: (*server).to_owned(),
                protocol,
                message: reason.unwrap_or_default().to_owned(),
                text,
                ..Self::default()
            },
            Event::Paced { duration, .. } => Self {
                kind: "paced",
                duration: *duration,
                text,
                ..Self::default()
            },
            Event::RateLimited {
                duration,
                request_id,
                ..
            } => Self {
                kind: "rate limited",
                duration: *duration,
                request_id: request_id.map(str::to_owned),
                text,
                ..Self::default()
            },
            other => panic!("an event of an unknown kind: {other:?}"),
        }
    }
}

#[derive(Default)]
struct Recorder {
    events: Mutex<Vec<Recorded>>,
    changed: Condvar,
}

impl Observer for Recorder {
    fn observe(&self, event: &Event<'_>) {
        let mut events = self.events.lock().expect("no panic");
        events.push(Recorded::new(event));
        self.changed.notify_all();
    }
}

/// Events are recorded until this is dropped.
pub(super) struct Recording {
    recorder: Arc<Recorder>,
    _turn: Turn,
}

impl Recording {
    pub(super) fn start() -> Self {
        let turn = Turn::take();
        let recorder = Arc::new(Recorder::default());
        set_observer(Some(Arc::clone(&recorder) as _)).expect("an observer");
        Self {
            recorder,
            _turn: turn,
        }
    }

    pub(super) fn events(&self) -> Vec<Recorded> {
        self.recorder.events.lock().expect("no panic").clone()
    }

    /// The operations on a key.
    pub(super) fn operations(&self, key_id: &str) -> Vec<Recorded> {
        let mut events = self.events();
        events.retain(|e| e.kind == "operation" && e.key_id.as_deref() == Some(key_id));
        events
    }

    /// The only operation on a key since the last call.
    pub(super) fn take_operation(&self, key_id: &str) -> Recorded {
        let operations = self.operations(key_id);
        self.recorder.events.lock().expect("no panic").clear();
        assert_eq!(operations.len(), 1, "{operations:#?}");
        operations.into_iter().next().expect("one")
    }

    /// Waits for an event.
    pub(super) fn wait_for(&self, matches: impl Fn(&Recorded) -> bool) -> Recorded {
        let events = self.recorder.events.lock().expect("no panic");
        let missing = |events: &mut Vec<Recorded>| !events.iter().any(&matches);
        let waited = self
            .recorder
            .changed
            .wait_timeout_while(events, LIMIT, missing);
        let (events, _) = waited.expect("no panic");
        let found = events.iter().find(|e| matches(e));
        found.unwrap_or_else(|| panic!("{events:#?}")).clone()
    }
}

/// The only test that sets an observer. At the end it removes the observer.
pub(super) struct Turn(#[allow(dead_code)] MutexGuard<'static, ()>);

impl Turn {
    pub(super) fn take() -> Self {
        Self(TURN.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        set_observer(None).expect("no observer");
    }
}

/// The id in a key's URI.
pub(super) fn id_of(uri: &str) -> &str {
    let rest = uri.split("key-id=").nth(1).expect("an id");
    rest.split(';').next().expect("an id")
}
