//! A request to the service.

use http::Method;
use zeroize::Zeroizing;

/// Whether a request may be sent twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Idempotency {
    /// Reads and cryptographic operations: yes.
    Idempotent,
    /// Creations and deletions: only if the first request was certainly not processed.
    NonIdempotent,
}

/// A request to the service.
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Path and query below the API URL, percent-encoded.
    pub(crate) path: String,
    /// JSON. It may contain a plaintext, so it is wiped.
    pub(crate) body: Option<Zeroizing<Vec<u8>>>,
    pub(crate) idempotency: Idempotency,
}
