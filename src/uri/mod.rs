//! `scwkms:` URIs: clients, keys, key creation and queries. Pure parsing.

mod creation;
mod key;
mod parameters;
mod query;
mod syntax;

pub(crate) use creation::KeyCreation;
pub(crate) use key::{KeyReference, KeySelector};
pub(crate) use parameters::boolean;
pub(crate) use query::KeyQuery;
pub(crate) use syntax::Uri;
#[cfg(any(test, fuzzing))]
pub(crate) use syntax::{PARAMETERS, SCHEME};
