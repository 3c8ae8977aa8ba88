//! The blocking forms of the operations that create, find, describe and delete keys.

use std::ffi::c_char;

use super::boundary::{OutPointer, guard};
use super::client::scwkms_client;
use super::error::ScwkmsError;
use super::key::ScwkmsKey;
use super::key_list::ScwkmsKeyList;
use super::{client_registry, input};

/// Creates a key.
///
/// The name is plain text, or a URI with more parameters: `scwkms:name=NAME` with any of
/// algorithm=rsa_oaep_3072_sha256, unprotected=true, region, project-id, description, tags=A,B and
/// protection-level=hsm. The key is protected against deletion unless the URI contains unprotected=true.
///
/// A creation is repeated only if the first request was certainly not processed. If this is unknown, the error says so,
/// and how to look for the key.
///
/// @param client            the client
/// @param name              the name, or a URI
/// @param algorithm         one of SCWKMS_ALGORITHM_*; 0: the URI's, else EC_P256_SHA256. If the URI contains
///                          one too, they must be equal
/// @param protection_level  one of SCWKMS_PROTECTION_LEVEL_*
/// @param key               receives the key's metadata, to be freed with scwkms_key_free()
/// @param error             receives an error, or NULL
/// @return SCWKMS_OK or an error code
///
/// Pointers: `name` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_create_key(
    client: scwkms_client,
    name: *const c_char,
    algorithm: u32,
    protection_level: u32,
    key: *mut *mut ScwkmsKey,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let name = unsafe { input::text(name, "name") }?;
        let key = OutPointer::required(key, "key")?;
        let level = input::protection_level(protection_level)?;
        let created = client.create_key(name, input::algorithm(algorithm)?, level)?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { key.write_boxed(ScwkmsKey::new(&created)) };
        Ok(())
    })
}

/// Schedules a key for deletion. For 7 days scwkms_restore_key() restores it, by its id. A deletion is repeated only if the
/// first request was certainly not processed. If this is unknown, the error says so.
///
/// @param client  the client
/// @param key     a key reference
/// @param error   receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_KEY_STATE for a protected key
///
/// Pointers: `key` must be NULL or a NUL-terminated string, `error` NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_delete_key(
    client: scwkms_client,
    key: *const c_char,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string, which is used during this call only.
        client_registry::get(client)?.delete_key(unsafe { input::text(key, "key") }?)
    })
}

/// Finds keys, ordered by name. Keys that are scheduled for deletion are left out. A list of over 32 MiB in the service's
/// responses (about 50,000 keys) is an error: SCWKMS_ERROR_PROTOCOL.
///
/// @param client  the client
/// @param query   NULL or "" for all keys of the client's region, in its project or else its organization, or `scwkms:` with any
///                of name=NAME (exact), usage=asymmetric_signing, algorithm=ec_p256_sha256,
///                tags=A,B (all of them), region and project-id
/// @param keys    receives the list, to be freed with scwkms_key_list_free()
/// @param error   receives an error, or NULL
/// @return SCWKMS_OK, also if no key was found, or an error code
///
/// Pointers: `query` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_find_keys(
    client: scwkms_client,
    query: *const c_char,
    keys: *mut *mut ScwkmsKeyList,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let query = unsafe { input::optional_text(query, "query") }?;
        let keys = OutPointer::required(keys, "keys")?;
        let found = ScwkmsKeyList::new(&client.find_keys(query)?);
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { keys.write_boxed(found) };
        Ok(())
    })
}

/// Gets a key's metadata, with its public key if it has one. The metadata is cached: it shows the key as it was when the
/// client first used it.
///
/// @param client  the client
/// @param key     a key reference
/// @param info    receives the metadata, to be freed with scwkms_key_free()
/// @param error   receives an error, or NULL
/// @return SCWKMS_OK or an error code
///
/// Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_get_key(
    client: scwkms_client,
    key: *const c_char,
    info: *mut *mut ScwkmsKey,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let key = unsafe { input::text(key, "key") }?;
        let info = OutPointer::required(info, "info")?;
        let found = client.key_info(key)?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { info.write_boxed(ScwkmsKey::new(&found)) };
        Ok(())
    })
}
