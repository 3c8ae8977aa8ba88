//! The error of all operations: a stable kind, a message for people, and the service's status and request id.

use std::fmt;

/// The kind of an error. The numbers are those of the C ABI and are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum ErrorKind {
    /// An invalid argument: a malformed key reference, a digest of the wrong length.
    InvalidArgument = 1,
    /// A handle that is zero, was freed, is closed, or is not of the required kind.
    InvalidHandle = 2,
    /// Invalid settings: a missing credential, an unknown profile, a malformed file.
    Configuration = 3,
    /// The service does not know the credentials.
    Authentication = 4,
    /// The credentials do not permit the operation.
    PermissionDenied = 5,
    /// The key does not exist.
    NotFound = 6,
    /// A resource of this name exists already.
    AlreadyExists = 7,
    /// An algorithm or option that the service, the key or this library does not support.
    Unsupported = 8,
    /// The key's state does not permit the operation: disabled, scheduled for deletion, without key material, protected,
    /// locked.
    KeyState = 9,
    /// Too many requests, or an exhausted quota.
    RateLimited = 10,
    /// The service failed (HTTP status 5xx).
    Unavailable = 11,
    /// The deadline passed, or the service responded with HTTP status 408.
    Timeout = 12,
    /// A failure of DNS, TCP, TLS or a proxy, or a connection that broke.
    Network = 13,
    /// A response that is malformed, too large, or a redirect.
    Protocol = 14,
    /// A signature or key id in a response that does not match the request, or an encrypted message that was modified or
    /// truncated.
    Integrity = 15,
    /// The operation was cancelled.
    Cancelled = 16,
    /// A defect of this library. It was caught, and does not affect the program otherwise.
    Internal = 17,
}

/// An error: its [kind](ErrorKind), a message for people, and the HTTP status and request id of the response that caused
/// it, if there was one.
///
/// The message never contains a credential, a plaintext or a digest.
#[derive(Debug, Clone)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    http_status: Option<u16>,
    request_id: Option<String>,
    /// Whether the service may have processed the request all the same.
    outcome_unknown: bool,
}

impl Error {
    /// An error without a response.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            http_status: None,
            request_id: None,
            outcome_unknown: false,
        }
    }

    /// Marks that the service may have processed the request all the same.
    pub(crate) fn outcome_unknown(mut self) -> Self {
        self.outcome_unknown = true;
        self
    }

    pub(crate) fn is_outcome_unknown(&self) -> bool {
        self.outcome_unknown
    }

    pub(crate) fn with_http_status(mut self, status: u16) -> Self {
        self.http_status = Some(status);
        self
    }

    pub(crate) fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.request_id = request_id;
        self
    }

    /// Puts the attempted operation before the cause: `sign with key K in fr-par: cause`.
    pub(crate) fn context(mut self, operation: impl fmt::Display) -> Self {
        self.message = format!("{operation}: {}", self.message);
        self
    }

    /// Appends advice or more information.
    pub(crate) fn note(mut self, note: impl fmt::Display) -> Self {
        self.message = format!("{}; {note}", self.message);
        self
    }

    /// The kind of the error.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The message without the HTTP status and the request id.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The HTTP status of the response that caused the error, if there was one.
    pub fn http_status(&self) -> Option<u16> {
        self.http_status
    }

    /// The service's `X-Request-Id`, which its support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match (self.http_status, &self.request_id) {
            (Some(status), Some(id)) => write!(f, " (HTTP {status}, request id {id})"),
            (Some(status), None) => write!(f, " (HTTP {status})"),
            (None, Some(id)) => write!(f, " (request id {id})"),
            (None, None) => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

/// The result of every operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_quotes_status_and_request_id() {
        let error = Error::new(ErrorKind::NotFound, "no such key")
            .with_http_status(404)
            .with_request_id(Some("r-1".into()))
            .context("sign")
            .note("check the region");
        assert_eq!(
            error.to_string(),
            "sign: no such key; check the region (HTTP 404, request id r-1)"
        );
    }
}
