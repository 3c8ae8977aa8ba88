//! The error of one attempt, and whether another attempt may follow.

use std::error::Error as StdError;

use super::cause;
use crate::error::{Error, ErrorKind};

/// Whether the request was delivered to the service, and whether another attempt can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    /// The request was certainly not processed.
    NotSent,
    /// The request may have been processed.
    Unknown,
    /// Another attempt would fail in the same way.
    Permanent,
}

/// The error of an attempt without a usable response.
#[derive(Debug, Clone)]
pub(super) struct AttemptError {
    pub(super) error: Error,
    pub(super) delivery: Delivery,
}

impl AttemptError {
    /// The connection broke after the request may have been sent.
    pub(super) fn broken(kind: ErrorKind, message: String) -> Self {
        Self::new(kind, message, Delivery::Unknown)
    }

    /// There was no connection to send the request over.
    pub(super) fn not_sent(kind: ErrorKind, message: String) -> Self {
        Self::new(kind, message, Delivery::NotSent)
    }

    /// An error that would occur again.
    pub(super) fn permanent(kind: ErrorKind, message: String) -> Self {
        Self::new(kind, message, Delivery::Permanent)
    }

    fn new(kind: ErrorKind, message: String, delivery: Delivery) -> Self {
        let error = Error::new(kind, message);
        Self { error, delivery }
    }

    /// Over an open connection there was no response. `cause` is the error of the HTTP implementation.
    pub(super) fn no_response(
        cause: &(dyn StdError + 'static),
        delivery: Delivery,
        base_url: &str,
    ) -> Self {
        let cause = cause::chain(cause);
        let message =
            format!("the connection to {base_url} broke before a response arrived: {cause}");
        Self::new(ErrorKind::Network, message, delivery)
    }

    /// Adds the status and the request id of the response that could not be read.
    pub(super) fn of_response(mut self, status: u16, request_id: Option<String>) -> Self {
        self.error = self
            .error
            .with_http_status(status)
            .with_request_id(request_id);
        self
    }
}
