//! The checks of each case.

use std::time::Duration;

use scwkms::{Client, Error};

use super::call::Call;
use super::counts::{check_counts, check_http_version};
use super::fixture::{Fixture, KEY_MATERIAL, MESSAGE, PLAINTEXT};
use super::matrix::{Case, UNTIL_DEADLINE};
use super::run::Observation;
use crate::support::texts_of;

/// A call may end this much after its deadline, since the machine may be busy. A call that hangs
/// takes longer.
const MARGIN: Duration = Duration::from_secs(15);

type Check = Result<(), String>;

fn check(correct: bool, problem: impl FnOnce() -> String) -> Check {
    correct.then_some(()).ok_or_else(problem)
}

/// The problems that the checks found.
pub(super) fn failed_checks(
    fixture: &Fixture<'_>,
    case: &Case,
    client: &Client,
    observation: &Observation,
) -> Vec<String> {
    [
        check_result(case, observation),
        check_output_or_error(fixture, case, observation),
        check_deadline(case, observation),
        check_counts(case, observation),
        check_executions(fixture, case, observation),
        check_http_version(case, &observation.log),
        fixture.wrong_servers.check_nothing_received(),
        check_recovery(fixture, case, client),
    ]
    .into_iter()
    .filter_map(Result::err)
    .collect()
}

fn check_result(case: &Case, observation: &Observation) -> Check {
    let result = observation.result.as_ref();
    let kind = result.map(|_| ()).map_err(|error| error.kind());
    check(kind == case.expected.result, || match result {
        Ok(_) => "the call succeeded".to_owned(),
        Err(error) => error.to_string(),
    })
}

fn check_output_or_error(fixture: &Fixture<'_>, case: &Case, observation: &Observation) -> Check {
    let call = &observation.call;
    match &observation.result {
        Ok(output) => call.check(fixture, output),
        Err(error) => {
            let checks = [
                check_attempts(case, error),
                check_outcome_unknown(case, call, error),
                check_secrets(fixture, error),
            ];
            let failed: Vec<String> = checks.into_iter().filter_map(Result::err).collect();
            check(failed.is_empty(), || failed.join("\n    "))
        }
    }
}

fn check_attempts(case: &Case, error: &Error) -> Check {
    let text = error.to_string();
    let correct = match case.expected.attempts {
        1 => !text.contains("attempts were made"),
        UNTIL_DEADLINE => text.contains("because of its rate limit"),
        attempts => text.contains(&format!("{attempts} attempts were made")),
    };
    check(correct, || {
        format!("the number of attempts is wrong: {text}")
    })
}

fn check_outcome_unknown(case: &Case, call: &Call, error: &Error) -> Check {
    let text = error.to_string();
    let unknown = match case.operation.advice(call.key()) {
        Some(advice) => text.contains(&advice),
        None => text.contains("all the same"),
    };
    check(unknown == case.expected.outcome_unknown, || {
        format!("whether the operation was executed is wrong: {text}")
    })
}

fn check_secrets(fixture: &Fixture<'_>, error: &Error) -> Check {
    let plaintext = String::from_utf8_lossy(PLAINTEXT);
    let message = String::from_utf8_lossy(MESSAGE);
    let material = String::from_utf8_lossy(KEY_MATERIAL);
    let secret_key = fixture.emulator.get("secret_key");
    let secrets = [secret_key, &plaintext, &message, &material];
    let texts = texts_of(error);
    let contained = |secret: &&str| texts.iter().any(|text| text.contains(secret));
    check(!secrets.iter().any(contained), || {
        format!("the error contains a secret: {error}")
    })
}

fn check_deadline(case: &Case, observation: &Observation) -> Check {
    let took = observation.took;
    let limit = Duration::from_secs(case.row.deadline) + MARGIN;
    check(took < limit, || format!("the call took {took:?}"))
}

/// Checks that the service has not executed an operation twice that is not idempotent.
fn check_executions(fixture: &Fixture<'_>, case: &Case, observation: &Observation) -> Check {
    if case.operation.advice("").is_none() {
        return Ok(());
    }
    let executions = observation.call.executions(fixture);
    check(executions <= 1, || format!("{executions} executions"))
}

/// Checks that the next call succeeds after the fault.
fn check_recovery(fixture: &Fixture<'_>, case: &Case, client: &Client) -> Check {
    if !case.row.recovers() {
        return Ok(());
    }
    let call = Call::new(fixture, case);
    call.run(fixture, client)
        .map_err(|error| error.to_string())
        .and_then(|output| call.check(fixture, &output))
        .map_err(|problem| format!("the next call failed: {problem}"))
}
