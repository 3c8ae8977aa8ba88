//! scwkms_error and its codes.

use std::ffi::{CString, c_char};

use super::owned::free_boxed;
use super::panic::catch_panic;
use super::text::{c_string, read, text_of};
use crate::error::Error;

/// Success.
pub const SCWKMS_OK: i32 = 0;
/// An invalid argument: NULL for a required one, a malformed key reference, a digest of the wrong length, or an argument
/// that the service rejected.
pub const SCWKMS_ERROR_INVALID_ARGUMENT: i32 = 1;
/// A handle that is zero, was freed, is closed, or is not of the required kind.
pub const SCWKMS_ERROR_INVALID_HANDLE: i32 = 2;
/// Invalid settings: a missing credential, an unknown profile, a malformed file.
pub const SCWKMS_ERROR_CONFIGURATION: i32 = 3;
/// The service does not know the credentials.
pub const SCWKMS_ERROR_AUTHENTICATION: i32 = 4;
/// The credentials do not permit the operation.
pub const SCWKMS_ERROR_PERMISSION_DENIED: i32 = 5;
/// The key does not exist.
pub const SCWKMS_ERROR_NOT_FOUND: i32 = 6;
/// A resource of this name exists already.
pub const SCWKMS_ERROR_ALREADY_EXISTS: i32 = 7;
/// An algorithm or option that the service, the key or this library does not support.
pub const SCWKMS_ERROR_UNSUPPORTED: i32 = 8;
/// The key's state does not permit the operation: disabled, scheduled for deletion, without key material, protected or
/// locked.
pub const SCWKMS_ERROR_KEY_STATE: i32 = 9;
/// Too many requests, or an exhausted quota.
pub const SCWKMS_ERROR_RATE_LIMITED: i32 = 10;
/// The service failed (HTTP status 5xx).
pub const SCWKMS_ERROR_UNAVAILABLE: i32 = 11;
/// The deadline passed, or the service responded with HTTP status 408.
pub const SCWKMS_ERROR_TIMEOUT: i32 = 12;
/// A failure of DNS, TCP, TLS or a proxy, or a connection that broke.
pub const SCWKMS_ERROR_NETWORK: i32 = 13;
/// A response that is malformed, too large, or a redirect.
pub const SCWKMS_ERROR_PROTOCOL: i32 = 14;
/// A signature or key id in a response that does not match the request, or an encrypted message that was modified or
/// truncated.
pub const SCWKMS_ERROR_INTEGRITY: i32 = 15;
/// The operation was cancelled.
pub const SCWKMS_ERROR_CANCELLED: i32 = 16;
/// A defect of the library. It was caught, and does not affect the program otherwise.
pub const SCWKMS_ERROR_INTERNAL: i32 = 17;

/// The description of a failure. It is read with the functions scwkms_error_*().
///
/// A function that fails creates one and writes its address to `*error`, unless `error` is NULL. On success nothing is
/// written. What `*error` contained before is neither read nor freed, so initialise the variable with NULL. The caller
/// owns the error and frees it with scwkms_error_free(). Any number of threads may read it at once.
pub struct ScwkmsError {
    code: i32,
    http_status: i32,
    message: CString,
    request_id: CString,
}

impl ScwkmsError {
    pub(super) fn new(error: &Error) -> Self {
        Self {
            code: error.kind() as i32,
            http_status: error.http_status().map_or(0, i32::from),
            message: c_string(&error.to_string()),
            request_id: c_string(error.request_id().unwrap_or_default()),
        }
    }
}

/// The error's code: one of SCWKMS_ERROR_*, the same as the function returned.
///
/// @param error  an error, or NULL
/// @return the code; SCWKMS_OK for NULL
///
/// Pointers: `error` must be NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_error_code(error: *const ScwkmsError) -> i32 {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { read(error, SCWKMS_OK, |error| error.code) }
}

/// The HTTP status of the response that caused the error.
///
/// @param error  an error, or NULL
/// @return the status; 0 if there was no response, and for NULL
///
/// Pointers: `error` must be NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_error_http_status(error: *const ScwkmsError) -> i32 {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { read(error, 0, |error| error.http_status) }
}

/// The error's message for people, in one line of UTF-8: what failed, on which key and region, the service's
/// explanation, and what to do next. It never contains a credential or a plaintext. Its wording may change; the code
/// does not.
///
/// @param error  an error, or NULL
/// @return the message, valid until the error is freed; never NULL; "" for NULL
///
/// Pointers: `error` must be NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_error_message(error: *const ScwkmsError) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_of(error, |error| &error.message) }
}

/// The service's X-Request-Id, which its support asks for.
///
/// @param error  an error, or NULL
/// @return the request id, valid until the error is freed; never NULL; "" if there is none, and for NULL
///
/// Pointers: `error` must be NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_error_request_id(error: *const ScwkmsError) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_of(error, |error| &error.request_id) }
}

/// Frees an error. Its texts become invalid.
///
/// @param error  an error, or NULL
///
/// Pointers: `error` must be NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_error_free(error: *mut ScwkmsError) {
    // SAFETY: the caller promises an error that guard() created and that was not freed, or NULL.
    catch_panic((), || unsafe { free_boxed(error) });
}
