//! Where the library writes results and errors, and the rules for writing there.

use std::ffi::{CStr, c_char};
use std::ptr;

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use scwkms::ffi::*;

use super::service::SECRET;

/// Whether a call passes an output or NULL. Most calls pass it.
fn is_passed(input: &mut Unstructured<'_>) -> Result<bool> {
    Ok(u8::arbitrary(input)? % 4 != 3)
}

/// A pointer for the library to write, or NULL. Its first value must be neither read nor freed.
pub struct Pointer<T> {
    value: *mut T,
    passed: bool,
}

impl<T> Pointer<T> {
    pub fn new(passed: bool) -> Self {
        Self {
            value: Self::unwritten(),
            passed,
        }
    }

    pub fn read(input: &mut Unstructured<'_>) -> Result<Self> {
        is_passed(input).map(Self::new)
    }

    fn unwritten() -> *mut T {
        ptr::without_provenance_mut(1)
    }

    pub fn pointer(&mut self) -> *mut *mut T {
        match self.passed {
            true => &mut self.value,
            false => ptr::null_mut(),
        }
    }

    /// The result of a successful call. A failed call must not write.
    pub fn take(self, code: i32) -> Option<*mut T> {
        if code != SCWKMS_OK {
            assert!(self.value == Self::unwritten(), "written on failure");
            return None;
        }
        assert!(self.passed && !self.value.is_null());
        assert!(self.value != Self::unwritten(), "not written");
        Some(self.value)
    }
}

pub type ErrorOutput = Pointer<ScwkmsError>;

impl Pointer<ScwkmsError> {
    /// A failed call writes an error, a successful call does not. No error is an internal one.
    pub fn check(self, code: i32) {
        assert!(
            (SCWKMS_OK..SCWKMS_ERROR_INTERNAL).contains(&code),
            "code {code}"
        );
        if !self.passed || code == SCWKMS_OK {
            assert!(self.value == Self::unwritten(), "written on success");
            return;
        }
        // SAFETY: the library wrote this error, and it was not freed yet.
        unsafe {
            check_error(self.value, code);
            scwkms_error_free(self.value);
        }
    }

    /// As `check`, for a call that failed with any code.
    pub fn check_any(self) {
        assert!(self.passed && self.value != Self::unwritten());
        // SAFETY: the library wrote this error, and it was not freed yet.
        let code = unsafe { scwkms_error_code(self.value) };
        assert_ne!(code, SCWKMS_OK);
        self.check(code);
    }
}

/// # Safety
///
/// The error is valid.
unsafe fn check_error(error: *const ScwkmsError, code: i32) {
    // SAFETY: the caller promises it.
    unsafe {
        assert_eq!(scwkms_error_code(error), code);
        assert!(matches!(scwkms_error_http_status(error), 0 | 100..=999));
        let message = text(scwkms_error_message(error));
        assert!(!message.is_empty() && !message.chars().any(char::is_control));
        assert!(!message.contains(SECRET), "{message}");
        text(scwkms_error_request_id(error));
    }
}

/// The accessors accept NULL, which means success.
pub fn check_null_error() {
    let error = ptr::null_mut();
    // SAFETY: NULL is allowed.
    unsafe {
        assert_eq!(scwkms_error_code(error), SCWKMS_OK);
        assert_eq!(scwkms_error_http_status(error), 0);
        assert_eq!(text(scwkms_error_message(error)), "");
        assert_eq!(text(scwkms_error_request_id(error)), "");
        scwkms_error_free(error);
    }
}

/// A buffer for the library to write, or NULL.
pub struct BufferOutput {
    buffer: ScwkmsBuffer,
    passed: bool,
}

impl BufferOutput {
    pub fn new(passed: bool) -> Self {
        let buffer = ScwkmsBuffer {
            data: ptr::null_mut(),
            len: usize::MAX,
        };
        Self { buffer, passed }
    }

    pub fn read(input: &mut Unstructured<'_>) -> Result<Self> {
        is_passed(input).map(Self::new)
    }

    pub fn pointer(&mut self) -> *mut ScwkmsBuffer {
        match self.passed {
            true => &mut self.buffer,
            false => ptr::null_mut(),
        }
    }

    /// As `take`, for an output that may be NULL.
    pub fn take_optional(self, code: i32) -> Option<Vec<u8>> {
        match self.passed {
            true => self.take(code),
            false => None,
        }
    }

    /// The bytes of a successful call. A failed call must not write.
    pub fn take(mut self, code: i32) -> Option<Vec<u8>> {
        if code != SCWKMS_OK {
            assert!(self.buffer.data.is_null() && self.buffer.len == usize::MAX);
            return None;
        }
        assert!(self.passed && !self.buffer.data.is_null());
        // SAFETY: the library wrote the buffer. The first call of free zeroes it.
        unsafe {
            let bytes = std::slice::from_raw_parts(self.buffer.data, self.buffer.len).to_vec();
            scwkms_buffer_free(&mut self.buffer);
            scwkms_buffer_free(&mut self.buffer);
            assert!(self.buffer.data.is_null() && self.buffer.len == 0);
            Some(bytes)
        }
    }
}

/// A text of the library's.
///
/// # Safety
///
/// The pointer is a string that was not freed, or NULL.
pub unsafe fn text(pointer: *const c_char) -> String {
    assert!(!pointer.is_null());
    // SAFETY: the caller promises it.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str().expect("UTF-8").to_owned()
}
