//! The target of an operation: what must be loaded before its request is built.

use std::sync::Arc;

use super::open_key::OpenKey;
use crate::api::{Key, KeyFilter, KeyLocation, Rotation};
use crate::error::{Error, ErrorKind, Result};
use crate::uri::{KeyReference, KeySelector};

/// The target of an operation.
pub(super) enum Target<'a> {
    /// Nothing but a region.
    Region(&'a str),
    /// The region and id of a key. A name is always looked up, because the key may have been renamed.
    CurrentLocation(&'a KeyReference),
    /// A key's metadata and public key.
    Key(&'a KeyReference),
    /// The keys of a region.
    Keys { region: &'a str, filter: KeyFilter },
    /// The rotations of a key. A name is always looked up.
    Rotations(&'a KeyReference),
}

impl Target<'_> {
    /// The reference to a key, if it names the key by its name.
    pub(super) fn name(&self) -> Option<&KeyReference> {
        match self {
            Target::CurrentLocation(reference)
            | Target::Key(reference)
            | Target::Rotations(reference) => {
                matches!(reference.selector, KeySelector::Name { .. }).then_some(*reference)
            }
            Target::Region(_) | Target::Keys { .. } => None,
        }
    }

    /// The region, and the key's id if it is given.
    pub(super) fn region_and_id(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Target::Region(region) | Target::Keys { region, .. } => (Some(region), None),
            Target::CurrentLocation(reference)
            | Target::Key(reference)
            | Target::Rotations(reference) => {
                let id = match &reference.selector {
                    KeySelector::Id(id) => Some(id.as_str()),
                    KeySelector::Name { .. } => None,
                };
                (reference.region.as_deref(), id)
            }
        }
    }
}

/// A target after it was loaded.
pub(super) enum LoadedTarget {
    Nothing,
    Location(KeyLocation),
    Key(Arc<OpenKey>),
    Keys(Vec<Key>),
    Rotations(Vec<Rotation>),
}

impl LoadedTarget {
    pub(super) fn location(&self) -> Result<&KeyLocation> {
        match self {
            LoadedTarget::Location(location) => Ok(location),
            _ => Err(wrong_variant()),
        }
    }

    /// The location of the loaded key, if the target is one.
    pub(super) fn key_location(&self) -> Option<&KeyLocation> {
        match self {
            LoadedTarget::Location(location) => Some(location),
            LoadedTarget::Key(key) => Some(key.location()),
            LoadedTarget::Nothing | LoadedTarget::Keys(_) | LoadedTarget::Rotations(_) => None,
        }
    }

    pub(super) fn key(&self) -> Result<&OpenKey> {
        match self {
            LoadedTarget::Key(key) => Ok(key),
            _ => Err(wrong_variant()),
        }
    }

    pub(super) fn keys(&self) -> Result<&[Key]> {
        match self {
            LoadedTarget::Keys(keys) => Ok(keys),
            _ => Err(wrong_variant()),
        }
    }

    pub(super) fn rotations(&self) -> Result<&[Rotation]> {
        match self {
            LoadedTarget::Rotations(rotations) => Ok(rotations),
            _ => Err(wrong_variant()),
        }
    }
}

/// An operation has another target or result than it declares: a defect of this library.
pub(super) fn wrong_variant() -> Error {
    Error::new(
        ErrorKind::Internal,
        "an operation has another target or result than it declares; please report this",
    )
}
