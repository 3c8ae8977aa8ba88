//! Changes of a key's attributes.

use crate::error::{Error, ErrorKind, Result};
use crate::identifier;
use crate::redact::quote;
use crate::uri::check_rotation_period;

/// Changes of a key's attributes. What is `None` remains as it is.
///
/// ```
/// let update = scwkms::KeyUpdate {
///     description: Some("The root of 2026".to_owned()),
///     ..Default::default()
/// };
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyUpdate {
    /// The new name.
    pub name: Option<String>,
    /// The new description; an empty one removes it.
    pub description: Option<String>,
    /// The new tags, which replace all others.
    pub tags: Option<Vec<String>>,
    /// The new number of seconds between two rotations by the service, at least 24 hours. Only symmetric keys rotate.
    pub rotation_period: Option<u64>,
    /// The time of the next rotation (RFC 3339), with a rotation period. By default it is one period from now.
    pub next_rotation_at: Option<String>,
}

impl KeyUpdate {
    /// The checks that need no key.
    pub(super) fn check(&self) -> Result<()> {
        if *self == Self::default() {
            return Err(invalid("the update changes nothing".to_owned()));
        }
        if let Some(name) = &self.name {
            check_name(name)?;
        }
        match (self.rotation_period, &self.next_rotation_at) {
            (None, Some(_)) => Err(invalid(
                "the time of the next rotation needs a rotation period".to_owned(),
            )),
            (Some(period), _) => check_rotation_period(period),
            (None, None) => Ok(()),
        }
    }
}

fn check_name(name: &str) -> Result<()> {
    if name.is_empty() {
        return Err(invalid("the new name is empty".to_owned()));
    }
    // Such a name could not be distinguished from an id.
    if identifier::uuid(name, "name", "update").is_ok() {
        return Err(invalid(format!(
            "{} is a key's id, not a name",
            quote(name)
        )));
    }
    Ok(())
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}
