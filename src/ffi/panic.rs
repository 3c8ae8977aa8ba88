//! Stops panics, so that they never unwind into C.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::cancellation::CancellationDisabled;
use crate::error::{Error, ErrorKind, Result};

/// Runs a function. A panic becomes an internal error. The thread cannot be cancelled meanwhile.
pub(super) fn catch<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    let _disabled = CancellationDisabled::new();
    // After a panic no one sees a broken state: outputs are written last, and the locks inside tolerate a panic.
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

/// Runs a function that reports no error, for example a destructor.
pub(super) fn catch_panic<T>(default: T, body: impl FnOnce() -> T) -> T {
    catch(|| Ok(body())).unwrap_or(default)
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a text")
}
