//! Warnings, and observers that fail or that are replaced.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::mpsc;

use scwkms::{Client, ErrorKind, Event, Observer, set_observer};

use super::recording::{Recording, Turn, id_of};
use crate::asynchronous::start_sign;
use crate::emulator::Emulator;
use crate::support::client_and_key_of;

const DIGEST: [u8; 32] = [9; 32];

#[test]
fn warnings_are_reported() {
    let emulator = Emulator::start();
    let recording = Recording::start();
    Client::open(&emulator.uri("insecure=true")).expect("a client");
    let warning = recording.wait_for(|e| e.kind == "warning" && e.message.contains("insecure"));
    assert!(!warning.message.contains('\n'), "{warning:?}");
}

struct Panicking(AtomicU32);

impl Observer for Panicking {
    fn observe(&self, _: &Event<'_>) {
        self.0.fetch_add(1, SeqCst);
        panic!("on purpose");
    }
}

/// On the calling thread and on the I/O thread.
#[test]
fn a_panic_of_the_observer_harms_no_operation() {
    let emulator = Emulator::start();
    let (client, key) = client_and_key_of(&emulator, "");
    let _turn = Turn::take();
    let observer = Arc::new(Panicking(AtomicU32::new(0)));
    set_observer(Some(Arc::clone(&observer) as _)).expect("an observer");
    client.sign(&key, None, &DIGEST).expect("a signature");
    let operation = start_sign(&client, &key, &DIGEST).expect("an operation");
    operation.wait().expect("a signature");
    Client::open(&emulator.uri("")).expect("a client");
    emulator
        .client()
        .sign(&key, None, &DIGEST)
        .expect("a signature");
    assert!(observer.0.load(SeqCst) >= 4);
}

/// Calls the library inside the observer.
struct Nested {
    client: Client,
    key: String,
    calls: AtomicU32,
    results: mpsc::Sender<(bool, Option<ErrorKind>)>,
}

impl Observer for Nested {
    fn observe(&self, event: &Event<'_>) {
        let Event::Operation(operation) = event else {
            return;
        };
        if operation.key_id != Some(id_of(&self.key)) {
            return;
        }
        self.calls.fetch_add(1, SeqCst);
        let signed = self.client.sign(&self.key, None, &DIGEST).is_ok();
        let replaced = set_observer(None).err().map(|e| e.kind());
        self.results.send((signed, replaced)).expect("a receiver");
    }
}

/// An operation inside the observer is not reported, so there is no endless recursion.
#[test]
fn the_library_can_be_called_inside_the_observer() {
    let emulator = Emulator::start();
    let (client, key) = client_and_key_of(&emulator, "");
    let (inner, _) = client_and_key_of(&emulator, "");
    let (results, received) = mpsc::channel();
    let _turn = Turn::take();
    let observer = Arc::new(Nested {
        client: inner,
        key: key.clone(),
        calls: AtomicU32::new(0),
        results,
    });
    set_observer(Some(Arc::clone(&observer) as _)).expect("an observer");
    client.sign(&key, None, &DIGEST).expect("a signature");
    let result = received.recv().expect("a call");
    assert_eq!(result, (true, Some(ErrorKind::InvalidArgument)));
    assert_eq!(observer.calls.load(SeqCst), 1);
}

/// Reports when a call begins, and returns when it may.
struct Slow {
    key: String,
    begun: mpsc::Sender<()>,
    may_return: std::sync::Mutex<mpsc::Receiver<()>>,
    returned: AtomicU32,
}

impl Observer for Slow {
    fn observe(&self, event: &Event<'_>) {
        let Event::Operation(operation) = event else {
            return;
        };
        if operation.key_id == Some(id_of(&self.key)) {
            self.begun.send(()).expect("a receiver");
            let may_return = self.may_return.lock().expect("no panic");
            may_return.recv().expect("a sender");
            self.returned.fetch_add(1, SeqCst);
        }
    }
}

#[test]
fn a_replaced_observer_is_not_called_any_more() {
    let emulator = Emulator::start();
    let (client, key) = client_and_key_of(&emulator, "");
    let _turn = Turn::take();
    let (begun, has_begun) = mpsc::channel();
    let (allow, may_return) = mpsc::channel();
    let observer = Arc::new(Slow {
        key: key.clone(),
        begun,
        may_return: std::sync::Mutex::new(may_return),
        returned: AtomicU32::new(0),
    });
    set_observer(Some(Arc::clone(&observer) as _)).expect("an observer");
    std::thread::scope(|scope| {
        scope.spawn(|| client.sign(&key, None, &DIGEST).expect("a signature"));
        has_begun.recv().expect("a call");
        let replacing = scope.spawn(|| {
            set_observer(None).expect("no observer");
            observer.returned.load(SeqCst)
        });
        allow.send(()).expect("a call");
        assert_eq!(replacing.join().expect("no panic"), 1);
    });
    client.sign(&key, None, &DIGEST).expect("a signature");
    assert_eq!(observer.returned.load(SeqCst), 1);
    assert_eq!(
        Arc::strong_count(&observer),
        1,
        "the library has dropped it"
    );
}
