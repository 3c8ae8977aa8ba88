//! What can be checked without a server. The C programs in tests/c do the rest.

use std::ffi::{CStr, CString};
use std::ptr;

use super::blocking::scwkms_sign;
use super::boundary::guard;
use super::buffer::{ScwkmsBuffer, scwkms_buffer_free};
use super::client::{scwkms_free, scwkms_open, scwkms_validate_name};
use super::error::*;
use crate::error::{Error, ErrorKind};

/// Takes the message of an error and frees the error.
fn take_message(error: *mut ScwkmsError) -> String {
    assert!(!error.is_null());
    // SAFETY: a failed call created the error, and this is its last use.
    unsafe {
        let message = CStr::from_ptr(scwkms_error_message(error));
        let message = message.to_string_lossy().into_owned();
        scwkms_error_free(error);
        message
    }
}

#[test]
fn the_codes_are_the_kinds() {
    for (code, kind) in [
        (SCWKMS_ERROR_INVALID_ARGUMENT, ErrorKind::InvalidArgument),
        (SCWKMS_ERROR_INVALID_HANDLE, ErrorKind::InvalidHandle),
        (SCWKMS_ERROR_CONFIGURATION, ErrorKind::Configuration),
        (SCWKMS_ERROR_AUTHENTICATION, ErrorKind::Authentication),
        (SCWKMS_ERROR_PERMISSION_DENIED, ErrorKind::PermissionDenied),
        (SCWKMS_ERROR_NOT_FOUND, ErrorKind::NotFound),
        (SCWKMS_ERROR_ALREADY_EXISTS, ErrorKind::AlreadyExists),
        (SCWKMS_ERROR_UNSUPPORTED, ErrorKind::Unsupported),
        (SCWKMS_ERROR_KEY_STATE, ErrorKind::KeyState),
        (SCWKMS_ERROR_RATE_LIMITED, ErrorKind::RateLimited),
        (SCWKMS_ERROR_UNAVAILABLE, ErrorKind::Unavailable),
        (SCWKMS_ERROR_TIMEOUT, ErrorKind::Timeout),
        (SCWKMS_ERROR_NETWORK, ErrorKind::Network),
        (SCWKMS_ERROR_PROTOCOL, ErrorKind::Protocol),
        (SCWKMS_ERROR_INTEGRITY, ErrorKind::Integrity),
        (SCWKMS_ERROR_CANCELLED, ErrorKind::Cancelled),
        (SCWKMS_ERROR_INTERNAL, ErrorKind::Internal),
    ] {
        assert_eq!(guard(ptr::null_mut(), || Err(Error::new(kind, ""))), code);
    }
}

#[test]
fn a_panic_stops_at_the_boundary() {
    let mut error = ptr::null_mut();
    assert_eq!(
        guard(&mut error, || panic!("on purpose")),
        SCWKMS_ERROR_INTERNAL
    );
    assert!(take_message(error).contains("on purpose"));
}

#[test]
fn no_error_is_empty() {
    // SAFETY: NULL is allowed.
    unsafe {
        assert_eq!(scwkms_error_code(ptr::null()), SCWKMS_OK);
        assert_eq!(scwkms_error_http_status(ptr::null()), 0);
        assert_eq!(CStr::from_ptr(scwkms_error_message(ptr::null())), c"");
        assert_eq!(CStr::from_ptr(scwkms_error_request_id(ptr::null())), c"");
        scwkms_error_free(ptr::null_mut());
    }
}

#[test]
fn an_error_may_contain_a_nul() {
    let mut error = ptr::null_mut();
    guard(&mut error, || Err(Error::new(ErrorKind::Protocol, "a\0b")));
    assert_eq!(take_message(error), "a b");
}

#[test]
fn buffers_are_freed_once() {
    let mut bytes = Vec::with_capacity(10);
    bytes.extend_from_slice(&[1, 2, 3]);
    for bytes in [bytes, Vec::new(), vec![7; 100]] {
        let mut buffer = ScwkmsBuffer::new(bytes);
        assert!(!buffer.data.is_null());
        // SAFETY: made by the library, then zeroed by it.
        unsafe {
            scwkms_buffer_free(&mut buffer);
            scwkms_buffer_free(&mut buffer);
        }
        assert!(buffer.data.is_null() && buffer.len == 0);
    }
}

#[test]
fn wrong_handles_are_errors() {
    for client in [0, 1, u64::MAX, 0x0001_0002_0003_0004] {
        let mut error = ptr::null_mut();
        let key = c"8a83f62f-2b00-4e17-9bef-bc10faef3098".as_ptr();
        let mut signature = ScwkmsBuffer {
            data: ptr::dangling_mut(),
            len: 77,
        };
        // SAFETY: the pointers are valid. The handle is invalid.
        let code = unsafe {
            scwkms_sign(
                client,
                key,
                0,
                [0; 32].as_ptr(),
                32,
                &mut signature,
                &mut error,
            )
        };
        assert_eq!(code, SCWKMS_ERROR_INVALID_HANDLE);
        assert_eq!(signature.len, 77, "an output was written on failure");
        assert!(!take_message(error).is_empty());
        scwkms_free(client);
    }
}

#[test]
fn a_malformed_uri_opens_nothing() {
    let mut error = ptr::null_mut();
    let uri = CString::new("scwkms:reigon=fr-par").expect("no NUL");
    // SAFETY: valid pointers.
    unsafe {
        assert_eq!(scwkms_open(uri.as_ptr(), &mut error), 0);
        assert!(take_message(error).contains("did you mean region?"));
        assert_eq!(scwkms_open(uri.as_ptr(), ptr::null_mut()), 0);
        assert_eq!(
            scwkms_validate_name(c"\xff".as_ptr(), ptr::null_mut()),
            SCWKMS_ERROR_INVALID_ARGUMENT
        );
        assert_eq!(
            scwkms_validate_name(ptr::null(), ptr::null_mut()),
            SCWKMS_ERROR_INVALID_ARGUMENT
        );
        assert_eq!(
            scwkms_validate_name(c"scwkms:region=fr-par".as_ptr(), ptr::null_mut()),
            SCWKMS_OK
        );
    }
}
