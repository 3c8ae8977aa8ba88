//! A client that lives for long: whatever becomes of its connections between two signatures, or
//! under the second, that one succeeds.

use std::sync::mpsc;
use std::time::Duration;

use scwkms::{Client, ErrorKind};

use crate::relay::{End, Relay};
use crate::support::{Emulator, client_and_key};
use crate::ways::{Way, onto_a_lane};

const DIGEST: [u8; 32] = [7; 32];

struct Setting {
    emulator: Emulator,
    relay: Relay,
    client: Client,
    key: String,
}

impl Setting {
    /// A client with a key that is in use, over a relay.
    fn new(options: &[&str], more: &str) -> Self {
        let emulator = Emulator::start_with(options);
        let relay = Relay::to(emulator.get("url"));
        let uri = emulator.uri_by("127.0.0.1", relay.port(), more);
        let (client, key) = client_and_key(&uri);
        Self {
            emulator,
            relay,
            client,
            key,
        }
    }

    /// Has connections that signatures of this kind take, and begins to count.
    fn warm_up(&self, way: Way) {
        match way {
            Way::Lane => onto_a_lane(&self.emulator, &self.client, &self.key),
            _ => self.sign(way),
        }
        self.emulator.reset_requests();
    }

    fn sign(&self, way: Way) {
        way.sign(&self.client, &self.key, &DIGEST)
            .unwrap_or_else(|e| panic!("{way:?}: {e}"));
    }
}

#[test]
fn connections_that_a_middlebox_has_closed_are_replaced() {
    for how in [End::Fin, End::Rst] {
        for way in Way::ALL {
            let setting = Setting::new(&[], "");
            setting.warm_up(way);
            let before = setting.relay.accepted();
            setting.relay.end_all(how);
            setting.sign(way);
            assert_eq!(setting.emulator.requests(), 1, "{how:?}, {way:?}");
            assert!(setting.relay.accepted() > before, "{how:?}, {way:?}");
        }
    }
}

/// Nothing of the request arrives, which the client cannot know: it makes another attempt.
#[test]
fn a_connection_that_ends_under_a_request_costs_an_attempt() {
    for how in [End::Fin, End::Rst] {
        for way in Way::ALL {
            let setting = Setting::new(&[], "");
            setting.warm_up(way);
            setting.relay.end_all_at_next_request(how);
            setting.sign(way);
            assert_eq!(setting.emulator.requests(), 1, "{how:?}, {way:?}");
        }
    }
}

/// The middlebox has forgotten the connections and does not say so. Whatever the way, a signature
/// succeeds within the usual deadline.
#[test]
fn connections_that_died_silently_cost_an_attempt() {
    for way in Way::ALL {
        let setting = Setting::new(&[], "");
        setting.warm_up(way);
        let before = setting.relay.accepted();
        setting.relay.end_all(End::Silence);
        setting.sign(way);
        assert_eq!(setting.emulator.requests(), 1, "{way:?}");
        assert!(setting.relay.accepted() > before, "{way:?}");
    }
}

/// Else the request would wait for its attempt's share of the deadline, 400 seconds.
#[test]
fn a_ping_without_an_answer_ends_a_connection() {
    const PATIENCE: Duration = Duration::from_secs(100);
    let setting = Setting::new(&[], "timeout=600s");
    setting.warm_up(Way::Started);
    setting.relay.end_all(End::Silence);
    let (ended, end) = mpsc::channel();
    let prepared = setting.client.prepare_sign(&setting.key, None, &DIGEST);
    let started = prepared
        .expect("prepared")
        .start(move || ended.send(()).unwrap_or(()));
    let pending = started.expect("started");
    end.recv_timeout(PATIENCE).expect("an end");
    pending.wait().expect("a signature");
    assert_eq!(setting.emulator.requests(), 1);
}

/// The deadline is so short that no ping tells in time: the second attempt takes another connection
/// all the same.
#[test]
fn a_second_attempt_avoids_the_connection_that_failed_the_first() {
    let setting = Setting::new(&[], "timeout=6s");
    setting.warm_up(Way::Started);
    let before = setting.relay.accepted();
    setting.relay.end_all(End::Silence);
    setting.sign(Way::Started);
    assert_eq!(setting.emulator.requests(), 1);
    assert_eq!(setting.relay.accepted(), before + 1);
}

/// Over HTTP/1.1 there are as many connections as there were requests at once, and no pings.
#[test]
fn idle_connections_of_http_1_that_died_together_cost_one_attempt() {
    let setting = Setting::new(&["--plain"], "timeout=6s");
    setting.emulator.fault(
        "Sign",
        8,
        serde_json::json!({"kind": "delay", "milliseconds": 1000}),
    );
    let pending: Vec<_> = (0..8)
        .map(|_| Way::start(&setting.client, &setting.key, &DIGEST))
        .collect();
    for pending in pending {
        pending.wait().expect("a signature");
    }
    assert!(setting.relay.open() >= 8, "{}", setting.relay.open());
    let before = setting.relay.accepted();
    setting.emulator.reset_requests();
    setting.relay.end_all(End::Silence);
    setting.sign(Way::Started);
    assert_eq!(setting.emulator.requests(), 1);
    assert_eq!(setting.relay.accepted(), before + 1);
}

/// The name is looked up for each connection, and leads where the service is now.
#[test]
fn a_service_that_moved_is_found_by_its_name() {
    let emulator = Emulator::start();
    let relay = Relay::to(emulator.get("url"));
    let port = relay.port();
    let client = Client::open(&emulator.uri_by("localhost", port, "")).expect("a client");
    let key = client
        .create_key("scwkms:name=k;unprotected=true", None, None)
        .expect("a key")
        .uri;
    client.public_key(&key).expect("a public key");
    for way in Way::ALL {
        if way == Way::Lane {
            onto_a_lane(&emulator, &client, &key);
        }
        emulator.reset_requests();
        relay.end_all(End::Fin);
        way.sign(&client, &key, &DIGEST)
            .unwrap_or_else(|e| panic!("{way:?}: {e}"));
        assert_eq!(emulator.requests(), 1, "{way:?}");
    }
    drop(relay);
    let error = client.sign(&key, None, &DIGEST).expect_err("nobody there");
    assert_eq!(error.kind(), ErrorKind::Network, "{error}");
    let _relay = Relay::on(&format!("127.0.0.1:{port}"), emulator.get("url"));
    for way in Way::ALL {
        way.sign(&client, &key, &DIGEST)
            .unwrap_or_else(|e| panic!("{way:?}, at the new place: {e}"));
    }
}

/// What a burst took is closed once it is idle, though the client goes on signing.
#[test]
fn connections_of_a_burst_are_closed_when_it_is_over() {
    let setting = Setting::new(&[], "timeout=60s");
    let delay = serde_json::json!({"kind": "delay", "milliseconds": 8000});
    setting.emulator.fault("Sign", 202, delay);
    // The last one finds the first connection full for sure, and has another opened.
    let start = |_| Way::start(&setting.client, &setting.key, &DIGEST);
    let burst: Vec<_> = (0..202).map(start).collect();
    setting.emulator.wait_until("max_in_flight", 202);
    assert_eq!(library_threads(), 1);
    for pending in burst {
        pending.wait().expect("a signature");
    }
    let opened = setting.relay.accepted();
    assert!(opened > 1, "the burst went over one connection");
    std::thread::scope(|scope| {
        let closed = scope.spawn(|| setting.relay.wait_until_open(1));
        while !closed.is_finished() {
            setting.sign(Way::Started);
            std::thread::sleep(Duration::from_millis(100));
        }
        closed.join().expect("one connection");
    });
    assert_eq!(setting.relay.accepted(), opened, "one was opened anew");
    assert_eq!(library_threads(), 1);
}

/// Those that do input and output, not those that look up names.
fn library_threads() -> usize {
    std::fs::read_dir("/proc/self/task")
        .expect("the threads")
        .filter_map(|entry| std::fs::read_to_string(entry.ok()?.path().join("comm")).ok())
        .filter(|name| name.trim() == "scwkms")
        .count()
}
