//! Texts and other values of the objects that the library hands out.

use std::ffi::{CStr, CString, c_char};

/// A NUL-terminated copy. A NUL inside the text becomes a space.
pub(super) fn c_string(text: &str) -> CString {
    let clean: Vec<u8> = text
        .bytes()
        .map(|b| if b == 0 { b' ' } else { b })
        .collect();
    CString::new(clean).unwrap_or_default()
}

/// A text of an object, valid as long as the object. For NULL the text is empty.
///
/// # Safety
/// `object` must be NULL or valid for reading, and must not be changed or freed as long as the text is used.
pub(super) unsafe fn text_of<T>(object: *const T, text: impl FnOnce(&T) -> &CStr) -> *const c_char {
    // SAFETY: passed on from the caller of this function.
    unsafe { read(object, c"".as_ptr(), |object| text(object).as_ptr()) }
}

/// A value of an object. For NULL it is the default. `value` only reads fields, so it cannot panic.
///
/// # Safety
/// `object` must be NULL or valid for reading.
pub(super) unsafe fn read<T, V: Copy>(
    object: *const T,
    default: V,
    value: impl FnOnce(&T) -> V,
) -> V {
    // SAFETY: the caller promises that a pointer other than NULL is valid for reading. Objects never change after they
    // were handed out.
    match unsafe { object.as_ref() } {
        Some(object) => value(object),
        None => default,
    }
}
