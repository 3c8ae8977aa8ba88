//! The settings that one source gives, and their merging.

use std::fmt;
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};
use crate::redact::quote;
use crate::uri::boolean;

/// A value and its origin, for error messages.
#[derive(Clone)]
pub(super) struct Value {
    pub(super) text: Zeroizing<String>,
    pub(super) origin: String,
    /// The file that contains only this value, if there is one.
    pub(super) file: Option<PathBuf>,
}

impl Value {
    pub(super) fn new(text: &str, origin: impl fmt::Display) -> Self {
        Self {
            text: Zeroizing::new(text.to_owned()),
            origin: origin.to_string(),
            file: None,
        }
    }
}

/// The settings of one source.
#[derive(Default, Clone)]
pub(super) struct Layer {
    pub(super) access_key: Option<Value>,
    pub(super) secret_key: Option<Value>,
    pub(super) api_url: Option<Value>,
    pub(super) insecure: Option<(bool, String)>,
    pub(super) organization_id: Option<Value>,
    pub(super) project_id: Option<Value>,
    pub(super) region: Option<Value>,
    pub(super) user_agent: Option<Value>,
}

impl Layer {
    /// This layer's settings, and those of `below` that it lacks.
    pub(super) fn over(self, below: Layer) -> Layer {
        Layer {
            access_key: self.access_key.or(below.access_key),
            secret_key: self.secret_key.or(below.secret_key),
            api_url: self.api_url.or(below.api_url),
            insecure: self.insecure.or(below.insecure),
            organization_id: self.organization_id.or(below.organization_id),
            project_id: self.project_id.or(below.project_id),
            region: self.region.or(below.region),
            user_agent: self.user_agent.or(below.user_agent),
        }
    }
}

/// A boolean setting.
pub(super) fn flag(name: &str, text: &str, origin: &str) -> Result<bool, Error> {
    boolean(text).ok_or_else(|| {
        configuration_error(format!(
            "{name} ({origin}) is {}, which is neither true nor false",
            quote(text)
        ))
    })
}

pub(super) fn configuration_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

/// Turns another module's error about a malformed value into a configuration error.
pub(super) fn configuration(error: Error) -> Error {
    configuration_error(error.message())
}
