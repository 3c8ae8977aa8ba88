//! Numbers of handles.

use std::sync::atomic::{AtomicUsize, Ordering};

use cryptoki_sys::CK_ULONG;

/// A sequence of handles. None is used twice, also after the module was initialized again, and none is 0, which is
/// CK_INVALID_HANDLE.
pub(crate) struct Handles(AtomicUsize);

impl Handles {
    /// The sequence after this number.
    pub(crate) const fn after(last: usize) -> Self {
        Self(AtomicUsize::new(last))
    }

    pub(crate) fn next(&self) -> CK_ULONG {
        let last = self.0.fetch_add(1, Ordering::Relaxed);
        CK_ULONG::try_from(last + 1).unwrap_or(CK_ULONG::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program that opens a session for each call reaches this number within days.
    #[test]
    #[cfg(target_pointer_width = "64")]
    fn handles_are_not_limited_to_32_bits() {
        let handles = Handles::after(u32::MAX as usize);
        assert_eq!(handles.next(), 1 << 32);
        assert_eq!(handles.next(), (1 << 32) + 1);
    }
}
