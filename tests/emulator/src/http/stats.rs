//! Counters and the log of the latest requests, for tests.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use parking_lot::Mutex;
use serde::Serialize;

use super::route::Operation;

/// The number of requests in the log.
const LOG_SIZE: usize = 1000;

#[derive(Clone, Debug, Serialize)]
pub struct Record {
    pub operation: Operation,
    pub method: String,
    pub path: String,
    pub http_version: &'static str,
    /// null if the connection was reset instead.
    pub status: Option<u16>,
    pub request_id: String,
    pub connection: u64,
    pub started_at_us: u64,
    pub ended_at_us: u64,
}

pub struct Stats {
    requests: AtomicU64,
    rate_limited: AtomicU64,
    operations: [AtomicU64; Operation::COUNT],
    connections: AtomicU64,
    numbered: AtomicU64,
    open: AtomicU64,
    in_flight: AtomicU64,
    max_in_flight: AtomicU64,
    valid_token_seen: AtomicBool,
    other_tokens: Mutex<HashSet<Vec<u8>>>,
    // A ring buffer in which every request locks only its own slot.
    log: Box<[Mutex<Option<Record>>]>,
    logged: AtomicU64,
}

#[derive(Serialize)]
pub struct Snapshot {
    requests: u64,
    /// The requests that the rate limit did not refuse, and those that it refused.
    accepted: u64,
    rate_limited: u64,
    operations: serde_json::Map<String, serde_json::Value>,
    connections: u64,
    open_connections: u64,
    max_in_flight: u64,
    tokens_seen: usize,
}

impl Stats {
    pub fn new() -> Self {
        Stats {
            requests: AtomicU64::new(0),
            rate_limited: AtomicU64::new(0),
            operations: std::array::from_fn(|_| AtomicU64::new(0)),
            connections: AtomicU64::new(0),
            numbered: AtomicU64::new(0),
            open: AtomicU64::new(0),
            in_flight: AtomicU64::new(0),
            max_in_flight: AtomicU64::new(0),
            valid_token_seen: AtomicBool::new(false),
            other_tokens: Mutex::default(),
            log: (0..LOG_SIZE).map(|_| Mutex::new(None)).collect(),
            logged: AtomicU64::new(0),
        }
    }

    /// Counts a connection, which is open until the guard is dropped. Returns its unique number.
    pub fn connection(&self) -> (u64, Open<'_>) {
        self.connections.fetch_add(1, Relaxed);
        self.open.fetch_add(1, Relaxed);
        (self.numbered.fetch_add(1, Relaxed) + 1, Open(&self.open))
    }

    /// Counts a request, which is in flight until the guard is dropped.
    pub fn request(&self, operation: Operation) -> Open<'_> {
        self.requests.fetch_add(1, Relaxed);
        self.operations[operation as usize].fetch_add(1, Relaxed);
        let now = self.in_flight.fetch_add(1, Relaxed) + 1;
        self.max_in_flight.fetch_max(now, Relaxed);
        Open(&self.in_flight)
    }

    /// Counts a request that the rate limit refuses.
    pub fn rate_limited(&self) {
        self.rate_limited.fetch_add(1, Relaxed);
    }

    pub fn valid_token(&self) {
        if !self.valid_token_seen.load(Relaxed) {
            self.valid_token_seen.store(true, Relaxed);
        }
    }

    pub fn other_token(&self, token: &[u8]) {
        self.other_tokens.lock().insert(token.to_vec());
    }

    pub fn log(&self, record: Record) {
        let slot = self.logged.fetch_add(1, Relaxed) % LOG_SIZE as u64;
        *self.log[slot as usize].lock() = Some(record);
    }

    /// The requests in the log, oldest first.
    pub fn requests(&self) -> Vec<Record> {
        let next = (self.logged.load(Relaxed) % LOG_SIZE as u64) as usize;
        let (newer, older) = self.log.split_at(next);
        older
            .iter()
            .chain(newer)
            .filter_map(|slot| slot.lock().clone())
            .collect()
    }

    pub fn snapshot(&self) -> Snapshot {
        let mut operations = serde_json::Map::new();
        for operation in Operation::ALL {
            let count = self.operations[operation as usize].load(Relaxed);
            if count > 0 {
                operations.insert(format!("{operation:?}"), count.into());
            }
        }
        // In this order no refused request counts as accepted.
        let requests = self.requests.load(Relaxed);
        let rate_limited = self.rate_limited.load(Relaxed);
        Snapshot {
            requests,
            accepted: requests.saturating_sub(rate_limited),
            rate_limited,
            operations,
            connections: self.connections.load(Relaxed),
            open_connections: self.open.load(Relaxed),
            max_in_flight: self.max_in_flight.load(Relaxed),
            tokens_seen: self.other_tokens.lock().len()
                + usize::from(self.valid_token_seen.load(Relaxed)),
        }
    }

    /// Resets the counters and the log. Connections that are open and requests in flight stay counted.
    pub fn reset(&self) {
        self.requests.store(0, Relaxed);
        self.rate_limited.store(0, Relaxed);
        for count in &self.operations {
            count.store(0, Relaxed);
        }
        self.connections.store(0, Relaxed);
        self.max_in_flight
            .store(self.in_flight.load(Relaxed), Relaxed);
        self.valid_token_seen.store(false, Relaxed);
        self.other_tokens.lock().clear();
        for slot in &self.log {
            *slot.lock() = None;
        }
    }
}

/// Decrements a counter when dropped.
pub struct Open<'a>(&'a AtomicU64);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(number: u64) -> Record {
        Record {
            operation: Operation::Sign,
            method: "POST".into(),
            path: "/".into(),
            http_version: "HTTP/2.0",
            status: Some(200),
            request_id: String::new(),
            connection: number,
            started_at_us: 0,
            ended_at_us: 0,
        }
    }

    #[test]
    fn the_latest_thousand_are_kept_in_order() {
        let stats = Stats::new();
        (1..=1500).for_each(|number| stats.log(record(number)));
        let numbers: Vec<u64> = stats.requests().iter().map(|r| r.connection).collect();
        assert_eq!(numbers, (501..=1500).collect::<Vec<_>>());
        stats.reset();
        assert!(stats.requests().is_empty());
        stats.log(record(7));
        assert_eq!(stats.requests().len(), 1);
    }

    #[test]
    fn open_connections_stay_counted() {
        let stats = Stats::new();
        let (first, open) = stats.connection();
        let one = stats.request(Operation::Sign);
        let two = stats.request(Operation::GetKey);
        drop((one, two));
        stats.rate_limited();
        stats.valid_token();
        stats.valid_token();
        stats.other_token(b"x");
        let json = serde_json::to_value(stats.snapshot()).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "requests": 2, "accepted": 1, "rate_limited": 1,
                "operations": {"GetKey": 1, "Sign": 1}, "connections": 1,
                "open_connections": 1, "max_in_flight": 2, "tokens_seen": 2
            })
        );
        drop(open);
        stats.reset();
        let (second, _open) = stats.connection();
        assert!(second > first);
    }
}
