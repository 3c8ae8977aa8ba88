//! Checks of the requests and connections that the emulator and the proxy have counted.

use serde_json::Value;

use super::matrix::{Case, Cause, UNTIL_DEADLINE};
use super::run::Observation;

/// Checks the number of requests, or of connections if the fault prevents connections.
pub(super) fn check_counts(case: &Case, observation: &Observation) -> Result<(), String> {
    let counts = Counts::new(case, observation);
    let correct = match case.row.cause.prevents_connections() {
        true => counts.are_correct_without_connections(case),
        false => counts.affected_are_correct(case) && counts.others_are_plausible(case),
    };
    correct.then_some(()).ok_or_else(|| format!("{counts:?}"))
}

#[derive(Debug)]
struct Counts {
    /// Requests that the fault affects.
    affected: u64,
    /// The other request of the two that load a key.
    others: u64,
    connections: u64,
}

impl Counts {
    fn new(case: &Case, observation: &Observation) -> Self {
        let stats = &observation.stats;
        let requests = stats["requests"].as_u64().expect("a number");
        let affected = &stats["operations"][case.operation.endpoint()];
        let affected = affected.as_u64().unwrap_or(0);
        Self {
            affected,
            others: requests - affected,
            connections: observation.connections,
        }
    }

    fn affected_are_correct(&self, case: &Case) -> bool {
        match case.expected.attempts {
            UNTIL_DEADLINE => self.affected > 1,
            attempts => self.affected == attempts,
        }
    }

    /// Of the two requests that load a key, the one without the fault may be cancelled, or fail
    /// together with the connection of the other.
    fn others_are_plausible(&self, case: &Case) -> bool {
        let most = match case.operation.loads_key() {
            true => case.expected.attempts,
            false => 0,
        };
        self.others <= most
    }

    fn are_correct_without_connections(&self, case: &Case) -> bool {
        let requests = u64::from(case.expected.result.is_ok());
        self.affected == requests
            && self.others_are_plausible(case)
            && self.connections_are_correct(case)
    }

    fn connections_are_correct(&self, case: &Case) -> bool {
        let least = case.expected.attempts;
        // Two parallel requests may open two connections.
        let most = if case.operation.loads_key() {
            2 * least
        } else {
            least
        };
        match case.row.cause {
            // Only the error counts these attempts.
            Cause::Refused | Cause::NoSuchName => self.connections == 0,
            _ => (least..=most).contains(&self.connections),
        }
    }
}

/// Checks that the request used the connection type of the call path.
pub(super) fn check_http_version(case: &Case, log: &[Value]) -> Result<(), String> {
    let endpoint = case.operation.endpoint();
    let mut requests = log.iter().filter(|r| r["operation"] == endpoint);
    let correct = match (case.row.cause, requests.next()) {
        // The log does not contain requests without a response.
        (Cause::Fault(json), _) if json.contains("delay") => true,
        (_, Some(first)) => first["http_version"] == case.path.http_version(),
        (Cause::Fault(_), None) => false,
        (_, None) => true,
    };
    correct
        .then_some(())
        .ok_or_else(|| format!("not the connection type of {:?}: {log:?}", case.path))
}
