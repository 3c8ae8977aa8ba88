//! The definitions of the operations, one file each.

mod create_key;
mod decrypt;
mod delete_key;
mod encrypt;
mod find_keys;
mod key_info;
mod public_key;
mod sign;

pub(super) use create_key::CreateKey;
pub(super) use decrypt::Decrypt;
pub(super) use delete_key::DeleteKey;
pub(super) use encrypt::Encrypt;
pub(super) use find_keys::FindKeys;
pub(super) use key_info::GetKeyInfo;
pub(super) use public_key::GetPublicKey;
pub(super) use sign::Sign;
