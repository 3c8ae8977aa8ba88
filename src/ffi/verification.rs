//! Verification of signatures: each form blocking and asynchronous.

use std::ffi::c_char;

use super::async_options::{ScwkmsAsyncOptions, scwkms_operation};
use super::boundary::guard;
use super::client::scwkms_client;
use super::error::ScwkmsError;
use super::start::start;
use super::{client_registry, input};

/// Verifies a signature of a digest with the key's public key. After the first use of a key by a client no request
/// is sent.
///
/// @param client         the client
/// @param key            a key reference
/// @param algorithm      the algorithm that the caller expects the key to have, or 0
/// @param digest         the digest
/// @param digest_len     its length in bytes: 32 for SHA-256, 48 for SHA-384, as the key's algorithm requires
/// @param signature      the signature, as scwkms_sign() returns it
/// @param signature_len  its length in bytes
/// @param error          receives an error, or NULL
/// @return SCWKMS_OK if the signature is valid; SCWKMS_ERROR_INTEGRITY if it is not a signature of the digest by
///         the key; or another error code
///
/// Pointers: `key` must be NULL or a NUL-terminated string, `digest` and `signature` NULL or valid for reading that
/// many bytes, `error` NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_verify(
    client: scwkms_client,
    key: *const c_char,
    algorithm: u32,
    digest: *const u8,
    digest_len: usize,
    signature: *const u8,
    signature_len: usize,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, digest, signature) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(digest, digest_len, "digest")?,
                input::bytes(signature, signature_len, "signature")?,
            )
        };
        let algorithm = input::algorithm(algorithm)?;
        client.verify(key, algorithm, digest, signature)
    })
}

/// Starts scwkms_verify() and returns at once; see scwkms_sign_async(). scwkms_wait_done() takes the result.
///
/// @param client         the client
/// @param key            a key reference
/// @param algorithm      the algorithm that the caller expects the key to have, or 0
/// @param digest         the digest, which is copied
/// @param digest_len     its length in bytes: 32 for SHA-256, 48 for SHA-384, as the key's algorithm requires
/// @param signature      the signature, as scwkms_sign() returns it, which is copied
/// @param signature_len  its length in bytes
/// @param options        options, or NULL
/// @param operation      receives the operation
/// @param error          receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_verify()
///
/// Pointers: as for scwkms_verify() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_verify_async(
    client: scwkms_client,
    key: *const c_char,
    algorithm: u32,
    digest: *const u8,
    digest_len: usize,
    signature: *const u8,
    signature_len: usize,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, digest, signature) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(digest, digest_len, "digest")?,
                input::bytes(signature, signature_len, "signature")?,
            )
        };
        let algorithm = input::algorithm(algorithm)?;
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_verify(key, algorithm, digest, signature, options)
            })
        }
    })
}

/// Verifies a signature of a digest by a request to the service. scwkms_verify() gives the same answer without a
/// request, except for algorithms that only the service verifies, such as ec_secp256k1_sha256.
///
/// @param client         the client
/// @param key            a key reference
/// @param algorithm      the algorithm that the caller expects the key to have, or 0
/// @param digest         the digest
/// @param digest_len     its length in bytes: 32 for SHA-256, 48 for SHA-384, as the key's algorithm requires
/// @param signature      the signature, as scwkms_sign() returns it
/// @param signature_len  its length in bytes
/// @param error          receives an error, or NULL
/// @return SCWKMS_OK if the signature is valid; SCWKMS_ERROR_INTEGRITY if it is not a signature of the digest by
///         the key; or another error code
///
/// Pointers: `key` must be NULL or a NUL-terminated string, `digest` and `signature` NULL or valid for reading that
/// many bytes, `error` NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_verify_by_service(
    client: scwkms_client,
    key: *const c_char,
    algorithm: u32,
    digest: *const u8,
    digest_len: usize,
    signature: *const u8,
    signature_len: usize,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, digest, signature) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(digest, digest_len, "digest")?,
                input::bytes(signature, signature_len, "signature")?,
            )
        };
        let algorithm = input::algorithm(algorithm)?;
        client.verify_by_service(key, algorithm, digest, signature)
    })
}

/// Starts scwkms_verify_by_service() and returns at once; see scwkms_sign_async(). scwkms_wait_done() takes the
/// result.
///
/// @param client         the client
/// @param key            a key reference
/// @param algorithm      the algorithm that the caller expects the key to have, or 0
/// @param digest         the digest, which is copied
/// @param digest_len     its length in bytes: 32 for SHA-256, 48 for SHA-384, as the key's algorithm requires
/// @param signature      the signature, as scwkms_sign() returns it, which is copied
/// @param signature_len  its length in bytes
/// @param options        options, or NULL
/// @param operation      receives the operation
/// @param error          receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_verify_by_service()
///
/// Pointers: as for scwkms_verify_by_service() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_verify_by_service_async(
    client: scwkms_client,
    key: *const c_char,
    algorithm: u32,
    digest: *const u8,
    digest_len: usize,
    signature: *const u8,
    signature_len: usize,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, digest, signature) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(digest, digest_len, "digest")?,
                input::bytes(signature, signature_len, "signature")?,
            )
        };
        let algorithm = input::algorithm(algorithm)?;
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_verify_by_service(key, algorithm, digest, signature, options)
            })
        }
    })
}
