//! One cell: the fault, the call, and all that is promised of both.

use std::time::{Duration, Instant};

use scwkms::{Client, Error};
use serde_json::Value;

use super::call::{Call, Done};
use super::count::{count, went_by};
use super::gate::Mode;
use super::matrix::{Cause, Cell, Operation, Row, Times};
use super::world::{MESSAGE, PLAINTEXT, World, address};
use crate::ways::{Way, calls_onto_a_lane};

/// Beyond the deadline. The machine may be busy; what hangs takes longer.
const MARGIN: Duration = Duration::from_secs(15);

/// What was seen, and what of it is not as promised.
pub(super) struct Seen {
    pub(super) outcome: String,
    pub(super) took: Duration,
    pub(super) wrong: Vec<String>,
}

pub(super) fn run(world: &mut World<'_>, row: &Row, operation: Operation, way: Way) -> Seen {
    let Cell::Outcome {
        result: expected,
        number,
        uncertain,
    } = row.cell_by(operation, way)
    else {
        unreachable!("this cell does not apply");
    };
    let client = warm(world, row, operation, way);
    let call = Call::new(world, operation, way);
    order(world, row, operation);
    world.emulator.reset_requests();
    let begun = Instant::now();
    let result = call.make(world, &client);
    let took = begun.elapsed();
    let stats = world.emulator.stats();
    let log = world.emulator.log();
    let connections = world.gate.connections();
    lift(world);

    let mut wrong = Vec::new();
    let mut check = |right: bool, what: &dyn Fn() -> String| {
        if !right {
            wrong.push(what());
        }
    };
    let kind = result.as_ref().map(|_| ()).map_err(Error::kind);
    check(kind == expected, &|| match &result {
        Ok(_) => "it succeeded".to_owned(),
        Err(e) => e.to_string(),
    });
    match &result {
        Ok(done) => {
            let judged = call.judge(world, done);
            check(judged.is_ok(), &|| judged.clone().unwrap_err());
        }
        Err(error) => {
            let effort = match number {
                1 => !error.to_string().contains("attempts were made"),
                _ => error
                    .to_string()
                    .contains(&format!("{number} attempts were made")),
            };
            check(effort, &|| format!("the error counts otherwise: {error}"));
            check(
                says_it_may_have_happened(error, &call) == uncertain,
                &|| format!("the error is not honest about what may have happened: {error}"),
            );
            check(!holds_a_secret(error, world), &|| {
                format!("a secret: {error}")
            });
        }
    }
    check(took < Duration::from_secs(row.deadline) + MARGIN, &|| {
        format!("it took {took:?}")
    });
    let counted = count(
        row,
        operation,
        expected.is_ok(),
        number,
        &stats,
        connections,
    );
    check(counted.is_ok(), &|| counted.clone().unwrap_err());
    if operation == Operation::CreateKey {
        let keys = call.created(world);
        check(keys <= 1, &|| format!("{keys} keys of the name"));
    }
    check(went_by(row, operation, way, &log), &|| {
        format!("not the way that was meant: {log:?}")
    });
    let told = world.elsewhere.was_told();
    check(told.is_none(), &|| told.clone().unwrap_or_default());
    if row.no_recovery.is_none() {
        let next = Call::new(world, operation, way);
        let outcome = next
            .make(world, &client)
            .map_err(|e| e.to_string())
            .and_then(|done: Done| next.judge(world, &done));
        check(outcome.is_ok(), &|| {
            format!("the next call failed: {}", outcome.clone().unwrap_err())
        });
    }
    let outcome = match kind {
        Ok(()) => "ok".to_owned(),
        Err(kind) => format!("{kind:?}"),
    };
    Seen {
        outcome,
        took,
        wrong,
    }
}

/// A client that knows its keys, and whose next call takes the way that is meant.
fn warm(world: &World<'_>, row: &Row, operation: Operation, way: Way) -> Client {
    let client = world.client(row.cause, row.deadline);
    if matches!(row.cause, Cause::NoSuchName) {
        return client;
    }
    for key in [&world.signing, &world.decryption] {
        client.public_key(key).expect("a public key");
    }
    if way == Way::Lane {
        let call = Call::new(world, operation, way);
        calls_onto_a_lane(&world.emulator, operation.endpoint(), || {
            call.make(world, &client).expect("a call without a fault");
        });
    }
    client
}

fn order(world: &mut World<'_>, row: &Row, operation: Operation) {
    if let Cause::Fault(json) = row.cause {
        let json = json.replace("ELSEWHERE", &world.elsewhere.address().to_string());
        let fault: Value = serde_json::from_str(&json).expect("JSON");
        match row.times {
            Times::Once => world.emulator.fault(operation.endpoint(), 1, fault),
            Times::Always => world.emulator.lasting_fault(operation.endpoint(), fault),
        }
        return;
    }
    world.gate.cut();
    world.gate.set(world.forward());
    match row.cause {
        Cause::Refused => world.gate.refuse(),
        Cause::Reset if row.times == Times::Once => {
            world.gate.set(Mode::ResetOnce(address(&world.emulator)));
        }
        Cause::Reset => world.gate.set(Mode::Reset),
        Cause::Silent => world.gate.set(Mode::Silent),
        Cause::NotTls => world.gate.set(Mode::Cleartext),
        Cause::Certificate(options) => {
            let server = address(world.elsewhere.stranger(options));
            world.gate.set(Mode::Forward(server));
        }
        Cause::NoSuchName | Cause::Fault(_) => {}
    }
}

fn lift(world: &mut World<'_>) {
    world.emulator.clear_faults();
    world.gate.set(world.forward());
    world.gate.listen();
}

fn says_it_may_have_happened(error: &Error, call: &Call) -> bool {
    let text = error.to_string();
    let created = format!(
        "may have been created all the same: look for {:?}",
        call.subject()
    );
    text.contains(&created)
        || text.contains("may have been scheduled for deletion all the same: look at its state")
}

fn holds_a_secret(error: &Error, world: &World<'_>) -> bool {
    let plaintext = String::from_utf8_lossy(PLAINTEXT);
    let message = String::from_utf8_lossy(MESSAGE);
    let secrets = [world.emulator.get("secret_key"), &plaintext, &message];
    let texts = [
        error.to_string(),
        format!("{error:?}"),
        error.message().to_owned(),
    ];
    texts
        .iter()
        .any(|text| secrets.iter().any(|secret| text.contains(secret)))
}
