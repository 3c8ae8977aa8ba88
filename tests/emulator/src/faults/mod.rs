//! Faults that tests order: their kinds, their queue, and their effects on responses.

mod corrupt;
mod queue;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::http::route::Operation;

pub use corrupt::{Outcome, Subject, corrupt, outcome_without_operation};
pub use queue::{Faults, Order};

/// A fault of one request. "The response" is the response of the operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// Another response. The operation is not executed.
    Status {
        status: u16,
        retry_after: Option<String>,
        /// A string is sent as text, any other value as JSON.
        body: Option<Value>,
        content_type: Option<String>,
    },
    /// The response after a delay.
    Delay { milliseconds: u64 },
    /// A connection reset.
    Reset { when: When },
    /// A body that is shorter than its content-length.
    Truncate {},
    /// A body that never ends.
    Endless {},
    /// Random bytes as the body.
    Garbage {},
    /// An HTML page, as a proxy sends it. The operation is not executed.
    Html {
        #[serde(default = "ok")]
        status: u16,
    },
    /// The response with another media type.
    MediaType { value: String },
    /// The response with another key's id.
    KeyId {},
    /// A signature with one bit flipped.
    Flip {},
    /// A signature by another key of the same algorithm.
    OtherKey {},
    /// An ECDSA signature as fixed-width r || s.
    RawEcdsa {},
    /// The public key as a SubjectPublicKeyInfo with this PEM label.
    Pem { label: String },
    /// The first half of the public key.
    BadPem {},
    /// A redirect. The operation is not executed.
    Redirect { location: String },
    /// The response, padded to this size.
    Oversized { bytes: usize },
    /// The response, after which the connection is closed.
    Close {},
    /// A graceful GOAWAY before the operation, while this and other requests are in flight. With
    /// HTTP/1.1 the connection is closed after the response.
    Goaway {},
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Before the operation.
    Before,
    /// In the middle of the response's body.
    During,
    /// After the operation, before the first byte of the response.
    After,
}

fn ok() -> u16 {
    200
}

impl Fault {
    pub fn applies_to(&self, operation: Operation) -> bool {
        use Operation as Op;
        match self {
            Fault::Flip {} | Fault::OtherKey {} | Fault::RawEcdsa {} => operation == Op::Sign,
            Fault::Pem { .. } | Fault::BadPem {} => operation == Op::GetPublicKey,
            Fault::KeyId {} => !matches!(
                operation,
                Op::GetPublicKey
                    | Op::DeleteKey
                    | Op::DeleteKeyMaterial
                    | Op::ListKeys
                    | Op::ListAlgorithms
                    | Op::GetAPIMetadata
                    | Op::Unknown
            ),
            _ => true,
        }
    }

    /// Rejects an invalid fault when it is ordered.
    fn check(&self) -> Result<(), String> {
        let header = |name: &str, value: &str| {
            hyper::header::HeaderValue::from_str(value)
                .map(drop)
                .map_err(|_| format!("{name} cannot be a header"))
        };
        match self {
            Fault::Status {
                status,
                retry_after,
                content_type,
                ..
            } => {
                check_status(*status)?;
                header("retry_after", retry_after.as_deref().unwrap_or_default())?;
                header("content_type", content_type.as_deref().unwrap_or_default())
            }
            Fault::Html { status } => check_status(*status),
            Fault::MediaType { value } => header("value", value),
            Fault::Redirect { location } => header("location", location),
            Fault::Oversized { bytes } if *bytes > MAX_OVERSIZED => {
                Err(format!("bytes must be at most {MAX_OVERSIZED}"))
            }
            _ => Ok(()),
        }
    }
}

/// The padded body is in memory as a whole.
const MAX_OVERSIZED: usize = 256 * 1024 * 1024;

fn check_status(status: u16) -> Result<(), String> {
    if (200..=599).contains(&status) {
        Ok(())
    } else {
        Err("status must be between 200 and 599".to_owned())
    }
}
