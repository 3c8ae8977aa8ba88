//! Lists that the caller of the C ABI reads by index.

use std::ffi::{CStr, c_char};

use super::text::read;

/// A list of items.
pub(super) trait List {
    type Item;

    fn items(&self) -> &[Self::Item];
}

/// The number of items; 0 for NULL.
///
/// # Safety
/// `list` must be NULL or a list that was not freed.
pub(super) unsafe fn len<L: List>(list: *const L) -> usize {
    // SAFETY: passed on from the caller of this function.
    unsafe { read(list, 0, |list| list.items().len()) }
}

/// A text of an item, or "". It is valid until the list is freed.
///
/// # Safety
/// `list` must be NULL or a list that was not freed.
pub(super) unsafe fn text_at<L: List>(
    list: *const L,
    index: usize,
    text: impl FnOnce(&L::Item) -> &CStr,
) -> *const c_char {
    // SAFETY: passed on from the caller of this function.
    unsafe { value_at(list, index, c"".as_ptr(), |item| text(item).as_ptr()) }
}

/// A value of an item, or the default.
///
/// # Safety
/// `list` must be NULL or a list that was not freed.
pub(super) unsafe fn value_at<L: List, V: Copy>(
    list: *const L,
    index: usize,
    default: V,
    value: impl FnOnce(&L::Item) -> V,
) -> V {
    // SAFETY: passed on from the caller of this function.
    unsafe {
        read(list, default, |list| {
            list.items().get(index).map_or(default, value)
        })
    }
}
