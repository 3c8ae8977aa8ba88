//! Arguments from C.

use std::ffi::{CStr, c_char};

use super::protection_level::{
    SCWKMS_PROTECTION_LEVEL_HSM, SCWKMS_PROTECTION_LEVEL_SOFTWARE,
    SCWKMS_PROTECTION_LEVEL_UNSPECIFIED,
};
use crate::algorithm::Algorithm;
use crate::client::{ProtectionLevel, WrappingAlgorithm};
use crate::error::{Error, ErrorKind, Result};

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

/// A required text.
///
/// # Safety
/// A pointer other than NULL must point to a NUL-terminated string that does not change during `'a`.
pub(super) unsafe fn text<'a>(pointer: *const c_char, name: &str) -> Result<&'a str> {
    if pointer.is_null() {
        return Err(invalid(format!("the argument {name} is NULL")));
    }
    // SAFETY: it is not NULL, and the caller of this function promises the rest.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str()
        .map_err(|_| invalid(format!("the argument {name} is not UTF-8")))
}

/// An optional text. NULL means empty.
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

/// A slice of bytes. (NULL, 0) is an empty slice.
///
/// # Safety
/// A pointer other than NULL must point to `len` readable bytes that do not change during `'a`.
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
    // SAFETY: it is not NULL, not longer than a slice may be, and the caller promises that the bytes are readable.
    Ok(unsafe { std::slice::from_raw_parts(pointer, len) })
}

/// An algorithm's number; 0 means that none is specified.
pub(super) fn algorithm(code: u32) -> Result<Option<Algorithm>> {
    match code {
        0 => Ok(None),
        code => Algorithm::from_code(code).map(Some).ok_or_else(|| {
            invalid(format!(
                "{code} is not an algorithm's number; see SCWKMS_ALGORITHM_*"
            ))
        }),
    }
}

/// A protection level's number; 0 leaves the choice to the URI and the service.
pub(super) fn protection_level(number: u32) -> Result<Option<ProtectionLevel>> {
    match number {
        SCWKMS_PROTECTION_LEVEL_UNSPECIFIED => Ok(None),
        SCWKMS_PROTECTION_LEVEL_SOFTWARE => Ok(Some(ProtectionLevel::Software)),
        SCWKMS_PROTECTION_LEVEL_HSM => Ok(Some(ProtectionLevel::Hsm)),
        _ => Err(invalid(format!(
            "{number} is not a protection level's number; see SCWKMS_PROTECTION_LEVEL_*"
        ))),
    }
}

/// A wrapping algorithm's number.
pub(super) fn wrapping_algorithm(number: u32) -> Result<WrappingAlgorithm> {
    WrappingAlgorithm::from_code(number).ok_or_else(|| {
        invalid(format!(
            "{number} is not a wrapping algorithm's number; see SCWKMS_WRAPPING_*"
        ))
    })
}

/// The index of a rotation; -1 means the newest one.
pub(super) fn rotation_index(index: i64) -> Result<Option<u32>> {
    match index {
        -1 => Ok(None),
        index => u32::try_from(index)
            .map(Some)
            .map_err(|_| invalid(format!("{index} is not the index of a rotation"))),
    }
}
