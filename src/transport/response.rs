//! A response of the service, of any status.

use std::time::Duration;

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use zeroize::Zeroizing;

use super::attempt_error::AttemptError;
use super::body::{self, IncomingBody};
use super::pacing::RateLimit;
use crate::redact::Redactor;

const REQUEST_ID_HEADER: &str = "x-request-id";

/// A response of the service, of any status.
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) request_id: Option<String>,
    pub(crate) is_json: bool,
    /// It may contain a plaintext, so it is wiped.
    pub(crate) body: Zeroizing<Vec<u8>>,
    /// Describes the attempts, if there was more than one, or a reason why no other followed.
    pub(crate) attempt_summary: Option<String>,
    /// How long the service asks to wait before another attempt.
    pub(super) retry_after: Option<Duration>,
    pub(super) rate_limit: Option<RateLimit>,
}

impl Response {
    /// Whether the service did not accept the request because of its rate limit.
    pub(super) fn is_refusal(&self) -> bool {
        self.status == StatusCode::TOO_MANY_REQUESTS
    }
}

#[cfg(any(test, fuzzing))]
impl Response {
    /// A response that no server sent.
    pub(crate) fn of(status: u16, is_json: bool, body: &str) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or_default(),
            request_id: None,
            is_json,
            body: Zeroizing::new(body.as_bytes().to_vec()),
            attempt_summary: None,
            retry_after: None,
            rate_limit: None,
        }
    }
}

/// Reads a response to its end.
pub(super) async fn read(
    response: http::Response<IncomingBody>,
    redactor: &Redactor,
) -> Result<Response, AttemptError> {
    let (head, incoming) = response.into_parts();
    let (status, headers) = (head.status, &head.headers);
    let request_id = request_id(headers, redactor);
    let is_json = headers
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(is_json_media_type);
    let retry_after = retry_after(headers);
    let rate_limit = RateLimit::read(headers);
    let body = body::read(headers, incoming)
        .await
        .map_err(|e| e.of_response(status.as_u16(), request_id.clone()))?;
    Ok(Response {
        status,
        request_id,
        is_json,
        body,
        attempt_summary: None,
        retry_after,
        rate_limit,
    })
}

/// The request id, unless it is too long or contains the secret key.
fn request_id(headers: &HeaderMap, redactor: &Redactor) -> Option<String> {
    const MAX_LEN: usize = 128;
    headers
        .get(REQUEST_ID_HEADER)
        .filter(|id| id.len() <= MAX_LEN && !redactor.contains_secret(id.as_bytes()))
        .and_then(|id| id.to_str().ok())
        .map(str::to_owned)
}

/// Retry-After in seconds (RFC 9110, section 10.2.3). Its date form is ignored, since the server's clock and the
/// local clock may differ.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

fn is_json_media_type(value: &str) -> bool {
    let media_type = value.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types() {
        assert!(is_json_media_type("application/json"));
        assert!(is_json_media_type("Application/JSON; charset=utf-8"));
        assert!(!is_json_media_type("text/html"));
        assert!(!is_json_media_type("application/json-seq"));
        assert!(!is_json_media_type(""));
    }
}
