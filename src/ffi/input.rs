//! Arguments from C.

use std::ffi::{CStr, c_char};

use crate::algorithm::Algorithm;
use crate::error::{Error, ErrorKind, Result};

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

/// A text that must be given.
///
/// # Safety
/// A pointer other than NULL must lead to a NUL-terminated string that stays unchanged for `'a`.
pub(super) unsafe fn text<'a>(pointer: *const c_char, name: &str) -> Result<&'a str> {
    if pointer.is_null() {
        return Err(invalid(format!("the argument {name} is NULL")));
    }
    // SAFETY: it is not NULL, and the caller of this function vouches for the rest.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str()
        .map_err(|_| invalid(format!("the argument {name} is not UTF-8")))
}

/// A text that may be NULL, which is as good as empty.
///
/// # Safety
/// As for [`text`].
pub(super) unsafe fn optional_text<'a>(pointer: *const c_char, name: &str) -> Result<&'a str> {
    if pointer.is_null() {
        return Ok("");
    }
    // SAFETY: passed on from the caller of this function.
    unsafe { text(pointer, name) }
}

/// A run of bytes; (NULL, 0) is an empty one.
///
/// # Safety
/// A pointer other than NULL must lead to `len` readable bytes that stay unchanged for `'a`.
pub(super) unsafe fn bytes<'a>(pointer: *const u8, len: usize, name: &str) -> Result<&'a [u8]> {
    if len == 0 {
        return Ok(&[]);
    }
    if pointer.is_null() {
        return Err(invalid(format!(
            "the argument {name} is NULL, but its length is {len}"
        )));
    }
    if len > isize::MAX as usize {
        return Err(invalid(format!(
            "the argument {name} cannot have {len} bytes"
        )));
    }
    // SAFETY: not NULL, not longer than a slice may be, and the caller vouches for the bytes.
    Ok(unsafe { std::slice::from_raw_parts(pointer, len) })
}

/// An algorithm's number; 0 leaves the choice to the key.
pub(super) fn algorithm(code: u32) -> Result<Option<Algorithm>> {
    match code {
        0 => Ok(None),
        code => Algorithm::from_code(code).map(Some).ok_or_else(|| {
            invalid(format!(
                "{code} is no algorithm's number; see SCWKMS_ALGORITHM_*"
            ))
        }),
    }
}
