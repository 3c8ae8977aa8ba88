//! Encryption with associated data, data keys, and wrapping: each blocking and asynchronous.

use std::ffi::c_char;

use super::async_options::{ScwkmsAsyncOptions, scwkms_operation};
use super::boundary::{OutPointer, guard};
use super::buffer::ScwkmsBuffer;
use super::client::scwkms_client;
use super::error::ScwkmsError;
use super::results::{write_data_key, write_decrypted};
use super::start::start;
use super::{client_registry, input};

/// Encrypts, by the service, with an AES-256-GCM key. The associated data is authenticated but not part of the
/// ciphertext: the decryption needs the same associated data. Empty associated data is the same as none.
///
/// @param client               the client
/// @param key                  a key reference
/// @param plaintext            the plaintext
/// @param plaintext_len        its length in bytes: 1 to 65535
/// @param associated_data      the associated data; NULL for none
/// @param associated_data_len  its length in bytes
/// @param ciphertext           receives the ciphertext, to be freed with scwkms_buffer_free()
/// @param error                receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_UNSUPPORTED for associated data with a key that is not
///         symmetric
///
/// Pointers: `key` must be NULL or a NUL-terminated string, `plaintext` NULL or valid for reading `plaintext_len`
/// bytes, `associated_data` NULL or valid for reading `associated_data_len` bytes; the other pointers NULL or valid
/// for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_encrypt_with_associated_data(
    client: scwkms_client,
    key: *const c_char,
    plaintext: *const u8,
    plaintext_len: usize,
    associated_data: *const u8,
    associated_data_len: usize,
    ciphertext: *mut ScwkmsBuffer,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, plaintext, associated_data) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(plaintext, plaintext_len, "plaintext")?,
                input::bytes(associated_data, associated_data_len, "associated_data")?,
            )
        };
        let ciphertext = OutPointer::required(ciphertext, "ciphertext")?;
        let made = client.encrypt_with_associated_data(key, plaintext, associated_data)?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { ciphertext.write(ScwkmsBuffer::new(made)) };
        Ok(())
    })
}

/// Starts scwkms_encrypt_with_associated_data() and returns at once; see scwkms_sign_async(). scwkms_wait() takes
/// the ciphertext.
///
/// @param client               the client
/// @param key                  a key reference
/// @param plaintext            the plaintext, which is copied
/// @param plaintext_len        its length in bytes: 1 to 65535
/// @param associated_data      the associated data, which is copied; NULL for none
/// @param associated_data_len  its length in bytes
/// @param options              options, or NULL
/// @param operation            receives the operation
/// @param error                receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_encrypt_with_associated_data()
///
/// Pointers: as for scwkms_encrypt_with_associated_data() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_encrypt_with_associated_data_async(
    client: scwkms_client,
    key: *const c_char,
    plaintext: *const u8,
    plaintext_len: usize,
    associated_data: *const u8,
    associated_data_len: usize,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, plaintext, associated_data) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(plaintext, plaintext_len, "plaintext")?,
                input::bytes(associated_data, associated_data_len, "associated_data")?,
            )
        };
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_encrypt_with_associated_data(key, plaintext, associated_data, options)
            })
        }
    })
}

/// Decrypts as scwkms_decrypt() does, with the associated data of the encryption.
///
/// If the key was rotated since the encryption, the service also returns the plaintext encrypted with the newest
/// key material. Storing it instead of the old ciphertext makes the older key material unnecessary.
///
/// @param client               the client
/// @param key                  a key reference
/// @param ciphertext           the ciphertext
/// @param ciphertext_len       its length in bytes
/// @param associated_data      the associated data; NULL for none
/// @param associated_data_len  its length in bytes
/// @param plaintext            receives the plaintext, to be freed with scwkms_buffer_free(), which wipes it
/// @param reencrypted          receives the new ciphertext, or an empty buffer if the key was not rotated, to be
///                             freed with scwkms_buffer_free(); NULL if it is not needed
/// @param error                receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_INVALID_ARGUMENT for a ciphertext that was not made with the
///         key and this associated data
///
/// Pointers: `key` must be NULL or a NUL-terminated string, `ciphertext` NULL or valid for reading `ciphertext_len`
/// bytes, `associated_data` NULL or valid for reading `associated_data_len` bytes; the other pointers NULL or valid
/// for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_decrypt_with_associated_data(
    client: scwkms_client,
    key: *const c_char,
    ciphertext: *const u8,
    ciphertext_len: usize,
    associated_data: *const u8,
    associated_data_len: usize,
    plaintext: *mut ScwkmsBuffer,
    reencrypted: *mut ScwkmsBuffer,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, ciphertext, associated_data) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(ciphertext, ciphertext_len, "ciphertext")?,
                input::bytes(associated_data, associated_data_len, "associated_data")?,
            )
        };
        let plaintext = OutPointer::required(plaintext, "plaintext")?;
        let decrypted = client.decrypt_with_associated_data(key, ciphertext, associated_data)?;
        // SAFETY: the caller promises that both pointers are valid for writing, or NULL.
        unsafe { write_decrypted(decrypted, plaintext, OutPointer::optional(reencrypted)) };
        Ok(())
    })
}

/// Starts scwkms_decrypt_with_associated_data() and returns at once; see scwkms_sign_async().
/// scwkms_wait_decrypted() takes the plaintext.
///
/// @param client               the client
/// @param key                  a key reference
/// @param ciphertext           the ciphertext, which is copied
/// @param ciphertext_len       its length in bytes
/// @param associated_data      the associated data, which is copied; NULL for none
/// @param associated_data_len  its length in bytes
/// @param options              options, or NULL
/// @param operation            receives the operation
/// @param error                receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_decrypt_with_associated_data()
///
/// Pointers: as for scwkms_decrypt_with_associated_data() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_decrypt_with_associated_data_async(
    client: scwkms_client,
    key: *const c_char,
    ciphertext: *const u8,
    ciphertext_len: usize,
    associated_data: *const u8,
    associated_data_len: usize,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, ciphertext, associated_data) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(ciphertext, ciphertext_len, "ciphertext")?,
                input::bytes(associated_data, associated_data_len, "associated_data")?,
            )
        };
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_decrypt_with_associated_data(key, ciphertext, associated_data, options)
            })
        }
    })
}

/// Generates a data key for AES-256-GCM outside of Key Manager.
///
/// The service does not store the data key. It returns it encrypted with the key, and if it is needed at once also
/// the data key itself. Later scwkms_decrypt() decrypts it.
///
/// @param client      the client
/// @param key         a key reference
/// @param plaintext   receives the data key, 32 bytes, to be freed with scwkms_buffer_free(), which wipes it;
///                    NULL if it is not needed, and the service then does not send it
/// @param ciphertext  receives the encrypted data key, to be freed with scwkms_buffer_free()
/// @param error       receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_UNSUPPORTED for a key that is not symmetric
///
/// Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_generate_data_key(
    client: scwkms_client,
    key: *const c_char,
    plaintext: *mut ScwkmsBuffer,
    ciphertext: *mut ScwkmsBuffer,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let key = unsafe { input::text(key, "key") }?;
        let ciphertext = OutPointer::required(ciphertext, "ciphertext")?;
        let plaintext = OutPointer::optional(plaintext);
        let data_key = client.generate_data_key(key, plaintext.is_some())?;
        // SAFETY: the caller promises that both pointers are valid for writing, or NULL.
        unsafe { write_data_key(data_key, plaintext, ciphertext) };
        Ok(())
    })
}

/// Starts scwkms_generate_data_key() and returns at once; see scwkms_sign_async(). scwkms_wait_data_key() takes the
/// data key.
///
/// @param client          the client
/// @param key             a key reference
/// @param with_plaintext  whether the service also sends the data key itself
/// @param options         options, or NULL
/// @param operation       receives the operation
/// @param error           receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_generate_data_key()
///
/// Pointers: as for scwkms_generate_data_key() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_generate_data_key_async(
    client: scwkms_client,
    key: *const c_char,
    with_plaintext: bool,
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
                client.start_generate_data_key(key, with_plaintext, options)
            })
        }
    })
}

/// Encrypts at most 2048 bytes, usually another key, with an ML-KEM key (FIPS 203). The service encrypts.
/// scwkms_unwrap() needs the same associated data.
///
/// @param client               the client
/// @param key                  a key reference
/// @param plaintext            the plaintext
/// @param plaintext_len        its length in bytes: 1 to 2048
/// @param associated_data      the associated data; NULL for none
/// @param associated_data_len  its length in bytes
/// @param ciphertext           receives the ciphertext, to be freed with scwkms_buffer_free()
/// @param error                receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_UNSUPPORTED for a key of another usage
///
/// Pointers: `key` must be NULL or a NUL-terminated string, `plaintext` NULL or valid for reading `plaintext_len`
/// bytes, `associated_data` NULL or valid for reading `associated_data_len` bytes; the other pointers NULL or valid
/// for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_wrap(
    client: scwkms_client,
    key: *const c_char,
    plaintext: *const u8,
    plaintext_len: usize,
    associated_data: *const u8,
    associated_data_len: usize,
    ciphertext: *mut ScwkmsBuffer,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, plaintext, associated_data) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(plaintext, plaintext_len, "plaintext")?,
                input::bytes(associated_data, associated_data_len, "associated_data")?,
            )
        };
        let ciphertext = OutPointer::required(ciphertext, "ciphertext")?;
        let made = client.wrap(key, plaintext, associated_data)?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { ciphertext.write(ScwkmsBuffer::new(made)) };
        Ok(())
    })
}

/// Starts scwkms_wrap() and returns at once; see scwkms_sign_async(). scwkms_wait() takes the ciphertext.
///
/// @param client               the client
/// @param key                  a key reference
/// @param plaintext            the plaintext, which is copied
/// @param plaintext_len        its length in bytes: 1 to 2048
/// @param associated_data      the associated data, which is copied; NULL for none
/// @param associated_data_len  its length in bytes
/// @param options              options, or NULL
/// @param operation            receives the operation
/// @param error                receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_wrap()
///
/// Pointers: as for scwkms_wrap() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_wrap_async(
    client: scwkms_client,
    key: *const c_char,
    plaintext: *const u8,
    plaintext_len: usize,
    associated_data: *const u8,
    associated_data_len: usize,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, plaintext, associated_data) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(plaintext, plaintext_len, "plaintext")?,
                input::bytes(associated_data, associated_data_len, "associated_data")?,
            )
        };
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_wrap(key, plaintext, associated_data, options)
            })
        }
    })
}

/// Decrypts a ciphertext of scwkms_wrap() with an ML-KEM key.
///
/// @param client               the client
/// @param key                  a key reference
/// @param ciphertext           the ciphertext
/// @param ciphertext_len       its length in bytes: 1 to 4096
/// @param associated_data      the associated data; NULL for none
/// @param associated_data_len  its length in bytes
/// @param plaintext            receives the plaintext, to be freed with scwkms_buffer_free(), which wipes it
/// @param error                receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_INVALID_ARGUMENT for a ciphertext that was not made with the
///         key and this associated data
///
/// Pointers: `key` must be NULL or a NUL-terminated string, `ciphertext` NULL or valid for reading `ciphertext_len`
/// bytes, `associated_data` NULL or valid for reading `associated_data_len` bytes; the other pointers NULL or valid
/// for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_unwrap(
    client: scwkms_client,
    key: *const c_char,
    ciphertext: *const u8,
    ciphertext_len: usize,
    associated_data: *const u8,
    associated_data_len: usize,
    plaintext: *mut ScwkmsBuffer,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, ciphertext, associated_data) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(ciphertext, ciphertext_len, "ciphertext")?,
                input::bytes(associated_data, associated_data_len, "associated_data")?,
            )
        };
        let plaintext = OutPointer::required(plaintext, "plaintext")?;
        let mut found = client.unwrap(key, ciphertext, associated_data)?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { plaintext.write(ScwkmsBuffer::new(std::mem::take(&mut found))) };
        Ok(())
    })
}

/// Starts scwkms_unwrap() and returns at once; see scwkms_sign_async(). scwkms_wait() takes the plaintext.
///
/// @param client               the client
/// @param key                  a key reference
/// @param ciphertext           the ciphertext, which is copied
/// @param ciphertext_len       its length in bytes: 1 to 4096
/// @param associated_data      the associated data, which is copied; NULL for none
/// @param associated_data_len  its length in bytes
/// @param options              options, or NULL
/// @param operation            receives the operation
/// @param error                receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_unwrap()
///
/// Pointers: as for scwkms_unwrap() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_unwrap_async(
    client: scwkms_client,
    key: *const c_char,
    ciphertext: *const u8,
    ciphertext_len: usize,
    associated_data: *const u8,
    associated_data_len: usize,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, ciphertext, associated_data) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(ciphertext, ciphertext_len, "ciphertext")?,
                input::bytes(associated_data, associated_data_len, "associated_data")?,
            )
        };
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_unwrap(key, ciphertext, associated_data, options)
            })
        }
    })
}
