//! What the emulator and the gate have counted, against what is promised.

use serde_json::Value;

use super::matrix::{Cause, Operation, Row};
use crate::ways::Way;

/// Checks the requests at the service, or the connections where the fault is below HTTP. Of the two
/// requests for a key, the one that the fault does not strike may be given up, or suffer with the
/// other's connection.
pub(super) fn count(
    row: &Row,
    operation: Operation,
    succeeded: bool,
    number: u64,
    stats: &Value,
    connections: u64,
) -> Result<(), String> {
    let requests = stats["requests"].as_u64().expect("a number");
    let struck = stats["operations"][operation.endpoint()]
        .as_u64()
        .unwrap_or(0);
    let beside = requests - struck;
    let most_beside = if operation.fetches_key() { number } else { 0 };
    let tell = || {
        Err(format!(
            "{struck} requests, {beside} beside them, {connections} connections"
        ))
    };
    if matches!(row.cause, Cause::Fault(_)) {
        return match struck == number && beside <= most_beside {
            true => Ok(()),
            false => tell(),
        };
    }
    let arrived = if succeeded { 1 } else { 0 };
    if struck != arrived || beside > most_beside {
        return tell();
    }
    let most = if operation.fetches_key() {
        2 * number
    } else {
        number
    };
    match row.cause {
        // Nobody is there to count them; the error does.
        Cause::Refused | Cause::NoSuchName if connections == 0 => Ok(()),
        Cause::Refused | Cause::NoSuchName => tell(),
        _ if (number..=most).contains(&connections) => Ok(()),
        _ => tell(),
    }
}

/// Whether the struck request went over the kind of connection that is meant: a lane speaks
/// HTTP/1.1, and the shared connection HTTP/2.
pub(super) fn went_by(row: &Row, operation: Operation, way: Way, log: &[Value]) -> bool {
    let mut requests = log
        .iter()
        .filter(|r| r["operation"] == operation.endpoint());
    let meant = match way {
        Way::Lane => "HTTP/1.1",
        Way::Shared | Way::Started => "HTTP/2.0",
    };
    match (row.cause, requests.next()) {
        // A request that is not answered is not in the log.
        (Cause::Fault(json), _) if json.contains("delay") => true,
        (_, Some(first)) => first["http_version"] == meant,
        (Cause::Fault(_), None) => false,
        (_, None) => true,
    }
}
