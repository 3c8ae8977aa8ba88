//! Key Manager's endpoints: typed requests and responses.
//!
//! Source: Scaleway's Key Manager API, version v1alpha1, as its official Go SDK uses it.

mod endpoint;
mod error_response;
mod filter;
mod key_location;
mod listing;
mod response;
mod service;
mod wire;

pub(crate) use endpoint::{create_key, decrypt, delete_key, encrypt, sign};
pub(crate) use filter::{KeyFilter, Scope};
pub(crate) use key_location::KeyLocation;
pub(crate) use response::{
    check_deleted, read_ciphertext, read_created_key, read_plaintext, read_signature,
};
pub(crate) use service::Api;
pub(crate) use wire::{CreateKeyRequest, Key};

#[cfg(any(test, fuzzing))]
pub(crate) use response::{read_key, read_page, read_public_key};
