//! The boundary of the exported functions: panics, errors and outputs.

use std::ptr::NonNull;

use super::error::{SCWKMS_OK, ScwkmsError};
use super::owned::into_raw;
use super::panic::catch;
use crate::error::{Error, ErrorKind, Result};

/// Runs the body of an exported function and returns its code. An error, or a panic as an internal error, is written to
/// `*error` unless `error` is NULL.
pub(super) fn guard(error: *mut *mut ScwkmsError, body: impl FnOnce() -> Result<()>) -> i32 {
    let mut body = Some(body);
    guard_dyn(error, &mut || body.take().map_or(Ok(()), |body| body()))
}

/// Not generic, so that it exists once in the library and not once for each exported function.
fn guard_dyn(error: *mut *mut ScwkmsError, body: &mut dyn FnMut() -> Result<()>) -> i32 {
    match catch(body) {
        Ok(()) => SCWKMS_OK,
        Err(e) => {
            let code = e.kind() as i32;
            if let Some(error) = NonNull::new(error) {
                let created = into_raw(ScwkmsError::new(&e));
                // SAFETY: the caller promises that a pointer other than NULL is valid for writing one pointer. The
                // previous value is not read.
                unsafe { error.write(created) };
            }
            code
        }
    }
}

/// A place for an output.
pub(super) struct OutPointer<T>(NonNull<T>);

impl<T> OutPointer<T> {
    /// NULL is an error that names the parameter.
    pub(super) fn required(pointer: *mut T, name: &str) -> Result<Self> {
        NonNull::new(pointer).map(Self).ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidArgument,
                format!("the argument {name} is NULL"),
            )
        })
    }

    /// NULL means that the caller does not need the output.
    pub(super) fn optional(pointer: *mut T) -> Option<Self> {
        NonNull::new(pointer).map(Self)
    }

    /// Writes the output. The previous value is neither read nor dropped.
    ///
    /// # Safety
    /// The pointer must be valid for writing a `T`.
    pub(super) unsafe fn write(self, value: T) {
        // SAFETY: the caller of this function promises this.
        unsafe { self.0.write(value) }
    }
}

impl<T> OutPointer<*mut T> {
    /// Writes a pointer to a new heap value, which the caller of the exported function owns.
    ///
    /// # Safety
    /// The pointer must be valid for writing a pointer.
    pub(super) unsafe fn write_boxed(self, value: T) {
        // SAFETY: the caller of this function promises this.
        unsafe { self.write(into_raw(value)) }
    }
}
