//! Faults that tests order: what may go wrong, the queue of what will, and how answers are spoilt.

mod queue;
mod spoil;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::http::route::Operation;

pub use queue::{Faults, Order};
pub use spoil::{Outcome, Subject, instead, spoil};

/// What goes wrong with one request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// Another answer, without the operation being carried out.
    Status {
        status: u16,
        retry_after: Option<String>,
        /// Text is sent as it is, anything else as JSON.
        body: Option<Value>,
        content_type: Option<String>,
    },
    /// The right answer, late.
    Delay { milliseconds: u64 },
    /// A connection reset.
    Reset { when: When },
    /// A body that is shorter than its content-length.
    Truncate {},
    /// A body that never ends.
    Endless {},
    /// Random bytes as the body.
    Garbage {},
    /// A proxy's page instead of an answer.
    Html {
        #[serde(default = "ok")]
        status: u16,
    },
    /// The right answer under another media type.
    MediaType { value: String },
    /// The right answer about another key.
    KeyId {},
    /// A signature with one bit flipped.
    Flip {},
    /// A signature by another key of the same algorithm.
    OtherKey {},
    /// An ECDSA signature as fixed-width r || s.
    RawEcdsa {},
    /// The public key as a SubjectPublicKeyInfo under this label.
    Pem { label: String },
    /// A public key that is cut off in its middle.
    BadPem {},
    /// A redirect elsewhere.
    Redirect { location: String },
    /// The right answer, padded to this size.
    Oversized { bytes: usize },
    /// The right answer, after which the connection is closed.
    Close {},
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Before the operation is carried out.
    Before,
    /// In the middle of the answer's body.
    During,
    /// After the operation was carried out, before the first byte of the answer.
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
                    | Op::ListKeyRotations
                    | Op::ListAlgorithms
                    | Op::GetAPIMetadata
                    | Op::Unknown
            ),
            _ => true,
        }
    }

    /// What makes no sense is refused when it is ordered, not when it strikes.
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
            Fault::Oversized { bytes } if *bytes > OVERSIZED_MAX => {
                Err(format!("bytes must be at most {OVERSIZED_MAX}"))
            }
            _ => Ok(()),
        }
    }
}

/// The padded body lies in memory as a whole.
const OVERSIZED_MAX: usize = 256 * 1024 * 1024;

fn check_status(status: u16) -> Result<(), String> {
    if (200..=599).contains(&status) {
        Ok(())
    } else {
        Err("status must be between 200 and 599".to_owned())
    }
}
