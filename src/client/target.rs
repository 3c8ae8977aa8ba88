//! The target of an operation: what must be loaded before its request is built.

use std::sync::Arc;

use super::open_key::OpenKey;
use crate::api::{Key, KeyFilter, KeyLocation};
use crate::error::{Error, ErrorKind, Result};
use crate::uri::KeyReference;

/// The target of an operation.
pub(super) enum Target<'a> {
    Nothing,
    /// The region and id of a key.
    Location(&'a KeyReference),
    /// A key's metadata and public key.
    Key(&'a KeyReference),
    /// The keys of a region.
    Keys {
        region: &'a str,
        filter: KeyFilter,
    },
}

/// A target after it was loaded.
pub(super) enum LoadedTarget {
    Nothing,
    Location(KeyLocation),
    Key(Arc<OpenKey>),
    Keys(Vec<Key>),
}

impl LoadedTarget {
    pub(super) fn location(&self) -> Result<&KeyLocation> {
        match self {
            LoadedTarget::Location(location) => Ok(location),
            _ => Err(wrong_variant()),
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
}

/// An operation has another target or result than it declares: a defect of this library.
pub(super) fn wrong_variant() -> Error {
    Error::new(
        ErrorKind::Internal,
        "an operation has another target or result than it declares; please report this",
    )
}
