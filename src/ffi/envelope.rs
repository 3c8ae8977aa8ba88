//! scwkms_encryptor and scwkms_decryptor: envelope encryption of data of any size.

use std::ffi::c_char;
use std::ptr::NonNull;
use std::sync::Arc;

use super::boundary::{OutPointer, guard};
use super::buffer::ScwkmsBuffer;
use super::client::scwkms_client;
use super::data_key_cache::ScwkmsDataKeyCache;
use super::error::ScwkmsError;
use super::owned::free_boxed;
use super::panic::catch_panic;
use super::{client_registry, input};
use crate::client::Client;
use crate::envelope::{DataKeyCache, Decryptor, Encryptor};
use crate::error::{Error, ErrorKind, Result};

/// The length of the longest header of a message: so many bytes, or the whole message, create a decryptor.
pub const SCWKMS_ENVELOPE_MAX_HEADER_LEN: usize = 1153;

const _: () = assert!(SCWKMS_ENVELOPE_MAX_HEADER_LEN == crate::envelope::MAX_HEADER_LEN);

/// The encryption of a message of any length. The caller owns it, and frees it with scwkms_encryptor_free(). Unlike other
/// objects, it must not be used by two threads at the same time.
pub struct ScwkmsEncryptor {
    /// None after the last segment.
    encryptor: Option<Encryptor>,
}

/// The decryption of a message. The caller owns it, and frees it with scwkms_decryptor_free(). Unlike other objects, it must
/// not be used by two threads at the same time.
pub struct ScwkmsDecryptor {
    /// None after the last segment.
    decryptor: Option<Decryptor>,
}

/// Begins the encryption of a message with an AES-256-GCM key. The service generates a data key, with which the library
/// encrypts locally. The message contains the encrypted data key. docs/envelope.md describes the format.
///
/// The message consists of the bytes that scwkms_encryptor_update() and scwkms_encryptor_finish() return, in their order.
/// Only this function sends a request and may block.
///
/// @param client               the client
/// @param key                  a key reference
/// @param associated_data      data that the message authenticates but does not contain; NULL for none
/// @param associated_data_len  its length in bytes
/// @param cache                a cache of the client, or NULL for a new data key
/// @param encryptor            receives the encryptor, to be freed with scwkms_encryptor_free()
/// @param error                receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_UNSUPPORTED for a key that is not symmetric
///
/// Pointers: `key` must be NULL or a NUL-terminated string, `associated_data` NULL or valid for reading
/// `associated_data_len` bytes, `cache` NULL or a cache that was not freed; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_encryptor_new(
    client: scwkms_client,
    key: *const c_char,
    associated_data: *const u8,
    associated_data_len: usize,
    cache: *const ScwkmsDataKeyCache,
    encryptor: *mut *mut ScwkmsEncryptor,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises valid arguments, which are used during this call only.
        let (key, associated_data, cache) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(associated_data, associated_data_len, "associated_data")?,
                cache_of(&client, cache)?,
            )
        };
        let output = OutPointer::required(encryptor, "encryptor")?;
        let created = match cache {
            Some(cache) => cache.encryptor(key, associated_data)?,
            None => client.encryptor(key, associated_data)?,
        };
        let encryptor = Some(created);
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { output.write_boxed(ScwkmsEncryptor { encryptor }) };
        Ok(())
    })
}

/// Encrypts the next part of the plaintext. It never blocks.
///
/// @param encryptor      an encryptor
/// @param plaintext      the next part, of any length
/// @param plaintext_len  its length in bytes
/// @param message        receives the next bytes of the message, possibly none, to be freed with scwkms_buffer_free()
/// @param error          receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_INVALID_ARGUMENT after scwkms_encryptor_finish()
///
/// Pointers: `encryptor` must be NULL or an encryptor that was not freed and that no other thread uses, `plaintext` NULL or
/// valid for reading `plaintext_len` bytes; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_encryptor_update(
    encryptor: *mut ScwkmsEncryptor,
    plaintext: *const u8,
    plaintext_len: usize,
    message: *mut ScwkmsBuffer,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises an encryptor that only this call uses, and valid bytes.
        let (encryptor, plaintext) = unsafe {
            (
                exclusive(encryptor, "encryptor")?,
                input::bytes(plaintext, plaintext_len, "plaintext")?,
            )
        };
        let message = OutPointer::required(message, "message")?;
        let encryptor = encryptor.encryptor.as_mut().ok_or_else(finished)?;
        let made = encryptor.update(plaintext)?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { message.write(ScwkmsBuffer::new(made)) };
        Ok(())
    })
}

/// Encrypts the last segment. Without its bytes the message cannot be decrypted. It never blocks.
///
/// @param encryptor  an encryptor, which only scwkms_encryptor_free() accepts afterwards
/// @param message    receives the last bytes of the message, to be freed with scwkms_buffer_free()
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_INVALID_ARGUMENT for the second call
///
/// Pointers: as for scwkms_encryptor_update().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_encryptor_finish(
    encryptor: *mut ScwkmsEncryptor,
    message: *mut ScwkmsBuffer,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises an encryptor that only this call uses.
        let encryptor = unsafe { exclusive(encryptor, "encryptor") }?;
        let message = OutPointer::required(message, "message")?;
        let made = encryptor.encryptor.take().ok_or_else(finished)?.finish()?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { message.write(ScwkmsBuffer::new(made)) };
        Ok(())
    })
}

/// Frees an encryptor and wipes its key and plaintext.
///
/// @param encryptor  an encryptor, or NULL
///
/// Pointers: `encryptor` must be NULL or an encryptor that was not freed and that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_encryptor_free(encryptor: *mut ScwkmsEncryptor) {
    // SAFETY: the caller promises an encryptor that this library allocated and that was not freed, or NULL.
    catch_panic((), || unsafe { free_boxed(encryptor) });
}

/// Begins the decryption of a message. The service decrypts the message's data key, with which the library decrypts locally.
///
/// Only this function sends a request and may block. The start of the message must contain its header: pass at least
/// SCWKMS_ENVELOPE_MAX_HEADER_LEN bytes, or the whole message if it is shorter. Pass the bytes after `start` to
/// scwkms_decryptor_update(), and call scwkms_decryptor_finish() at the end.
///
/// The header names the key. With an expected key, a message of any other key is an error. Without it, any symmetric key is
/// accepted that the client may use.
///
/// @param client               the client
/// @param expected_key         the key reference of the expected key, or NULL
/// @param associated_data      the associated data of the encryption; NULL for none
/// @param associated_data_len  its length in bytes
/// @param cache                a cache of the client, or NULL
/// @param start                the start of the message
/// @param start_len            its length in bytes
/// @param decryptor            receives the decryptor, to be freed with scwkms_decryptor_free()
/// @param error                receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_INVALID_ARGUMENT for data that is not a message;
///         SCWKMS_ERROR_INTEGRITY for a modified header, other associated data, or another key than the expected one;
///         SCWKMS_ERROR_UNSUPPORTED for a newer format
///
/// Pointers: `expected_key` must be NULL or a NUL-terminated string, `associated_data` NULL or valid for reading
/// `associated_data_len` bytes, `start` NULL or valid for reading `start_len` bytes, `cache` NULL or a cache that was not
/// freed; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_decryptor_new(
    client: scwkms_client,
    expected_key: *const c_char,
    associated_data: *const u8,
    associated_data_len: usize,
    cache: *const ScwkmsDataKeyCache,
    start: *const u8,
    start_len: usize,
    decryptor: *mut *mut ScwkmsDecryptor,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises valid arguments, which are used during this call only.
        let (expected_key, associated_data, cache, start) = unsafe {
            (
                match expected_key.is_null() {
                    true => None,
                    false => Some(input::text(expected_key, "expected_key")?),
                },
                input::bytes(associated_data, associated_data_len, "associated_data")?,
                cache_of(&client, cache)?,
                input::bytes(start, start_len, "start")?,
            )
        };
        let output = OutPointer::required(decryptor, "decryptor")?;
        let created = match cache {
            Some(cache) => cache.decryptor(expected_key, associated_data, start)?,
            None => client.decryptor(expected_key, associated_data, start)?,
        };
        let decryptor = Some(created);
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { output.write_boxed(ScwkmsDecryptor { decryptor }) };
        Ok(())
    })
}

/// Decrypts the next part of a message. It never blocks. The plaintext is authentic, but only scwkms_decryptor_finish()
/// finds out whether the message is complete.
///
/// @param decryptor    a decryptor
/// @param message      the next part, of any length
/// @param message_len  its length in bytes
/// @param plaintext    receives the next bytes of the plaintext, possibly none, to be freed with scwkms_buffer_free(), which
///                     wipes it
/// @param error        receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_INTEGRITY if a segment was modified, moved or removed, and for all calls
///         afterwards; SCWKMS_ERROR_INVALID_ARGUMENT after scwkms_decryptor_finish()
///
/// Pointers: `decryptor` must be NULL or a decryptor that was not freed and that no other thread uses, `message` NULL or
/// valid for reading `message_len` bytes; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_decryptor_update(
    decryptor: *mut ScwkmsDecryptor,
    message: *const u8,
    message_len: usize,
    plaintext: *mut ScwkmsBuffer,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a decryptor that only this call uses, and valid bytes.
        let (decryptor, message) = unsafe {
            (
                exclusive(decryptor, "decryptor")?,
                input::bytes(message, message_len, "message")?,
            )
        };
        let plaintext = OutPointer::required(plaintext, "plaintext")?;
        let decryptor = decryptor.decryptor.as_mut().ok_or_else(finished)?;
        let mut made = decryptor.update(message)?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { plaintext.write(ScwkmsBuffer::new(std::mem::take(&mut *made))) };
        Ok(())
    })
}

/// Decrypts the last segment. Success means that the message is complete. It never blocks.
///
/// @param decryptor  a decryptor, which only scwkms_decryptor_free() accepts afterwards
/// @param plaintext  receives the last bytes of the plaintext, to be freed with scwkms_buffer_free(), which wipes it
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_INTEGRITY if the message is truncated or its last segment was modified;
///         SCWKMS_ERROR_INVALID_ARGUMENT for the second call
///
/// Pointers: as for scwkms_decryptor_update().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_decryptor_finish(
    decryptor: *mut ScwkmsDecryptor,
    plaintext: *mut ScwkmsBuffer,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a decryptor that only this call uses.
        let decryptor = unsafe { exclusive(decryptor, "decryptor") }?;
        let plaintext = OutPointer::required(plaintext, "plaintext")?;
        let mut made = decryptor.decryptor.take().ok_or_else(finished)?.finish()?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { plaintext.write(ScwkmsBuffer::new(std::mem::take(&mut *made))) };
        Ok(())
    })
}

/// Frees a decryptor and wipes its key.
///
/// @param decryptor  a decryptor, or NULL
///
/// Pointers: `decryptor` must be NULL or a decryptor that was not freed and that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_decryptor_free(decryptor: *mut ScwkmsDecryptor) {
    // SAFETY: the caller promises a decryptor that this library allocated and that was not freed, or NULL.
    catch_panic((), || unsafe { free_boxed(decryptor) });
}

/// The object of a caller, for the duration of a call.
///
/// # Safety
/// The pointer must be NULL or valid, and nothing else may use the object during `'a`.
unsafe fn exclusive<'a, T>(pointer: *mut T, name: &str) -> Result<&'a mut T> {
    let pointer = NonNull::new(pointer).ok_or_else(|| {
        Error::new(
            ErrorKind::InvalidArgument,
            format!("the argument {name} is NULL"),
        )
    })?;
    // SAFETY: it is not NULL, and the caller of this function promises the rest.
    Ok(unsafe { &mut *pointer.as_ptr() })
}

/// A cache of the client. NULL means none.
///
/// # Safety
/// The pointer must be NULL or a cache that is not freed during `'a`.
unsafe fn cache_of<'a>(
    client: &Arc<Client>,
    cache: *const ScwkmsDataKeyCache,
) -> Result<Option<&'a DataKeyCache>> {
    // SAFETY: the caller of this function promises this.
    match unsafe { cache.as_ref() } {
        Some(cache) if !Arc::ptr_eq(cache.cache.client(), client) => Err(Error::new(
            ErrorKind::InvalidArgument,
            "the data key cache was created for another client",
        )),
        cache => Ok(cache.map(|cache| &cache.cache)),
    }
}

fn finished() -> Error {
    Error::new(
        ErrorKind::InvalidArgument,
        "the message is finished; create a new object for another message",
    )
}
