//! `scwkms:` URIs: clients, keys, key creation and queries. Pure parsing.

mod creation;
mod key;
mod parameters;
mod query;
mod rotation_period;
mod syntax;

pub(crate) use creation::KeyCreation;
pub(crate) use key::{KeyReference, KeySelector, PublicKeyFile};
pub(crate) use parameters::boolean;
pub(crate) use query::{AlgorithmQuery, KeyQuery};
pub(crate) use rotation_period::check as check_rotation_period;
pub(crate) use syntax::Uri;
#[cfg(any(test, fuzzing))]
pub(crate) use syntax::{PARAMETERS, SCHEME};
