//! The asynchronous forms of the operations that create, find, describe and delete keys.

use std::ffi::c_char;

use super::async_options::{ScwkmsAsyncOptions, scwkms_operation};
use super::boundary::guard;
use super::client::scwkms_client;
use super::error::ScwkmsError;
use super::input;
use super::start::start;

/// Starts scwkms_get_key() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the metadata.
///
/// @param client     the client
/// @param key        a key reference
/// @param options    options, or NULL
/// @param operation  receives the operation
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_get_key()
///
/// Pointers: as for scwkms_get_key() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_get_key_async(
    client: scwkms_client,
    key: *const c_char,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let key = unsafe { input::text(key, "key") }?;
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_key_info(key, options)
            })
        }
    })
}

/// Starts scwkms_create_key() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the metadata.
///
/// @param client     the client
/// @param name       the name, or a URI
/// @param algorithm  one of SCWKMS_ALGORITHM_*, or 0
/// @param protection_level  one of SCWKMS_PROTECTION_LEVEL_*
/// @param options    options, or NULL
/// @param operation  receives the operation
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_create_key()
///
/// Pointers: as for scwkms_create_key() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_create_key_async(
    client: scwkms_client,
    name: *const c_char,
    algorithm: u32,
    protection_level: u32,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let name = unsafe { input::text(name, "name") }?;
        let algorithm = input::algorithm(algorithm)?;
        let level = input::protection_level(protection_level)?;
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_create_key(name, algorithm, level, options)
            })
        }
    })
}

/// Starts scwkms_delete_key() and returns at once; see scwkms_sign_async(). scwkms_wait_done() takes the result.
///
/// @param client     the client
/// @param key        a key reference
/// @param options    options, or NULL
/// @param operation  receives the operation
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_delete_key()
///
/// Pointers: as for scwkms_delete_key() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_delete_key_async(
    client: scwkms_client,
    key: *const c_char,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let key = unsafe { input::text(key, "key") }?;
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_delete_key(key, options)
            })
        }
    })
}

/// Starts scwkms_find_keys() and returns at once; see scwkms_sign_async(). scwkms_wait_key_list() takes the keys.
///
/// @param client     the client
/// @param query      the query; NULL or "" for all keys
/// @param options    options, or NULL
/// @param operation  receives the operation
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_find_keys()
///
/// Pointers: as for scwkms_find_keys() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_find_keys_async(
    client: scwkms_client,
    query: *const c_char,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let query = unsafe { input::optional_text(query, "query") }?;
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_find_keys(query, options)
            })
        }
    })
}
