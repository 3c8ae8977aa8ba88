//! The ways of a signature to the service.

use scwkms::{Client, Error, Pending};
use serde_json::{Value, json};

use crate::support::Emulator;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// A call that waits, over the shared connections unless there is a lane.
    Shared,
    /// A request that is started, always over the shared connections.
    Started,
    /// A call that waits, over a connection that it drives itself, where there is one.
    Lane,
}

impl Way {
    /// The lane comes last: once there is one, calls that wait take that.
    pub(crate) const ALL: [Way; 3] = [Way::Shared, Way::Started, Way::Lane];

    pub(crate) fn sign(
        self,
        client: &Client,
        key: &str,
        digest: &[u8; 32],
    ) -> Result<Vec<u8>, Error> {
        match self {
            Way::Started => Ok(Self::start(client, key, digest).wait()?.to_vec()),
            Way::Shared | Way::Lane => client.sign(key, None, digest),
        }
    }

    pub(crate) fn start(client: &Client, key: &str, digest: &[u8; 32]) -> Pending {
        let prepared = client.prepare_sign(key, None, digest);
        prepared.expect("prepared").start(|| ()).expect("started")
    }
}

/// The protocols of an operation's requests since the last reset, oldest first. A lane speaks
/// HTTP/1.1, and the shared connections HTTP/2.
pub(crate) fn versions(emulator: &Emulator, operation: &str) -> Vec<Value> {
    let log = emulator.log();
    let requests = log.iter().filter(|r| r["operation"] == operation);
    requests.map(|r| r["http_version"].clone()).collect()
}

/// Signs until it happens over a lane. Then the count begins again.
pub(crate) fn onto_a_lane(emulator: &Emulator, client: &Client, key: &str) {
    calls_onto_a_lane(emulator, "Sign", || {
        client.sign(key, None, &[7; 32]).expect("a signature");
    });
}

/// The same for any operation.
pub(crate) fn calls_onto_a_lane(emulator: &Emulator, operation: &str, call: impl Fn()) {
    for _ in 0..1000 {
        emulator.reset_requests();
        // Often enough for a lane to be worth it.
        for _ in 0..5 {
            call();
        }
        if versions(emulator, operation).last() == Some(&json!("HTTP/1.1")) {
            emulator.reset_requests();
            return;
        }
    }
    panic!("there is no lane after 5,000 calls");
}
