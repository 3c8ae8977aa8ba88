//! The error of every operation: a stable kind, a message for people, and what the service said.

use std::fmt;

/// What went wrong, as a stable class. The numbers are those of the C ABI and are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum ErrorKind {
    /// An argument that can never be right: a malformed key reference, a digest of the wrong length.
    InvalidArgument = 1,
    /// A client handle that is zero, stale or foreign.
    InvalidHandle = 2,
    /// Settings that cannot be used: a missing credential, an unknown profile, a malformed file.
    Configuration = 3,
    /// The service does not know the credentials.
    Authentication = 4,
    /// The credentials are known, but may not do this.
    PermissionDenied = 5,
    /// No such key.
    NotFound = 6,
    /// A resource of that name exists already.
    AlreadyExists = 7,
    /// An algorithm or option that the service, the key or this library does not offer.
    Unsupported = 8,
    /// The key's state forbids it: disabled, scheduled for deletion, without material, protected, locked.
    KeyState = 9,
    /// Too many requests, or a quota is used up.
    RateLimited = 10,
    /// The service failed (HTTP 5xx).
    Unavailable = 11,
    /// The deadline passed.
    Timeout = 12,
    /// No connection: DNS, TCP, TLS, a proxy, or a connection that broke.
    Network = 13,
    /// An answer that makes no sense.
    Protocol = 14,
    /// A signature or key id that does not match the request.
    Integrity = 15,
    /// The operation was given up on request.
    Cancelled = 16,
    /// A defect of this library, caught before it could harm the host program.
    Internal = 17,
}

/// An error: its [kind](ErrorKind), a message for people, and, where an answer came, its HTTP status and request id.
///
/// The message never holds a credential, a plaintext or a digest.
#[derive(Debug, Clone)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    http_status: Option<u16>,
    request_id: Option<String>,
    /// Whether the service may have carried out the request all the same.
    uncertain: bool,
}

impl Error {
    /// An error that no answer of the service caused.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            http_status: None,
            request_id: None,
            uncertain: false,
        }
    }

    /// Marks that the service may have carried out the request all the same.
    pub(crate) fn uncertain(mut self) -> Self {
        self.uncertain = true;
        self
    }

    pub(crate) fn is_uncertain(&self) -> bool {
        self.uncertain
    }

    pub(crate) fn with_http_status(mut self, status: u16) -> Self {
        self.http_status = Some(status);
        self
    }

    pub(crate) fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.request_id = request_id;
        self
    }

    /// Puts what was attempted before the cause: `sign with key K in fr-par: cause`.
    pub(crate) fn context(mut self, attempted: impl fmt::Display) -> Self {
        self.message = format!("{attempted}: {}", self.message);
        self
    }

    /// Appends what the reader can do, or what else happened.
    pub(crate) fn note(mut self, note: impl fmt::Display) -> Self {
        self.message = format!("{}; {note}", self.message);
        self
    }

    /// The stable class of the error.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The explanation, without the HTTP status and the request id.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The HTTP status of the answer that caused the error, if one came.
    pub fn http_status(&self) -> Option<u16> {
        self.http_status
    }

    /// The service's `X-Request-Id`, to quote to its support.
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
