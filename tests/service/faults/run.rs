//! Runs one case of the matrix.

use std::time::{Duration, Instant};

use scwkms::{Client, Error, Result};
use serde_json::Value;

use super::call::Call;
use super::checks::failed_checks;
use super::document::format_result;
use super::fixture::Fixture;
use super::matrix::{Case, Cause};
use super::output::Output;
use crate::call_paths::{CallPath, open_direct_connection_by};

/// Everything that a call did.
pub(super) struct Observation {
    pub(super) call: Call,
    pub(super) result: Result<Output>,
    pub(super) took: Duration,
    /// The counters of the emulator.
    pub(super) stats: Value,
    /// The log of the emulator.
    pub(super) log: Vec<Value>,
    /// Connections that the proxy has accepted.
    pub(super) connections: u64,
}

/// What a case showed.
pub(super) struct Report {
    pub(super) outcome: String,
    pub(super) took: Duration,
    pub(super) failed_checks: Vec<String>,
}

pub(super) fn run(fixture: &Fixture<'_>, case: &Case) -> Report {
    let client = warm_up(fixture, case);
    let observation = observe(fixture, case, &client);
    let result = observation.result.as_ref().map(|_| ());
    Report {
        outcome: format_result(result.map_err(Error::kind)),
        took: observation.took,
        failed_checks: failed_checks(fixture, case, &client, &observation),
    }
}

/// A client that has loaded its keys, and whose next call uses the call path of the case.
fn warm_up(fixture: &Fixture<'_>, case: &Case) -> Client {
    let client = fixture.client(case.row.cause, case.row.deadline);
    if matches!(case.row.cause, Cause::NoSuchName) {
        return client;
    }
    fixture.load_keys(&client);
    if case.path == CallPath::Direct {
        let call = Call::new(fixture, case);
        open_direct_connection_by(&fixture.emulator, case.operation.endpoint(), || {
            let result = call.run(fixture, &client);
            result.expect("a call without a fault");
        });
    }
    client
}

/// Runs the call of a case with the fault.
fn observe(fixture: &Fixture<'_>, case: &Case, client: &Client) -> Observation {
    let call = Call::new(fixture, case);
    fixture.start_fault(case);
    fixture.emulator.reset_requests();
    let accepted = fixture.proxy.accepted();
    let start = Instant::now();
    let result = call.run(fixture, client);
    let observation = Observation {
        call,
        result,
        took: start.elapsed(),
        stats: fixture.emulator.stats(),
        log: fixture.emulator.log(),
        connections: (fixture.proxy.accepted() - accepted) as u64,
    };
    fixture.end_fault();
    observation
}
