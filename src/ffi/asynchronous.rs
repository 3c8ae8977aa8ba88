//! The asynchronous forms of the operations.

use std::ffi::c_char;

use super::async_options::{ScwkmsAsyncOptions, scwkms_operation};
use super::boundary::guard;
use super::client::scwkms_client;
use super::error::ScwkmsError;
use super::input;
use super::start::start;

/// Starts scwkms_sign() and returns at once. No thread waits meanwhile: thousands of operations can be in flight.
///
/// Errors that can be found without a request are returned at once; then there is no operation, and the callback is not
/// called. All other errors are returned by scwkms_wait(), which takes the signature.
///
/// @param client     the client
/// @param key        a key reference
/// @param algorithm  the algorithm that the caller expects the key to have, or 0
/// @param digest     the digest, which is copied
/// @param digest_len its length in bytes
/// @param options    options, or NULL
/// @param operation  receives the operation
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_sign()
///
/// Pointers: as for scwkms_sign(). `operation` must be NULL or valid for writing. `options` must be NULL or valid for reading as many
/// bytes as its field `size` says. The callback and its context must remain valid until the callback has
/// returned. It runs on another thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_sign_async(
    client: scwkms_client,
    key: *const c_char,
    algorithm: u32,
    digest: *const u8,
    digest_len: usize,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, digest) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(digest, digest_len, "digest")?,
            )
        };
        let algorithm = input::algorithm(algorithm)?;
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_sign(key, algorithm, digest, options)
            })
        }
    })
}

/// Starts scwkms_decrypt() and returns at once; see scwkms_sign_async(). scwkms_wait() takes the plaintext.
///
/// @param client     the client
/// @param key        a key reference
/// @param ciphertext the ciphertext, which is copied
/// @param ciphertext_len its length in bytes
/// @param options    options, or NULL
/// @param operation  receives the operation
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_decrypt()
///
/// Pointers: as for scwkms_decrypt() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_decrypt_async(
    client: scwkms_client,
    key: *const c_char,
    ciphertext: *const u8,
    ciphertext_len: usize,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, ciphertext) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(ciphertext, ciphertext_len, "ciphertext")?,
            )
        };
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_decrypt(key, ciphertext, options)
            })
        }
    })
}

/// Starts scwkms_encrypt() and returns at once; see scwkms_sign_async(). scwkms_wait() takes the ciphertext.
///
/// @param client     the client
/// @param key        a key reference
/// @param plaintext the plaintext, which is copied
/// @param plaintext_len its length in bytes
/// @param options    options, or NULL
/// @param operation  receives the operation
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_encrypt()
///
/// Pointers: as for scwkms_encrypt() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_encrypt_async(
    client: scwkms_client,
    key: *const c_char,
    plaintext: *const u8,
    plaintext_len: usize,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, plaintext) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(plaintext, plaintext_len, "plaintext")?,
            )
        };
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_encrypt(key, plaintext, options)
            })
        }
    })
}

/// Starts scwkms_public_key() and returns at once; see scwkms_sign_async(). scwkms_wait_public_key() takes the public key.
///
/// @param client     the client
/// @param key        a key reference
/// @param options    options, or NULL
/// @param operation  receives the operation
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_public_key()
///
/// Pointers: as for scwkms_public_key() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_public_key_async(
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
                client.start_public_key(key, options)
            })
        }
    })
}
