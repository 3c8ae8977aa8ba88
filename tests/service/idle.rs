//! Connections that end or fail while they are idle, or when a request is sent over them. The next
//! signature succeeds.

use std::sync::mpsc;
use std::time::Duration;

use scwkms::{Client, ErrorKind};
use serde_json::json;

use crate::asynchronous::{start_sign, start_sign_and_notify};
use crate::call_paths::CallPath;
use crate::emulator::Emulator;
use crate::fault_proxy::{Fault, FaultProxy, NewConnections};
use crate::support::client_and_key;

const DIGEST: [u8; 32] = [7; 32];

struct Fixture {
    emulator: Emulator,
    proxy: FaultProxy,
    client: Client,
    key: String,
}

impl Fixture {
    /// A client that reaches the emulator through a proxy, and a key that it has loaded.
    fn new(options: &[&str], parameters: &str) -> Self {
        Self::with_host("127.0.0.1", options, parameters)
    }

    fn with_host(host: &str, options: &[&str], parameters: &str) -> Self {
        let emulator = Emulator::start_with(options);
        let proxy = FaultProxy::to(emulator.get("url"));
        let (client, key) = client_and_key(&emulator.uri_via(host, proxy.port(), parameters));
        Self {
            emulator,
            proxy,
            client,
            key,
        }
    }

    fn warm_up(&self, path: CallPath) {
        path.warm_up(&self.emulator, &self.client, &self.key);
    }

    fn sign(&self, path: CallPath) {
        path.must_sign(&self.client, &self.key, &DIGEST);
    }

    fn sign_at_the_same_time(&self, number: usize) {
        let start = |_| start_sign(&self.client, &self.key, &DIGEST).expect("an operation");
        let operations: Vec<_> = (0..number).map(start).collect();
        for operation in operations {
            operation.wait().expect("a signature");
        }
    }
}

#[test]
fn connections_that_a_middlebox_closed_are_replaced() {
    for fault in [Fault::Fin, Fault::Rst] {
        for path in CallPath::ALL {
            let fixture = Fixture::new(&[], "");
            fixture.warm_up(path);
            let before = fixture.proxy.accepted();
            fixture.proxy.fail_open_connections(fault);
            fixture.sign(path);
            assert_eq!(fixture.emulator.requests(), 1, "{fault:?}, {path:?}");
            assert!(fixture.proxy.accepted() > before, "{fault:?}, {path:?}");
        }
    }
}

/// The server does not receive the request. The client cannot know this, and makes another attempt.
#[test]
fn a_connection_that_ends_during_a_request_costs_an_attempt() {
    for fault in [Fault::Fin, Fault::Rst] {
        for path in CallPath::ALL {
            let fixture = Fixture::new(&[], "");
            fixture.warm_up(path);
            let before = fixture.proxy.accepted();
            fixture.proxy.fail_open_connections_at_next_request(fault);
            fixture.sign(path);
            assert_eq!(fixture.emulator.requests(), 1, "{fault:?}, {path:?}");
            assert!(fixture.proxy.accepted() > before, "{fault:?}, {path:?}");
        }
    }
}

/// The middlebox has dropped the connections without a FIN or RST. On each call path a signature
/// succeeds within the default deadline.
#[test]
fn connections_that_fail_silently_cost_an_attempt() {
    for path in CallPath::ALL {
        let fixture = Fixture::new(&[], "");
        fixture.warm_up(path);
        let before = fixture.proxy.accepted();
        fixture.proxy.fail_open_connections(Fault::Silence);
        fixture.sign(path);
        assert_eq!(fixture.emulator.requests(), 1, "{path:?}");
        assert!(fixture.proxy.accepted() > before, "{path:?}");
    }
}

/// Without the ping, the request would wait for its attempt's share of the deadline, 400 seconds.
#[test]
fn a_ping_without_a_response_ends_a_connection() {
    const LIMIT: Duration = Duration::from_secs(100);
    let fixture = Fixture::new(&[], "timeout=600s");
    fixture.warm_up(CallPath::Asynchronous);
    fixture.proxy.fail_open_connections(Fault::Silence);
    let (sender, ended) = mpsc::channel();
    let notify = move || sender.send(()).unwrap_or(());
    let started = start_sign_and_notify(&fixture.client, &fixture.key, &DIGEST, notify);
    let operation = started.expect("an operation");
    ended.recv_timeout(LIMIT).expect("the end of the operation");
    operation.wait().expect("a signature");
    assert_eq!(fixture.emulator.requests(), 1);
}

/// The deadline ends before a ping can fail. The second attempt uses another connection.
#[test]
fn a_second_attempt_avoids_the_connection_that_failed_the_first() {
    let fixture = Fixture::new(&[], "timeout=6s");
    fixture.warm_up(CallPath::Asynchronous);
    let before = fixture.proxy.accepted();
    fixture.proxy.fail_open_connections(Fault::Silence);
    fixture.sign(CallPath::Asynchronous);
    assert_eq!(fixture.emulator.requests(), 1);
    assert_eq!(fixture.proxy.accepted(), before + 1);
}

/// With HTTP/1.1 there is a connection for each request in flight, and there are no pings.
#[test]
fn idle_http_1_connections_that_failed_together_cost_one_attempt() {
    let fixture = Fixture::new(&["--plain"], "timeout=6s");
    let delay = json!({"kind": "delay", "milliseconds": 1000});
    fixture.emulator.fault("Sign", 8, delay);
    fixture.sign_at_the_same_time(8);
    let open = fixture.proxy.open();
    assert!(open >= 8, "{open}");
    let before = fixture.proxy.accepted();
    fixture.emulator.reset_requests();
    fixture.proxy.fail_open_connections(Fault::Silence);
    fixture.sign(CallPath::Asynchronous);
    assert_eq!(fixture.emulator.requests(), 1);
    assert_eq!(fixture.proxy.accepted(), before + 1);
}

/// The client looks up the name for each connection.
#[test]
fn a_service_that_stopped_is_found_again_by_its_name() {
    let fixture = Fixture::with_host("localhost", &[], "");
    for path in CallPath::ALL {
        if path == CallPath::Direct {
            fixture.warm_up(path);
        }
        fixture.emulator.reset_requests();
        fixture.proxy.fail_open_connections(Fault::Fin);
        fixture.sign(path);
        assert_eq!(fixture.emulator.requests(), 1, "{path:?}");
    }
    fixture.proxy.fail_new_connections(NewConnections::Refuse);
    fixture.proxy.fail_open_connections(Fault::Fin);
    let error = fixture.client.sign(&fixture.key, None, &DIGEST);
    let error = error.expect_err("no connection");
    assert_eq!(error.kind(), ErrorKind::Network, "{error}");
    fixture.proxy.forward_to(fixture.emulator.get("url"));
    for path in CallPath::ALL {
        fixture.sign(path);
    }
}

/// The client closes the connections of a burst once they are idle, although it continues to sign.
#[test]
fn connections_of_a_burst_are_closed_after_it() {
    let fixture = Fixture::new(&[], "timeout=60s");
    let delay = json!({"kind": "delay", "milliseconds": 8000});
    fixture.emulator.fault("Sign", 202, delay);
    // With 202 requests the first connection is full in any case, and the client opens another.
    std::thread::scope(|scope| {
        let burst = scope.spawn(|| fixture.sign_at_the_same_time(202));
        fixture.emulator.wait_until("max_in_flight", 202);
        assert_eq!(library_threads(), 1);
        burst.join().expect("signatures");
    });
    let opened = fixture.proxy.accepted();
    assert!(opened > 1, "the burst used one connection");
    std::thread::scope(|scope| {
        let closed = scope.spawn(|| fixture.proxy.wait_until_open(1));
        while !closed.is_finished() {
            fixture.sign(CallPath::Asynchronous);
            std::thread::sleep(Duration::from_millis(100));
        }
        closed.join().expect("one connection");
    });
    let reopened = fixture.proxy.accepted() - opened;
    assert_eq!(reopened, 0, "further connections were opened");
    assert_eq!(library_threads(), 1);
}

/// The number of the library's threads for input and output. Those that look up names have another
/// name.
fn library_threads() -> usize {
    std::fs::read_dir("/proc/self/task")
        .expect("the threads")
        .filter_map(|entry| std::fs::read_to_string(entry.ok()?.path().join("comm")).ok())
        .filter(|name| name.trim() == "scwkms")
        .count()
}
