//! Places for results and errors, and what must hold for what is written there.

use std::ffi::{CStr, c_char};
use std::ptr;

use scwkms::ffi::*;

/// A place for an error, or NULL, and what the call must have left there.
pub struct ErrorPlace {
    error: ScwkmsError,
    given: bool,
}

impl ErrorPlace {
    pub fn new(given: bool) -> Self {
        let error = ScwkmsError {
            code: -1,
            http_status: -1,
            message: ptr::null_mut(),
            request_id: ptr::null_mut(),
        };
        Self { error, given }
    }

    pub fn pointer(&mut self) -> *mut ScwkmsError {
        match self.given {
            true => &mut self.error,
            false => ptr::null_mut(),
        }
    }

    /// Whatever error there is, one was written.
    pub fn check_any(self) {
        let code = self.error.code;
        assert_ne!(code, SCWKMS_OK);
        self.check(code);
    }

    /// An error where the call failed, nothing where it did not; never a defect of the library.
    pub fn check(mut self, code: i32) {
        assert!(
            (SCWKMS_OK..SCWKMS_ERROR_INTERNAL).contains(&code),
            "code {code}"
        );
        if !self.given || code == SCWKMS_OK {
            assert_eq!(self.error.code, -1, "written without need");
            assert!(self.error.message.is_null());
            return;
        }
        assert_eq!(self.error.code, code);
        assert!(matches!(self.error.http_status, 0 | 100..=999));
        let message = text(self.error.message);
        assert!(!message.is_empty() && !message.chars().any(char::is_control));
        assert!(!message.contains(super::calls::SECRET), "{message}");
        // SAFETY: written by the library; the second time it is zeroed.
        unsafe {
            scwkms_error_free(&mut self.error);
            scwkms_error_free(&mut self.error);
        }
        assert!(self.error.message.is_null() && self.error.code == SCWKMS_OK);
    }
}

/// A place for bytes, or NULL.
pub struct BufferPlace {
    buffer: ScwkmsBuffer,
    given: bool,
}

impl BufferPlace {
    pub fn new(given: bool) -> Self {
        let buffer = ScwkmsBuffer {
            data: ptr::null_mut(),
            len: usize::MAX,
        };
        Self { buffer, given }
    }

    pub fn pointer(&mut self) -> *mut ScwkmsBuffer {
        match self.given {
            true => &mut self.buffer,
            false => ptr::null_mut(),
        }
    }

    /// The bytes where the call succeeded; nothing was written where it did not.
    pub fn take(mut self, code: i32) -> Option<Vec<u8>> {
        if code != SCWKMS_OK {
            assert!(self.buffer.data.is_null() && self.buffer.len == usize::MAX);
            return None;
        }
        assert!(self.given && !self.buffer.data.is_null());
        // SAFETY: written by the library; the second time it is zeroed.
        unsafe {
            let bytes = std::slice::from_raw_parts(self.buffer.data, self.buffer.len).to_vec();
            scwkms_buffer_free(&mut self.buffer);
            scwkms_buffer_free(&mut self.buffer);
            assert!(self.buffer.data.is_null() && self.buffer.len == 0);
            Some(bytes)
        }
    }
}

/// Looks at a key's metadata, and frees it.
pub fn take_key(mut key: ScwkmsKey) {
    look_at(&key);
    // SAFETY: written by the library; the second time it is zeroed.
    unsafe {
        scwkms_key_free(&mut key);
        scwkms_key_free(&mut key);
    }
    assert!(key.uri.is_null());
}

/// Looks at a list of keys, and frees it.
pub fn take_list(mut list: ScwkmsKeyList) {
    // SAFETY: written by the library; the second time it is zeroed.
    unsafe {
        if list.len > 0 {
            let keys = std::slice::from_raw_parts(list.keys, list.len);
            keys.iter().for_each(look_at);
        }
        scwkms_key_list_free(&mut list);
        scwkms_key_list_free(&mut list);
    }
    assert!(list.keys.is_null() && list.len == 0);
}

fn look_at(key: &ScwkmsKey) {
    let uri = text(key.uri);
    assert_eq!(
        uri,
        format!("scwkms:key-id={};region={}", text(key.id), text(key.region))
    );
    for other in [
        key.project_id,
        key.name,
        key.usage,
        key.algorithm_name,
        key.state,
    ] {
        text(other);
    }
    text(key.protection_level);
    text(key.created_at);
}

fn text(pointer: *mut c_char) -> String {
    assert!(!pointer.is_null());
    // SAFETY: a string of the library's that is not freed yet.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str().expect("UTF-8").to_owned()
}
