//! The service's error responses.
//!
//! Those of 400, 404 and 409 have the form of recorded responses of Scaleway's gateway. Those of
//! 401, 412 and 423 have the form that its SDK parses, and the status that fits in HTTP.

use hyper::StatusCode;
use serde::Serialize;
use uuid::Uuid;

use crate::crypto::CryptoError;

/// An error response.
#[derive(Debug, PartialEq, Eq)]
pub struct ApiError {
    pub status: StatusCode,
    pub body: String,
}

/// An error of one argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    pub argument_name: String,
    pub help_message: String,
    pub reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    Unknown,
    Required,
    Format,
    Constraint,
}

#[derive(Serialize)]
struct InvalidArguments {
    details: Vec<Detail>,
    message: &'static str,
    r#type: &'static str,
}

#[derive(Serialize)]
struct DeniedAuthentication {
    r#type: &'static str,
    method: &'static str,
    reason: &'static str,
    message: &'static str,
}

#[derive(Serialize)]
struct OfResource<'a> {
    r#type: &'static str,
    message: &'static str,
    resource: &'a str,
    resource_id: &'a str,
}

#[derive(Serialize)]
struct PreconditionFailed<'a> {
    help_message: &'a str,
    message: &'static str,
    precondition: &'static str,
    r#type: &'static str,
}

#[derive(Serialize)]
struct MessageOnly<'a> {
    message: &'a str,
}

impl ApiError {
    fn new(status: StatusCode, body: &impl Serialize) -> Self {
        ApiError {
            status,
            body: serde_json::to_string(body).unwrap_or_default(),
        }
    }

    pub fn invalid_arguments(details: Vec<Detail>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            &InvalidArguments {
                details,
                message: "invalid argument(s)",
                r#type: "invalid_arguments",
            },
        )
    }

    pub fn invalid(argument: &str, reason: Reason, help: impl Into<String>) -> Self {
        Self::invalid_arguments(vec![Detail {
            argument_name: argument.to_owned(),
            help_message: help.into(),
            reason,
        }])
    }

    pub fn constraint(argument: &str, help: impl Into<String>) -> Self {
        Self::invalid(argument, Reason::Constraint, help)
    }

    /// `reason` is `not_found` for an unknown token, `invalid_argument` for a missing or malformed one.
    pub fn denied_authentication(reason: &'static str) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            &DeniedAuthentication {
                r#type: "denied_authentication",
                method: "api_key",
                reason,
                message: "authentication is denied",
            },
        )
    }

    pub fn not_found(resource: &str, id: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            &OfResource {
                r#type: "not_found",
                message: "resource is not found",
                resource,
                resource_id: id,
            },
        )
    }

    pub fn locked(id: Uuid) -> Self {
        Self::new(
            StatusCode::LOCKED,
            &OfResource {
                r#type: "locked",
                message: "resource is locked",
                resource: "key",
                resource_id: &id.to_string(),
            },
        )
    }

    fn precondition(precondition: &'static str, help: &str) -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            &PreconditionFailed {
                help_message: help,
                message: "precondition is not respected",
                precondition,
                r#type: "precondition_failed",
            },
        )
    }

    /// A key whose protection does not allow the operation. The SDK does not list this
    /// precondition; Secret Manager returns it for protected secrets.
    pub fn protected_resource(help: &str) -> Self {
        Self::precondition("protected_resource", help)
    }

    /// A key whose state or attributes do not allow the operation.
    pub fn must_be_set(help: &str) -> Self {
        Self::precondition("attribute_must_be_set", help)
    }

    /// An error of the gateway: a message without a type.
    pub fn message(status: StatusCode, message: &str) -> Self {
        Self::new(status, &MessageOnly { message })
    }

    pub fn internal(message: &str) -> Self {
        Self::message(StatusCode::INTERNAL_SERVER_ERROR, message)
    }
}

impl From<CryptoError> for ApiError {
    fn from(_: CryptoError) -> Self {
        ApiError::internal("the cryptographic library failed")
    }
}
