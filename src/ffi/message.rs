//! Signing and verification of messages: each form blocking and asynchronous.

use std::ffi::c_char;

use super::async_options::{ScwkmsAsyncOptions, scwkms_operation};
use super::boundary::{OutPointer, guard};
use super::buffer::ScwkmsBuffer;
use super::client::scwkms_client;
use super::error::ScwkmsError;
use super::start::start;
use super::{client_registry, input};

/// Signs a message of any length, with any key that signs.
///
/// With ECDSA and RSA keys, the message is hashed with the key's hash, and the digest is signed as by scwkms_sign(). With
/// ML-DSA keys, the signature is one of pure ML-DSA (FIPS 204) with an empty context. It is always verified, also with
/// verify=false.
///
/// The service does not document what it signs with ML-DSA keys. The client sends the external mu of the message. If the
/// service signs these 64 bytes as a message instead, the client sends the message, from then on at once; the message must
/// then have 1 to 65,535 bytes.
///
/// @param client       the client
/// @param key          a key reference
/// @param algorithm    the algorithm that the caller expects the key to have, or 0; a mismatch is
///                     SCWKMS_ERROR_UNSUPPORTED, and its message names both
/// @param message      the message
/// @param message_len  its length in bytes
/// @param signature    receives the signature, to be freed with scwkms_buffer_free()
/// @param error        receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_INTEGRITY if the service returned something other than a signature
///         of the message by the key; SCWKMS_ERROR_UNSUPPORTED if the service signs otherwise with an ML-DSA key, for
///         example with HashML-DSA, or does not accept the message
///
/// Pointers: `key` must be NULL or a NUL-terminated string, `message` NULL or valid for reading `message_len`
/// bytes; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_sign_message(
    client: scwkms_client,
    key: *const c_char,
    algorithm: u32,
    message: *const u8,
    message_len: usize,
    signature: *mut ScwkmsBuffer,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, message) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(message, message_len, "message")?,
            )
        };
        let algorithm = input::algorithm(algorithm)?;
        let signature = OutPointer::required(signature, "signature")?;
        let signed = client.sign_message(key, algorithm, message)?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { signature.write(ScwkmsBuffer::new(signed)) };
        Ok(())
    })
}

/// Starts scwkms_sign_message() and returns at once; see scwkms_sign_async(). scwkms_wait() takes the signature.
///
/// @param client       the client
/// @param key          a key reference
/// @param algorithm    the algorithm that the caller expects the key to have, or 0
/// @param message      the message, which is copied
/// @param message_len  its length in bytes
/// @param options      options, or NULL
/// @param operation    receives the operation
/// @param error        receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_sign_message()
///
/// Pointers: as for scwkms_sign_message() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_sign_message_async(
    client: scwkms_client,
    key: *const c_char,
    algorithm: u32,
    message: *const u8,
    message_len: usize,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, message) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(message, message_len, "message")?,
            )
        };
        let algorithm = input::algorithm(algorithm)?;
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_sign_message(key, algorithm, message, options)
            })
        }
    })
}

/// Verifies a signature of a message with the key's public key, with ML-DSA keys by pure ML-DSA (FIPS 204) with an empty
/// context. After the first use of a key by a client no request is sent.
///
/// @param client         the client
/// @param key            a key reference
/// @param algorithm      the algorithm that the caller expects the key to have, or 0
/// @param message        the message
/// @param message_len    its length in bytes
/// @param signature      the signature, as scwkms_sign_message() returns it
/// @param signature_len  its length in bytes
/// @param error          receives an error, or NULL
/// @return SCWKMS_OK if the signature is valid; SCWKMS_ERROR_INTEGRITY if it is not a signature of the message by
///         the key; or another error code
///
/// Pointers: `key` must be NULL or a NUL-terminated string, `message` and `signature` NULL or valid for reading that
/// many bytes, `error` NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_verify_message(
    client: scwkms_client,
    key: *const c_char,
    algorithm: u32,
    message: *const u8,
    message_len: usize,
    signature: *const u8,
    signature_len: usize,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, message, signature) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(message, message_len, "message")?,
                input::bytes(signature, signature_len, "signature")?,
            )
        };
        let algorithm = input::algorithm(algorithm)?;
        client.verify_message(key, algorithm, message, signature)
    })
}

/// Starts scwkms_verify_message() and returns at once; see scwkms_sign_async(). scwkms_wait_done() takes the result.
///
/// @param client         the client
/// @param key            a key reference
/// @param algorithm      the algorithm that the caller expects the key to have, or 0
/// @param message        the message, which is copied
/// @param message_len    its length in bytes
/// @param signature      the signature, as scwkms_sign_message() returns it, which is copied
/// @param signature_len  its length in bytes
/// @param options        options, or NULL
/// @param operation      receives the operation
/// @param error          receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_verify_message()
///
/// Pointers: as for scwkms_verify_message() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_verify_message_async(
    client: scwkms_client,
    key: *const c_char,
    algorithm: u32,
    message: *const u8,
    message_len: usize,
    signature: *const u8,
    signature_len: usize,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, message, signature) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(message, message_len, "message")?,
                input::bytes(signature, signature_len, "signature")?,
            )
        };
        let algorithm = input::algorithm(algorithm)?;
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_verify_message(key, algorithm, message, signature, options)
            })
        }
    })
}
