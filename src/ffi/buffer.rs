//! scwkms_buffer: bytes that the library allocated.

use std::ptr;

use zeroize::Zeroize;

use super::panic::catch_panic;

/// Bytes that the library allocated: a public key, a signature, a plaintext. The layout of this struct never changes.
///
/// The caller owns the bytes and frees them with scwkms_buffer_free(), never with free(). The caller may read and change the
/// bytes, but neither the pointer nor the length.
#[repr(C)]
pub struct ScwkmsBuffer {
    /// The first byte; never NULL after a call that succeeded.
    pub data: *mut u8,
    /// The number of bytes.
    pub len: usize,
}

impl ScwkmsBuffer {
    /// Takes over bytes. No copy of a secret remains.
    pub(super) fn new(mut bytes: Vec<u8>) -> Self {
        if bytes.capacity() != bytes.len() {
            let exact = bytes.as_slice().into();
            bytes.zeroize();
            return Self::from_box(exact);
        }
        Self::from_box(bytes.into_boxed_slice())
    }

    fn from_box(bytes: Box<[u8]>) -> Self {
        let len = bytes.len();
        Self {
            data: Box::into_raw(bytes).cast(),
            len,
        }
    }

    const EMPTY: Self = Self {
        data: ptr::null_mut(),
        len: 0,
    };
}

/// Wipes and frees a buffer's bytes, and zeroes the buffer. NULL, a zeroed buffer and a second call are allowed.
///
/// @param buffer  a buffer that was zeroed or written by this library, or NULL
///
/// Pointers: the pointer must be NULL or valid for reading and writing one scwkms_buffer that was zeroed or
/// written by this library, with its pointer and length unchanged.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_buffer_free(buffer: *mut ScwkmsBuffer) {
    if buffer.is_null() {
        return;
    }
    catch_panic((), || {
        // SAFETY: not NULL, and the caller promises the rest. Zeroing it in the same step makes
        // a second call harmless.
        let ScwkmsBuffer { data, len } = unsafe { buffer.replace(ScwkmsBuffer::EMPTY) };
        if !data.is_null() {
            // SAFETY: pointer and length are those of a boxed slice that from_box let go of, and
            // nothing refers to it any more.
            let mut bytes = unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(data, len)) };
            // The allocator wipes the bytes too, and it is faster.
            if !cfg!(feature = "wipe-memory") {
                bytes.zeroize();
            }
        }
    });
}
