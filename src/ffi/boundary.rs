//! The panic boundary and the way results leave.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;

use super::error::{SCWKMS_OK, ScwkmsError};
use crate::error::{Error, ErrorKind, Result};

/// Runs an exported function's body. What it returns becomes a code; an error, or a panic as an
/// internal one, is written to `error` unless that is NULL.
pub(super) fn guard(error: *mut ScwkmsError, body: impl FnOnce() -> Result<()>) -> i32 {
    match call(body) {
        Ok(()) => SCWKMS_OK,
        Err(e) => {
            let code = e.kind() as i32;
            if let Some(error) = NonNull::new(error) {
                // SAFETY: the caller promises that a pointer other than NULL is valid for writing
                // one scwkms_error; what it held before is not read.
                unsafe { error.write(ScwkmsError::new(&e)) };
            }
            code
        }
    }
}

/// Runs a body that returns no error to anybody, a destructor for example.
pub(super) fn quietly(body: impl FnOnce()) {
    let _ = call(|| {
        body();
        Ok(())
    });
}

fn call<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    // Nothing that the body touches is seen again in a broken state: outputs are written last,
    // and the locks inside tolerate a panic.
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        Err(Error::new(
            ErrorKind::Internal,
            format!(
                "a defect of scwkms was caught: {}; please report it",
                panic_text(&*panic)
            ),
        ))
    })
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a text")
}

/// A place that the caller gave for a result.
pub(super) struct Output<T>(NonNull<T>);

impl<T> Output<T> {
    /// Refuses NULL, by the parameter's name.
    pub(super) fn required(pointer: *mut T, name: &str) -> Result<Self> {
        NonNull::new(pointer).map(Self).ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidArgument,
                format!("the argument {name} is NULL"),
            )
        })
    }

    /// NULL means that the caller does not want it.
    pub(super) fn optional(pointer: *mut T) -> Option<Self> {
        NonNull::new(pointer).map(Self)
    }

    /// Writes the result; what the place held before is neither read nor dropped.
    ///
    /// # Safety
    /// The pointer must be valid for writing a `T`.
    pub(super) unsafe fn write(self, value: T) {
        // SAFETY: the caller of this function vouches for the pointer.
        unsafe { self.0.write(value) }
    }
}
