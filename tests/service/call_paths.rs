//! The paths of a call to the service.

use scwkms::{Client, Result};
use serde_json::{Value, json};

use crate::asynchronous;
use crate::emulator::Emulator;

/// Calls an operation on a call path: `call!(path, client, sign, start_sign(key, None, digest))`.
macro_rules! call {
    ($path:expr, $client:expr, $blocking:ident, $start:ident($($argument:expr),*)) => {
        match $path {
            $crate::call_paths::CallPath::Asynchronous => $client
                .$start($($argument,)* scwkms::StartOptions::default())
                .and_then(|operation| operation.wait()),
            $crate::call_paths::CallPath::Blocking | $crate::call_paths::CallPath::Direct => {
                $client.$blocking($($argument),*)
            }
        }
    };
}
pub(crate) use call;

/// The form of a call, and the type of the connection that its request uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallPath {
    /// A blocking call over a shared HTTP/2 connection.
    Blocking,
    /// An asynchronous call. It always uses a shared HTTP/2 connection.
    Asynchronous,
    /// A blocking call over a direct connection: HTTP/1.1, driven by the calling thread.
    Direct,
}

impl CallPath {
    /// `Direct` is last: once a client has a direct connection, its blocking calls use it.
    pub(crate) const ALL: [CallPath; 3] =
        [CallPath::Blocking, CallPath::Asynchronous, CallPath::Direct];

    /// The forms of a call.
    pub(crate) const FORMS: [CallPath; 2] = [CallPath::Blocking, CallPath::Asynchronous];

    /// The HTTP version of the requests, as the emulator logs it.
    pub(crate) fn http_version(self) -> &'static str {
        match self {
            CallPath::Blocking | CallPath::Asynchronous => "HTTP/2.0",
            CallPath::Direct => "HTTP/1.1",
        }
    }

    pub(crate) fn sign(self, client: &Client, key: &str, digest: &[u8; 32]) -> Result<Vec<u8>> {
        match self {
            CallPath::Asynchronous => asynchronous::start_sign(client, key, digest)?.wait(),
            CallPath::Blocking | CallPath::Direct => client.sign(key, None, digest),
        }
    }

    /// Signs, which must succeed.
    pub(crate) fn must_sign(self, client: &Client, key: &str, digest: &[u8; 32]) -> Vec<u8> {
        self.sign(client, key, digest)
            .unwrap_or_else(|e| panic!("{self:?}: {e}"))
    }

    /// Opens the connection that the next signature uses, and resets the emulator's counters.
    pub(crate) fn warm_up(self, emulator: &Emulator, client: &Client, key: &str) {
        match self {
            CallPath::Direct => open_direct_connection(emulator, client, key),
            CallPath::Blocking | CallPath::Asynchronous => {
                self.must_sign(client, key, &[7; 32]);
            }
        }
        emulator.reset_requests();
    }
}

/// The HTTP versions of an operation's requests since the last reset, oldest first.
pub(crate) fn http_versions(emulator: &Emulator, operation: &str) -> Vec<Value> {
    let log = emulator.log();
    let requests = log.iter().filter(|r| r["operation"] == operation);
    requests.map(|r| r["http_version"].clone()).collect()
}

/// Signs until a signature uses a direct connection, and resets the emulator's counters.
pub(crate) fn open_direct_connection(emulator: &Emulator, client: &Client, key: &str) {
    open_direct_connection_by(emulator, "Sign", || {
        CallPath::Direct.must_sign(client, key, &[7; 32]);
    });
}

/// Repeats a call of any operation until its request uses a direct connection, and resets the
/// emulator's counters.
pub(crate) fn open_direct_connection_by(emulator: &Emulator, operation: &str, call: impl Fn()) {
    // The client opens a direct connection if calls follow each other often enough.
    const CALLS: usize = 5;
    const ROUNDS: usize = 1000;
    let direct = json!(CallPath::Direct.http_version());
    for _ in 0..ROUNDS {
        emulator.reset_requests();
        (0..CALLS).for_each(|_| call());
        if http_versions(emulator, operation).last() == Some(&direct) {
            emulator.reset_requests();
            return;
        }
    }
    panic!(
        "no direct connection is open after {} calls",
        ROUNDS * CALLS
    );
}
