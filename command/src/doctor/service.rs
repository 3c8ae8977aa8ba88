//! The steps "request", "clock" and "rate limit": one request that needs no key.

use scwkms::diagnosis::{Diagnosis, RateLimit, ServiceResponse};
use scwkms::{Error, ErrorKind};

use super::clock;
use super::report::Report;
use super::step::{Status, Step};

const REQUEST: &str = "request";
const RATE_LIMIT: &str = "rate limit";

/// Whether further requests may succeed.
pub(super) fn check(diagnosis: &Diagnosis, report: &mut Report) -> bool {
    let response = match diagnosis.request() {
        Ok(response) => response,
        Err(error) => {
            report.add(advise(Step::failed(REQUEST, &error), &error));
            return false;
        }
    };
    let step = match &response.error {
        None => accepted(&response),
        Some(error) => advise(Step::failed(REQUEST, error), error),
    };
    report.add(step);
    report.add(clock::check(response.date.as_deref()));
    report.add(check_rate_limit(&response));
    match &response.error {
        Some(error) => !matches!(
            error.kind(),
            ErrorKind::Authentication | ErrorKind::PermissionDenied
        ),
        None => true,
    }
}

/// Notes that no request can be sent.
pub(super) fn skip(report: &mut Report) -> bool {
    report.skip(REQUEST);
    false
}

fn accepted(response: &ServiceResponse) -> Step {
    let milliseconds = response.elapsed.as_millis();
    let status = response.status;
    let summary = format!("the service responded with HTTP status {status}, in {milliseconds} ms");
    Step::ok(REQUEST, summary)
}

fn advise(step: Step, error: &Error) -> Step {
    match error.kind() {
        ErrorKind::Authentication => step
            .advise(
                "the service does not know the secret key: check that it belongs to the access key, and in Scaleway's \
                 console under IAM whether the API key exists and has not expired",
            )
            .advise("the step settings shows the origin of the secret key that was used"),
        ErrorKind::PermissionDenied => step.advise(
            "give the API key's user or application an IAM policy for Key Manager in the key's project",
        ),
        ErrorKind::NotFound | ErrorKind::InvalidArgument => step.advise(
            "check region and api-url: Key Manager is in fr-par, nl-ams and pl-waw",
        ),
        ErrorKind::Configuration => step,
        ErrorKind::RateLimited => step.advise("the step rate limit shows the limit"),
        ErrorKind::Unavailable => {
            step.advise("https://status.scaleway.com shows whether there is an incident; try again later")
        }
        _ => step.advise("try again; if it fails again, check proxies and firewalls"),
    }
}

fn check_rate_limit(response: &ServiceResponse) -> Step {
    let refused = response.status == 429;
    match response.rate_limit {
        Some(limit) if refused || limit.remaining == 0 => exhausted(describe(limit)),
        Some(limit) => Step::ok(RATE_LIMIT, describe(limit)),
        None if refused => exhausted("the service refused the request".to_owned()),
        None => Step::ok(RATE_LIMIT, "the response contains none"),
    }
}

fn describe(limit: RateLimit) -> String {
    let RateLimit {
        limit: requests,
        remaining,
        window,
        ..
    } = limit;
    format!("{remaining} of {requests} requests per {window:?} are left")
}

fn exhausted(summary: String) -> Step {
    Step::new(RATE_LIMIT, Status::Failed, summary)
        .advise("the limit is exhausted: other programs send requests with the same API key at this moment")
        .advise("give each program its own API key, or let it send fewer requests")
}
