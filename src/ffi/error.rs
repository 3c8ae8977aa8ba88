//! scwkms_error and its codes.

use std::ffi::{CString, c_char};
use std::ptr;

use super::boundary::quietly;
use crate::error::Error;

/// Success.
pub const SCWKMS_OK: i32 = 0;
/// An argument that can never be right: NULL where something is needed, a malformed key
/// reference, a digest of the wrong length, or one that the service refused.
pub const SCWKMS_ERROR_INVALID_ARGUMENT: i32 = 1;
/// A client that is zero, was freed, or was never opened.
pub const SCWKMS_ERROR_INVALID_HANDLE: i32 = 2;
/// Settings that cannot be used: a missing credential, an unknown profile, a malformed file.
pub const SCWKMS_ERROR_CONFIGURATION: i32 = 3;
/// The service does not know the credentials.
pub const SCWKMS_ERROR_AUTHENTICATION: i32 = 4;
/// The credentials are known, but may not do this.
pub const SCWKMS_ERROR_PERMISSION_DENIED: i32 = 5;
/// No such key.
pub const SCWKMS_ERROR_NOT_FOUND: i32 = 6;
/// A resource of that name exists already.
pub const SCWKMS_ERROR_ALREADY_EXISTS: i32 = 7;
/// An algorithm or option that the service, the key or this library does not offer.
pub const SCWKMS_ERROR_UNSUPPORTED: i32 = 8;
/// The key's state forbids it: disabled, scheduled for deletion, without material, protected or
/// locked.
pub const SCWKMS_ERROR_KEY_STATE: i32 = 9;
/// Too many requests, or a quota is used up.
pub const SCWKMS_ERROR_RATE_LIMITED: i32 = 10;
/// The service failed (HTTP 5xx).
pub const SCWKMS_ERROR_UNAVAILABLE: i32 = 11;
/// The deadline passed.
pub const SCWKMS_ERROR_TIMEOUT: i32 = 12;
/// No connection: DNS, TCP, TLS, a proxy, or a connection that broke.
pub const SCWKMS_ERROR_NETWORK: i32 = 13;
/// An answer that makes no sense.
pub const SCWKMS_ERROR_PROTOCOL: i32 = 14;
/// A signature or key id that does not match the request.
pub const SCWKMS_ERROR_INTEGRITY: i32 = 15;
/// The operation was given up on request.
pub const SCWKMS_ERROR_CANCELLED: i32 = 16;
/// A defect of the library, caught before it could harm the program.
pub const SCWKMS_ERROR_INTERNAL: i32 = 17;

/// What went wrong. Written by a function that fails, and by no other; its former content is never
/// read, so free it (or zero it) before it is used again.
///
/// Initialise it with `= {0}`, and free it with scwkms_error_free(), which is fine for one that
/// was never written. It belongs to the caller and may be read by any thread.
#[repr(C)]
pub struct ScwkmsError {
    /// One of SCWKMS_ERROR_*; the same as the function returned.
    pub code: i32,
    /// HTTP status of the answer that caused the error, 0 where none came.
    pub http_status: i32,
    /// What failed, on which key and region, what the service said and what to do next, in one
    /// line of UTF-8 for a person. It never holds a credential or a plaintext. Its wording may
    /// change; the code does not.
    pub message: *mut c_char,
    /// The service's X-Request-Id, to quote to its support, or NULL.
    pub request_id: *mut c_char,
}

impl ScwkmsError {
    pub(super) fn new(error: &Error) -> Self {
        Self {
            code: error.kind() as i32,
            http_status: error.http_status().map_or(0, i32::from),
            message: string(&error.to_string()),
            request_id: error.request_id().map_or(ptr::null_mut(), string),
        }
    }

    const EMPTY: Self = Self {
        code: SCWKMS_OK,
        http_status: 0,
        message: ptr::null_mut(),
        request_id: ptr::null_mut(),
    };
}

/// A NUL-terminated copy, to be freed by [`free_string`]. A NUL inside becomes a space.
pub(super) fn string(text: &str) -> *mut c_char {
    let clean: Vec<u8> = text
        .bytes()
        .map(|b| if b == 0 { b' ' } else { b })
        .collect();
    CString::new(clean).unwrap_or_default().into_raw()
}

/// Frees what [`string`] made; NULL is fine.
///
/// # Safety
/// The pointer must be NULL or come from [`string`], and be freed once.
pub(super) unsafe fn free_string(pointer: *mut c_char) {
    if !pointer.is_null() {
        // SAFETY: the caller vouches that it came from CString::into_raw and is freed once.
        drop(unsafe { CString::from_raw(pointer) });
    }
}

/// Frees an error's texts and zeroes it. NULL, a zeroed one and a second call are fine.
///
/// @param error  an error that was zeroed or written by this library, or NULL
///
/// Pointers: the pointer must be NULL or valid for reading and writing one scwkms_error that was zeroed or
/// written by this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_error_free(error: *mut ScwkmsError) {
    if error.is_null() {
        return;
    }
    quietly(|| {
        // SAFETY: not NULL, and the caller vouches for the rest. Zeroing it in the same step makes
        // a second call harmless.
        let ScwkmsError {
            message,
            request_id,
            ..
        } = unsafe { error.replace(ScwkmsError::EMPTY) };
        // SAFETY: this library's strings, or NULL; nothing refers to them any more.
        unsafe {
            free_string(message);
            free_string(request_id);
        }
    });
}
