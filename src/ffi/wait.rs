//! Takes the results of operations, and cancels operations.

use std::time::Duration;

use super::async_options::scwkms_operation;
use super::boundary::{OutPointer, guard};
use super::buffer::ScwkmsBuffer;
use super::error::ScwkmsError;
use super::key::ScwkmsKey;
use super::key_list::ScwkmsKeyList;
use super::operation_registry;
use super::panic::catch_panic;
use crate::client::{self, OutputKind};
use crate::error::{Error, ErrorKind, Result};

/// Takes the result of an operation that was started by scwkms_sign_async(), scwkms_decrypt_async(),
/// scwkms_encrypt_async(), scwkms_encrypt_with_associated_data_async(), scwkms_wrap_async() or scwkms_unwrap_async(), and
/// waits for it if necessary. The operation is released. A signature is verified here, on the calling
/// thread.
///
/// If several threads wait for one operation, one gets the result, and the others get SCWKMS_ERROR_INVALID_HANDLE. When this
/// function returns, the operation's callback has returned, or is never called, unless this function is called inside the
/// callback. It waits for a callback that is running without a time limit, so the caller must not hold a lock that the
/// callback takes.
///
/// @param operation  the operation
/// @param result     receives the signature, plaintext or ciphertext, to be freed with scwkms_buffer_free(), which wipes it
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from the blocking form; SCWKMS_ERROR_CANCELLED if the operation was cancelled;
///         SCWKMS_ERROR_INVALID_ARGUMENT if this is the wrong function for the operation; the message names the right one
///
/// Pointers: NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_wait(
    operation: scwkms_operation,
    result: *mut ScwkmsBuffer,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let result = OutPointer::required(result, "result")?;
        match operation_registry::wait(operation, OutputKind::Bytes)? {
            client::Output::Bytes(mut bytes) => {
                // SAFETY: the caller promises that the pointer is valid for writing.
                unsafe { result.write(ScwkmsBuffer::new(std::mem::take(&mut *bytes))) };
                Ok(())
            }
            _ => unexpected(),
        }
    })
}

/// Takes the result of an operation that was started by scwkms_public_key_async(); see scwkms_wait().
///
/// @param operation  the operation
/// @param spki_der   receives a SubjectPublicKeyInfo in DER (RFC 5280), to be freed with scwkms_buffer_free()
/// @param algorithm  receives one of SCWKMS_ALGORITHM_*, or NULL
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_wait()
///
/// Pointers: NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_wait_public_key(
    operation: scwkms_operation,
    spki_der: *mut ScwkmsBuffer,
    algorithm: *mut u32,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let spki_der = OutPointer::required(spki_der, "spki_der")?;
        match operation_registry::wait(operation, OutputKind::PublicKey)? {
            client::Output::PublicKey(key) => {
                // SAFETY: the caller promises that both pointers are valid for writing.
                unsafe {
                    spki_der.write(ScwkmsBuffer::new(key.spki));
                    if let Some(algorithm) = OutPointer::optional(algorithm) {
                        algorithm.write(key.algorithm.code());
                    }
                }
                Ok(())
            }
            _ => unexpected(),
        }
    })
}

/// Takes the result of an operation that was started by scwkms_get_key_async(), scwkms_create_key_async(),
/// scwkms_update_key_async(), scwkms_import_key_material_async(), or an action on a key, for example
/// scwkms_rotate_key_async(); see scwkms_wait().
///
/// @param operation  the operation
/// @param key        receives the key's metadata, to be freed with scwkms_key_free()
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_wait()
///
/// Pointers: NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_wait_key(
    operation: scwkms_operation,
    key: *mut *mut ScwkmsKey,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let key = OutPointer::required(key, "key")?;
        match operation_registry::wait(operation, OutputKind::Key)? {
            client::Output::Key(info) => {
                // SAFETY: the caller promises that the pointer is valid for writing.
                unsafe { key.write_boxed(ScwkmsKey::new(&info)) };
                Ok(())
            }
            _ => unexpected(),
        }
    })
}

/// Takes the result of an operation that was started by scwkms_find_keys_async(); see scwkms_wait().
///
/// @param operation  the operation
/// @param keys       receives the list, to be freed with scwkms_key_list_free()
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_wait()
///
/// Pointers: NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_wait_key_list(
    operation: scwkms_operation,
    keys: *mut *mut ScwkmsKeyList,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let keys = OutPointer::required(keys, "keys")?;
        match operation_registry::wait(operation, OutputKind::Keys)? {
            client::Output::Keys(found) => {
                // SAFETY: the caller promises that the pointer is valid for writing.
                unsafe { keys.write_boxed(ScwkmsKeyList::new(&found)) };
                Ok(())
            }
            _ => unexpected(),
        }
    })
}

/// Takes the result of an operation that was started by scwkms_delete_key_async(), scwkms_delete_key_material_async(),
/// scwkms_verify_async(), scwkms_verify_by_service_async() or scwkms_verify_message_async(); see scwkms_wait().
///
/// @param operation  the operation
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_wait()
///
/// Pointers: NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_wait_done(
    operation: scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        operation_registry::wait(operation, OutputKind::Nothing).map(|_| ())
    })
}

/// Whether the result of an operation can be taken without waiting: the operation has ended, and its callback, if it has
/// one, has returned. Inside the operation's callback this is true. It does not block. The functions scwkms_wait*() then
/// return at once, unless another thread takes the result before.
///
/// @param operation  the operation
/// @return false for an invalid handle, also after the result was taken
#[unsafe(no_mangle)]
pub extern "C" fn scwkms_is_ready(operation: scwkms_operation) -> bool {
    catch_panic(false, || {
        operation_registry::get(operation).is_some_and(|operation| operation.is_ready())
    })
}

/// Waits until the result of an operation can be taken, as scwkms_is_ready() reports it, at most for a time limit. It takes
/// no result and does not release the operation: after any return value, a function scwkms_wait*() takes the result.
///
/// Any number of threads may wait for one operation. A callback that is running counts: this function returns after it, or
/// when the time limit ends. If a callback of any operation does not return, no result becomes available, and only
/// scwkms_wait*() returns after the operation's deadline. In a callback this function does not wait.
///
/// @param operation   the operation
/// @param timeout_ms  the time limit in milliseconds; 0 to return at once
/// @param error       receives an error, or NULL
/// @return SCWKMS_OK if the result can be taken, also if the operation failed or was cancelled; SCWKMS_ERROR_TIMEOUT if it
///         cannot be taken yet; SCWKMS_ERROR_INVALID_ARGUMENT if it cannot be taken yet, in a callback;
///         SCWKMS_ERROR_INVALID_HANDLE if the result was taken
///
/// Pointers: NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_wait_ready(
    operation: scwkms_operation,
    timeout_ms: u32,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let timeout = Duration::from_millis(u64::from(timeout_ms));
        operation_registry::find(operation)?.wait_ready(timeout)
    })
}

/// Cancels an operation, unless its result is available. scwkms_wait() then returns SCWKMS_ERROR_CANCELLED, and the
/// callback is called as usual. It is unknown whether the service processes the request. An invalid handle is ignored.
///
/// @param operation  the operation
#[unsafe(no_mangle)]
pub extern "C" fn scwkms_cancel(operation: scwkms_operation) {
    catch_panic((), || {
        if let Some(operation) = operation_registry::get(operation) {
            operation.cancel();
        }
    });
}

pub(super) fn unexpected() -> Result<()> {
    Err(Error::new(
        ErrorKind::Internal,
        "an operation has another result than it declares; please report this",
    ))
}
