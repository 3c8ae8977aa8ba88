//! The matrix: each fault, and its outcome for each operation.

use scwkms::ErrorKind::{self, *};

use super::matrix::Cause::*;
use super::matrix::Times::*;
use super::matrix::{Cell, Outcome, Row, UNTIL_DEADLINE, row};
use super::operation::Operation::{self, *};

const fn ok(attempts: u64) -> Cell {
    Cell::Expected(Outcome {
        result: Ok(()),
        attempts,
        outcome_unknown: false,
    })
}

const fn err(kind: ErrorKind, attempts: u64) -> Cell {
    Cell::Expected(Outcome {
        result: Err(kind),
        attempts,
        outcome_unknown: false,
    })
}

/// One request, which may have been processed.
const fn unknown(kind: ErrorKind) -> Cell {
    Cell::Expected(Outcome {
        result: Err(kind),
        attempts: 1,
        outcome_unknown: true,
    })
}

/// Operations that are not idempotent are not repeated. The other operations have this outcome.
const fn not_repeated(kind: ErrorKind, others: Cell) -> [Cell; 3] {
    [unknown(kind), unknown(kind), others]
}

const fn all(cell: Cell) -> [Cell; 3] {
    [cell, cell, cell]
}

const NO_BODY: Cell = Cell::NotApplicable("the response to a deletion has no body");
const NO_KEY_ID: Cell = Cell::NotApplicable("the response has no id of a requested key");
const NO_SIGNATURE: Cell = Cell::NotApplicable("the response has no signature");
const SIGNATURES: &[(Operation, Cell)] =
    &[(Sign, err(Integrity, 1)), (SignMessage, err(Integrity, 1))];
const NO_PEM: Cell = Cell::NotApplicable("the response has no public key");

#[rustfmt::skip]
pub(super) const TABLE: &[Row] = &[
    row("429, once", Once, Fault(r#"{"kind": "status", "status": 429}"#), all(ok(2))),
    row("429, always", Always, Fault(r#"{"kind": "status", "status": 429}"#), all(err(RateLimited, UNTIL_DEADLINE)))
        .with_deadline(5),
    row("429 with `Retry-After: 1`, once", Once,
        Fault(r#"{"kind": "status", "status": 429, "retry_after": "1"}"#), all(ok(2))),
    row("429 with `Retry-After: 3600`", Always,
        Fault(r#"{"kind": "status", "status": 429, "retry_after": "3600"}"#), all(err(RateLimited, 1))),
    row("408, once", Once, Fault(r#"{"kind": "status", "status": 408}"#), not_repeated(Timeout, ok(2))),
    row("408, always", Always, Fault(r#"{"kind": "status", "status": 408}"#), not_repeated(Timeout, err(Timeout, 4))),
    row("500, once", Once, Fault(r#"{"kind": "status", "status": 500}"#), not_repeated(Unavailable, ok(2))),
    row("500, always", Always, Fault(r#"{"kind": "status", "status": 500}"#), not_repeated(Unavailable, err(Unavailable, 4))),
    row("502, once", Once, Fault(r#"{"kind": "status", "status": 502}"#), not_repeated(Unavailable, ok(2))),
    row("502, always", Always, Fault(r#"{"kind": "status", "status": 502}"#), not_repeated(Unavailable, err(Unavailable, 4))),
    row("503, once", Once, Fault(r#"{"kind": "status", "status": 503}"#), not_repeated(Unavailable, ok(2))),
    row("503, always", Always, Fault(r#"{"kind": "status", "status": 503}"#), not_repeated(Unavailable, err(Unavailable, 4))),
    row("503 with `Retry-After: 1`, once", Once,
        Fault(r#"{"kind": "status", "status": 503, "retry_after": "1"}"#), not_repeated(Unavailable, ok(2))),
    row("503 with `Retry-After: 3600`", Always,
        Fault(r#"{"kind": "status", "status": 503, "retry_after": "3600"}"#), not_repeated(Unavailable, err(Unavailable, 1))),
    row("504, once", Once, Fault(r#"{"kind": "status", "status": 504}"#), not_repeated(Unavailable, ok(2))),
    row("504, always", Always, Fault(r#"{"kind": "status", "status": 504}"#), not_repeated(Unavailable, err(Unavailable, 4))),
    // An attempt takes at most two thirds of the remaining time, so there is time for a second one.
    row("no response to the first attempt", Once, Fault(r#"{"kind": "delay", "milliseconds": 300000}"#),
        not_repeated(Timeout, ok(2))).with_deadline(15),
    // In 20 s there is time for four attempts and the longest waits between them.
    row("no response to any attempt", Always, Fault(r#"{"kind": "delay", "milliseconds": 300000}"#),
        not_repeated(Timeout, err(Timeout, 4))).with_deadline(20),
    row("reset before the operation, once", Once, Fault(r#"{"kind": "reset", "when": "before"}"#), not_repeated(Network, ok(2))),
    row("reset before the operation, always", Always, Fault(r#"{"kind": "reset", "when": "before"}"#), not_repeated(Network, err(Network, 4))),
    row("reset during the response, once", Once, Fault(r#"{"kind": "reset", "when": "during"}"#), not_repeated(Network, ok(2))),
    row("reset during the response, always", Always, Fault(r#"{"kind": "reset", "when": "during"}"#), not_repeated(Network, err(Network, 4))),
    row("reset after the operation, once", Once, Fault(r#"{"kind": "reset", "when": "after"}"#), not_repeated(Network, ok(2))),
    row("reset after the operation, always", Always, Fault(r#"{"kind": "reset", "when": "after"}"#), not_repeated(Network, err(Network, 4))),
    row("truncated body, once", Once, Fault(r#"{"kind": "truncate"}"#), [unknown(Network), NO_BODY, ok(2)]),
    row("truncated body, always", Always, Fault(r#"{"kind": "truncate"}"#), [unknown(Network), NO_BODY, err(Network, 4)]),
    row("endless body", Always, Fault(r#"{"kind": "endless"}"#), not_repeated(Protocol, err(Protocol, 1))),
    row("oversized response", Always, Fault(r#"{"kind": "oversized", "bytes": 2000000}"#), not_repeated(Protocol, err(Protocol, 1))),
    row("random bytes instead of JSON", Always, Fault(r#"{"kind": "garbage"}"#), [unknown(Protocol), NO_BODY, err(Protocol, 1)]),
    row("wrong media type", Always, Fault(r#"{"kind": "media_type", "value": "text/plain"}"#), [unknown(Protocol), NO_BODY, err(Protocol, 1)]),
    row("HTML page with status 200", Always, Fault(r#"{"kind": "html"}"#), not_repeated(Protocol, err(Protocol, 1))),
    row("HTML page with status 502, once", Once, Fault(r#"{"kind": "html", "status": 502}"#), not_repeated(Unavailable, ok(2))),
    row("HTML page with status 502, always", Always, Fault(r#"{"kind": "html", "status": 502}"#), not_repeated(Unavailable, err(Unavailable, 4))),
    row("redirect to another host", Always, Fault(r#"{"kind": "redirect", "location": "https://REDIRECT_TARGET/"}"#), all(err(Protocol, 1))),
    row("connection closed after the response", Once, Fault(r#"{"kind": "close"}"#), all(ok(1))),
    row("wrong key id", Always, Fault(r#"{"kind": "key_id"}"#), [unknown(Integrity), NO_KEY_ID, err(Integrity, 1)])
        .except(&[(CreateKey, NO_KEY_ID), (FindKeys, NO_KEY_ID), (PublicKey, NO_KEY_ID), (ListAlgorithms, NO_KEY_ID)]),
    row("flipped bit in the signature", Always, Fault(r#"{"kind": "flip"}"#), all(NO_SIGNATURE)).except(SIGNATURES),
    row("signature of another key", Always, Fault(r#"{"kind": "other_key"}"#), all(NO_SIGNATURE)).except(SIGNATURES),
    row("malformed PEM", Always, Fault(r#"{"kind": "bad_pem"}"#), all(NO_PEM)).except(&[(PublicKey, err(Protocol, 1))]),
    row("connection refused", Always, Refused, all(err(Network, 4))),
    row("connection reset before TLS, once", Once, Reset, all(ok(2))),
    row("connection reset before TLS, always", Always, Reset, all(err(Network, 4))),
    row("no byte after the connection is accepted", Always, Silent, all(err(Network, 4))),
    row("plain HTTP instead of TLS", Always, NotTls, all(err(Network, 4))),
    row("expired certificate", Always, Certificate(&["--certificate", "expired"]), all(err(Network, 1))),
    row("certificate for another host", Always, Certificate(&["--certificate", "another-host"]), all(err(Network, 1))),
    row("certificate of an unknown authority", Always, Certificate(&[]), all(err(Network, 1))),
    row("host name that does not exist", Always, NoSuchName, all(err(Network, 4))),
];
