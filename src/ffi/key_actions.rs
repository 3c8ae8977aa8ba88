//! Actions on a key that need no arguments: each blocking and asynchronous.

use std::ffi::c_char;

use super::async_options::{ScwkmsAsyncOptions, scwkms_operation};
use super::boundary::{OutPointer, guard};
use super::client::scwkms_client;
use super::error::ScwkmsError;
use super::key::ScwkmsKey;
use super::start::start;
use super::{client_registry, input};

/// Generates new key material for a symmetric key. Ciphertexts of older key material can still be decrypted. It is
/// repeated only if the first request was certainly not processed. If this is unknown, the error says so. A key
/// that is named by its name is looked up again.
///
/// @param client  the client
/// @param key     a key reference
/// @param info    receives the key's new metadata, to be freed with scwkms_key_free()
/// @param error   receives an error, or NULL
/// @return SCWKMS_OK or an error code
///
/// Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_rotate_key(
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
        let changed = client.rotate_key(key)?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { info.write_boxed(ScwkmsKey::new(&changed)) };
        Ok(())
    })
}

/// Starts scwkms_rotate_key() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the metadata.
///
/// @param client     the client
/// @param key        a key reference
/// @param options    options, or NULL
/// @param operation  receives the operation
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_rotate_key()
///
/// Pointers: as for scwkms_rotate_key() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_rotate_key_async(
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
                client.start_rotate_key(key, options)
            })
        }
    })
}

/// Enables a disabled key. A key that is named by its name is looked up again.
///
/// @param client  the client
/// @param key     a key reference
/// @param info    receives the key's new metadata, to be freed with scwkms_key_free()
/// @param error   receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_KEY_STATE for a key that is scheduled for deletion or has no
///         key material
///
/// Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_enable_key(
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
        let changed = client.enable_key(key)?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { info.write_boxed(ScwkmsKey::new(&changed)) };
        Ok(())
    })
}

/// Starts scwkms_enable_key() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the metadata.
///
/// @param client     the client
/// @param key        a key reference
/// @param options    options, or NULL
/// @param operation  receives the operation
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_enable_key()
///
/// Pointers: as for scwkms_enable_key() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_enable_key_async(
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
                client.start_enable_key(key, options)
            })
        }
    })
}

/// Disables a key: no cryptographic operation is possible until scwkms_enable_key(). A key that is named by its
/// name is looked up again.
///
/// @param client  the client
/// @param key     a key reference
/// @param info    receives the key's new metadata, to be freed with scwkms_key_free()
/// @param error   receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_KEY_STATE for a key that is scheduled for deletion
///
/// Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_disable_key(
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
        let changed = client.disable_key(key)?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { info.write_boxed(ScwkmsKey::new(&changed)) };
        Ok(())
    })
}

/// Starts scwkms_disable_key() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the metadata.
///
/// @param client     the client
/// @param key        a key reference
/// @param options    options, or NULL
/// @param operation  receives the operation
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_disable_key()
///
/// Pointers: as for scwkms_disable_key() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_disable_key_async(
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
                client.start_disable_key(key, options)
            })
        }
    })
}

/// Protects a key against deletion. A key that is named by its name is looked up again.
///
/// @param client  the client
/// @param key     a key reference
/// @param info    receives the key's new metadata, to be freed with scwkms_key_free()
/// @param error   receives an error, or NULL
/// @return SCWKMS_OK or an error code
///
/// Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_protect_key(
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
        let changed = client.protect_key(key)?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { info.write_boxed(ScwkmsKey::new(&changed)) };
        Ok(())
    })
}

/// Starts scwkms_protect_key() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the metadata.
///
/// @param client     the client
/// @param key        a key reference
/// @param options    options, or NULL
/// @param operation  receives the operation
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_protect_key()
///
/// Pointers: as for scwkms_protect_key() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_protect_key_async(
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
                client.start_protect_key(key, options)
            })
        }
    })
}

/// Removes a key's protection against deletion. A key that is named by its name is looked up again.
///
/// @param client  the client
/// @param key     a key reference
/// @param info    receives the key's new metadata, to be freed with scwkms_key_free()
/// @param error   receives an error, or NULL
/// @return SCWKMS_OK or an error code
///
/// Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_unprotect_key(
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
        let changed = client.unprotect_key(key)?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { info.write_boxed(ScwkmsKey::new(&changed)) };
        Ok(())
    })
}

/// Starts scwkms_unprotect_key() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the
/// metadata.
///
/// @param client     the client
/// @param key        a key reference
/// @param options    options, or NULL
/// @param operation  receives the operation
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_unprotect_key()
///
/// Pointers: as for scwkms_unprotect_key() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_unprotect_key_async(
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
                client.start_unprotect_key(key, options)
            })
        }
    })
}

/// Restores a key that is scheduled for deletion, with all its rotations. It is repeated only if the first request
/// was certainly not processed. If this is unknown, the error says so. A key that is named by its name is looked up
/// again.
///
/// @param client  the client
/// @param key     a key reference
/// @param info    receives the key's new metadata, to be freed with scwkms_key_free()
/// @param error   receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_KEY_STATE for a key that is not scheduled for deletion
///
/// Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_restore_key(
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
        let changed = client.restore_key(key)?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { info.write_boxed(ScwkmsKey::new(&changed)) };
        Ok(())
    })
}

/// Starts scwkms_restore_key() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the metadata.
///
/// @param client     the client
/// @param key        a key reference
/// @param options    options, or NULL
/// @param operation  receives the operation
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_restore_key()
///
/// Pointers: as for scwkms_restore_key() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_restore_key_async(
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
                client.start_restore_key(key, options)
            })
        }
    })
}
