//! Error responses. The service's `type` determines the kind of the error; without one the HTTP status does.

use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::redact::Redactor;
use crate::transport::Response;

/// The body of an error response. Its fields vary, and each may be missing or null.
struct ErrorBody(Value);

/// The error of a response whose status is not 2xx.
pub(crate) fn error_of(response: &Response, redactor: &Redactor) -> Error {
    let status = response.status;
    let body: Option<ErrorBody> = response
        .is_json
        .then(|| serde_json::from_slice(&response.body).ok().map(ErrorBody))
        .flatten();
    let (kind, hint) = body
        .as_ref()
        .and_then(|b| by_type(b.field("type")))
        .unwrap_or_else(|| by_status(status.as_u16()));
    let explanation = match &body {
        Some(body) => redactor.redact_line(&body.text()),
        None => "the response body is not an error of Key Manager".to_owned(),
    };
    let mut error = Error::new(
        kind,
        format!("the service responded with {status}: {explanation}"),
    )
    .with_http_status(status.as_u16())
    .with_request_id(response.request_id.clone());
    if matches!(status.as_u16(), 408 | 500..=599) {
        error = error.outcome_unknown();
    }
    if let Some(summary) = &response.attempt_summary {
        error = error.note(summary);
    }
    match hint {
        Some(hint) => error.note(hint),
        None => error,
    }
}

/// The kind of the error, and what the user can do.
type Meaning = (ErrorKind, Option<&'static str>);

const CREDENTIALS: Meaning = (
    ErrorKind::Authentication,
    Some("check the secret key and whether its API key has expired"),
);
const PERMISSIONS: Meaning = (
    ErrorKind::PermissionDenied,
    Some("the API key's IAM policy must allow this in the key's project"),
);
const MISSING: Meaning = (
    ErrorKind::NotFound,
    Some("check the id, the region and the project"),
);
const LIMITED: Meaning = (ErrorKind::RateLimited, None);
const STATE: Meaning = (ErrorKind::KeyState, None);
const LOCKED: Meaning = (
    ErrorKind::KeyState,
    Some("the service has locked the key; its administrator or Scaleway's support can unlock it"),
);

fn by_type(name: &str) -> Option<Meaning> {
    Some(match name {
        "invalid_arguments" => (ErrorKind::InvalidArgument, None),
        "denied_authentication" => CREDENTIALS,
        "permissions_denied" => PERMISSIONS,
        "quotas_exceeded" => (
            ErrorKind::RateLimited,
            Some("the organization's quota is used up"),
        ),
        "too_many_requests" => LIMITED,
        "not_found" | "resource_expired" => MISSING,
        "already_exists" => (ErrorKind::AlreadyExists, None),
        "locked" => LOCKED,
        "transient_state" | "precondition_failed" => STATE,
        // A type that is newer than this library. The status is used instead.
        _ => return None,
    })
}

fn by_status(status: u16) -> Meaning {
    match status {
        300..=399 => (
            ErrorKind::Protocol,
            Some(
                "redirects are not followed, since they would send the secret key to another server; check api-url",
            ),
        ),
        401 => CREDENTIALS,
        403 => PERMISSIONS,
        404 | 410 => MISSING,
        408 => (ErrorKind::Timeout, None),
        409 | 412 => STATE,
        423 => LOCKED,
        429 => LIMITED,
        400..=499 => (ErrorKind::InvalidArgument, None),
        500..=599 => (ErrorKind::Unavailable, None),
        _ => (ErrorKind::Protocol, None),
    }
}

impl ErrorBody {
    fn field(&self, name: &str) -> &str {
        field(&self.0, name)
    }

    /// The explanation in the body, on one line.
    fn text(&self) -> String {
        let mut parts = vec![match (self.field("type"), self.field("message")) {
            ("", "") => "the response body gives no reason".to_owned(),
            ("", message) => message.to_owned(),
            (name, "") => name.to_owned(),
            (name, message) => format!("{name}: {message}"),
        }];
        for name in ["resource", "reason", "current_state", "precondition"] {
            if !self.field(name).is_empty() {
                parts.push(format!("{name} {}", self.field(name)));
            }
        }
        if !self.field("help_message").is_empty() {
            parts.push(self.field("help_message").to_owned());
        }
        let details = self.0.get("details").and_then(Value::as_array);
        parts.extend(details.into_iter().flatten().map(|detail| {
            [
                "argument_name",
                "resource",
                "action",
                "quota",
                "reason",
                "help_message",
            ]
            .into_iter()
            .map(|name| field(detail, name))
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
        }));
        parts.join(", ")
    }
}

fn field<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
