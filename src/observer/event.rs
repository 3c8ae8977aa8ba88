//! The events.

use std::time::Duration;

use crate::error::Error;

/// Something that happened in the library. It contains no credential, no plaintext and no digest.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event<'a> {
    /// An operation ended.
    Operation(OperationEvent<'a>),
    /// A warning, for example about `insecure`. Without an observer it is written to standard error.
    #[non_exhaustive]
    Warning {
        /// One line.
        message: &'a str,
    },
    /// A connection was opened.
    #[non_exhaustive]
    ConnectionOpened {
        /// The API URL.
        server: &'a str,
        /// `h2` or `http/1.1`.
        protocol: &'static str,
        /// The time for name lookup, proxy, TCP and TLS.
        duration: Duration,
    },
    /// A connection could not be opened.
    #[non_exhaustive]
    ConnectionFailed {
        /// The API URL.
        server: &'a str,
        /// The time until the failure.
        duration: Duration,
        /// The reason.
        error: &'a Error,
    },
    /// A connection ended.
    #[non_exhaustive]
    ConnectionClosed {
        /// The API URL.
        server: &'a str,
        /// `h2` or `http/1.1`.
        protocol: &'static str,
        /// The time since it was opened.
        duration: Duration,
        /// Why the connection was lost. `None` if it was closed because it was not used any more.
        reason: Option<&'static str>,
    },
    /// A request waited, at least one millisecond, because the service limits the rate of requests.
    #[non_exhaustive]
    Paced {
        /// The time that it waited.
        duration: Duration,
    },
    /// The service refused a request because of its rate limit (HTTP status 429).
    #[non_exhaustive]
    RateLimited {
        /// The time after which the request waits for its turn again, if the deadline allows it.
        duration: Duration,
        /// The service's `X-Request-Id`.
        request_id: Option<&'a str>,
    },
}

/// The end of an operation.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OperationEvent<'a> {
    /// The name of the operation's function in C, without the prefix: `sign`, `create_key`.
    pub operation: &'static str,
    /// The region.
    pub region: Option<&'a str>,
    /// The UUID of the key, if it is known.
    pub key_id: Option<&'a str>,
    /// `None` if the operation succeeded.
    pub error: Option<&'a Error>,
    /// The HTTP status of the response that caused the error; without an error, of the last response.
    pub http_status: Option<u16>,
    /// The `X-Request-Id` of that response.
    pub request_id: Option<&'a str>,
    /// The number of requests, including those that load a key.
    pub requests: u32,
    /// The number of attempts to send them, including those that the service refused because of its rate limit.
    pub attempts: u32,
    /// The time during which its requests waited because of the rate limit. Requests can wait at the same time.
    pub pacing: Duration,
    /// The time during which its requests waited for new connections.
    pub connecting: Duration,
    /// The time from the start to the result.
    pub total: Duration,
}
