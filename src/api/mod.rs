//! Key Manager's endpoints: typed requests and responses.
//!
//! Source: Scaleway's Key Manager API, version v1alpha1, as its official Go SDK uses it.

mod bodies;
mod endpoint;
mod error_response;
mod filter;
mod key_location;
mod listing;
mod response;
mod service;
mod wire;

pub(crate) use bodies::{
    AlgorithmEntry, CreateKeyRequest, Rotation, RotationPolicyRequest, UpdateKeyRequest,
};
pub(crate) use endpoint::{
    KeyAction, act_on_key, create_key, decrypt, delete_key, delete_key_material, encrypt,
    generate_data_key, import_key_material, import_parameters, list_algorithms, sign, unwrap,
    update_key, verify, wrap,
};
#[cfg(feature = "diagnosis")]
pub(crate) use error_response::error_of;
pub(crate) use filter::{KeyFilter, Scope};
pub(crate) use key_location::KeyLocation;
pub(crate) use response::{
    check_deleted, read_algorithms, read_ciphertext, read_created_key, read_data_key,
    read_import_parameters, read_key, read_plaintext, read_signature, read_validity,
};
pub(crate) use service::Api;
pub(crate) use wire::{Key, KeyUsage};

#[cfg(any(test, fuzzing))]
pub(crate) use response::{read_page, read_public_key, read_rotation_page};
