//! Error answers: the service's `type` decides, the HTTP status where there is none.

use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::transport::Answer;

/// An error body. Its fields vary, and any may be missing or null.
struct Body(Value);

/// The error that an answer other than 2xx means. `redact` makes the service's text fit to print.
pub(super) fn of_answer(answer: &Answer, redact: &dyn Fn(&str) -> String) -> Error {
    let status = answer.status;
    let body: Option<Body> = answer
        .is_json
        .then(|| serde_json::from_slice(&answer.body).ok().map(Body))
        .flatten();
    let (kind, hint) = body
        .as_ref()
        .and_then(|b| by_type(b.field("type")))
        .unwrap_or_else(|| by_status(status.as_u16()));
    let said = match &body {
        Some(body) => redact(&body.text()),
        None => "no explanation that Key Manager would give".to_owned(),
    };
    let mut error = Error::new(kind, format!("the service answered {status}: {said}"))
        .with_http_status(status.as_u16())
        .with_request_id(answer.request_id.clone());
    if matches!(status.as_u16(), 408 | 500..=599) {
        error = error.uncertain();
    }
    if let Some(effort) = &answer.effort {
        error = error.note(effort);
    }
    match hint {
        Some(hint) => error.note(hint),
        None => error,
    }
}

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
        "transient_state" | "locked" | "precondition_failed" => STATE,
        // A type that is newer than this library: what the status says is the best guess.
        _ => return None,
    })
}

fn by_status(status: u16) -> Meaning {
    match status {
        300..=399 => (
            ErrorKind::Protocol,
            Some("redirects are not followed, since the secret key would go along; check api-url"),
        ),
        401 => CREDENTIALS,
        403 => PERMISSIONS,
        404 | 410 => MISSING,
        408 => (ErrorKind::Timeout, None),
        409 | 412 | 423 => STATE,
        429 => LIMITED,
        400..=499 => (ErrorKind::InvalidArgument, None),
        500..=599 => (ErrorKind::Unavailable, None),
        _ => (ErrorKind::Protocol, None),
    }
}

impl Body {
    fn field(&self, name: &str) -> &str {
        field(&self.0, name)
    }

    /// All that the body says, in one line.
    fn text(&self) -> String {
        let mut parts = vec![match (self.field("type"), self.field("message")) {
            ("", "") => "an empty explanation".to_owned(),
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
