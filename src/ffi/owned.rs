//! Heap values that the caller of the C ABI owns.

/// Moves a value to the heap. [`free_boxed`] frees it.
pub(super) fn into_raw<T>(value: T) -> *mut T {
    Box::into_raw(Box::new(value))
}

/// Frees a value that [`into_raw`] created. NULL is allowed.
///
/// # Safety
/// The pointer must be NULL or come from [`into_raw`], and must not be used again.
pub(super) unsafe fn free_boxed<T>(pointer: *mut T) {
    if !pointer.is_null() {
        // SAFETY: the caller promises that the pointer came from Box::into_raw and that this is its last use.
        drop(unsafe { Box::from_raw(pointer) });
    }
}
