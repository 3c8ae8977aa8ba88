//! The subject of an operation: what must be loaded before its request is built.

use std::sync::Arc;

use super::open_key::OpenKey;
use crate::api::{Key, KeyFilter, KeyPath};
use crate::error::{Error, ErrorKind, Result};
use crate::uri::KeyReference;

/// The subject of an operation.
pub(super) enum Subject {
    Nothing,
    /// The id of a key.
    Path(KeyReference),
    /// A key's metadata and public key.
    Key(KeyReference),
    /// The keys of a region.
    Keys {
        region: String,
        filter: KeyFilter,
    },
}

/// A subject after it was loaded.
pub(super) enum LoadedSubject {
    Nothing,
    Path(KeyPath),
    Key(Arc<OpenKey>),
    Keys(Vec<Key>),
}

impl LoadedSubject {
    pub(super) fn path(&self) -> Result<&KeyPath> {
        match self {
            LoadedSubject::Path(path) => Ok(path),
            _ => Err(wrong_variant()),
        }
    }

    pub(super) fn key(&self) -> Result<&OpenKey> {
        match self {
            LoadedSubject::Key(key) => Ok(key),
            _ => Err(wrong_variant()),
        }
    }

    pub(super) fn keys(&self) -> Result<&[Key]> {
        match self {
            LoadedSubject::Keys(keys) => Ok(keys),
            _ => Err(wrong_variant()),
        }
    }
}

/// An operation has another subject or result than it declares: a defect of this library.
pub(super) fn wrong_variant() -> Error {
    Error::new(
        ErrorKind::Internal,
        "an operation has another subject or result than it declares; please report this",
    )
}
