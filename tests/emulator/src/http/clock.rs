//! The emulator's clock, which tests can stop and move. It tells the windows of the rate limit and
//! the times in the log of requests.

use std::time::Instant;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

pub struct Clock {
    start: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// How far tests have moved the clock.
    moved_us: u64,
    /// The time since the start at which the clock was stopped.
    stopped_us: Option<u64>,
}

/// A change, in the form of the admin endpoint.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Change {
    pub running: Option<bool>,
    pub advance_milliseconds: u32,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct View {
    pub now_us: u64,
    pub running: bool,
}

impl Clock {
    pub fn new() -> Self {
        Clock {
            start: Instant::now(),
            state: Mutex::default(),
        }
    }

    /// The microseconds since the start of the emulator. They never decrease.
    pub fn now_us(&self) -> u64 {
        self.view().now_us
    }

    pub fn view(&self) -> View {
        let state = self.state.lock();
        let since_start = state.stopped_us.unwrap_or_else(|| self.since_start_us());
        View {
            now_us: since_start + state.moved_us,
            running: state.stopped_us.is_none(),
        }
    }

    fn since_start_us(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Changes the clock. When a stopped clock runs again, the time since it was stopped is added.
    pub fn change(&self, change: &Change) -> View {
        let mut state = self.state.lock();
        state.moved_us += 1000 * u64::from(change.advance_milliseconds);
        state.stopped_us = match change.running {
            Some(true) => None,
            Some(false) => state.stopped_us.or_else(|| Some(self.since_start_us())),
            None => state.stopped_us,
        };
        drop(state);
        self.view()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(running: bool) -> Change {
        Change {
            running: Some(running),
            ..Change::default()
        }
    }

    fn advance(advance_milliseconds: u32) -> Change {
        Change {
            advance_milliseconds,
            ..Change::default()
        }
    }

    #[test]
    fn a_stopped_clock_only_moves_when_a_test_moves_it() {
        let clock = Clock::new();
        let stopped = clock.change(&set(false));
        assert!(!stopped.running);
        assert_eq!(clock.change(&set(false)), stopped);
        let moved = clock.change(&advance(1500));
        assert_eq!(moved.now_us, stopped.now_us + 1_500_000);
        assert_eq!(clock.view(), moved);
    }

    #[test]
    fn a_clock_that_runs_again_does_not_go_back() {
        let clock = Clock::new();
        let stopped = clock.change(&set(false)).now_us;
        clock.change(&advance(1000));
        let running = clock.change(&set(true));
        assert!(running.running);
        assert!(running.now_us >= stopped + 1_000_000);
        assert!(clock.now_us() >= running.now_us);
    }
}
