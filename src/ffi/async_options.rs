//! scwkms_async_options: a struct that the library reads.

use std::ffi::c_void;
use std::time::Duration;

use super::operation_registry;
use super::sized_struct::{self, SizedStruct};
use crate::client::StartOptions;
use crate::error::Result;

/// An operation that was started: a number below 2^53, not a pointer. 0 is never an operation. No number is used twice in a
/// process.
///
/// It is released when a function scwkms_wait*() takes its result, or when scwkms_free() frees its client. After that, and
/// for any other number, functions return SCWKMS_ERROR_INVALID_HANDLE.
#[allow(non_camel_case_types)]
pub type scwkms_operation = u64;

/// Called once for each operation that was started with it, when the result can be taken: when the operation succeeded,
/// failed or was cancelled.
///
/// It runs on the library's I/O thread, and never inside the call that started or cancelled the operation. It must return
/// quickly and must not wait for anything; a blocking function of this library returns an error there. Typically it
/// wakes another thread. It may call scwkms_wait*() for its own operation; this does not block. On another thread,
/// scwkms_wait*() returns after the callback has returned. If the callback has not begun five seconds after the deadline,
/// because another callback does not return, scwkms_wait*() returns, and the callback is never called.
///
/// @param context    the context in the options
/// @param operation  the operation
#[allow(non_camel_case_types)]
pub type scwkms_callback =
    Option<unsafe extern "C" fn(context: *mut c_void, operation: scwkms_operation)>;

/// Options of an operation that is started. Zero all fields, and set `size` to sizeof(scwkms_async_options).
///
/// Later versions of the library may add fields at the end. A library that is older than the header accepts the struct if
/// the fields that it does not know are zero.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ScwkmsAsyncOptions {
    /// sizeof(scwkms_async_options).
    pub size: usize,
    /// A function to call when the result can be taken, or NULL.
    pub callback: scwkms_callback,
    /// An argument for the callback.
    pub context: *mut c_void,
    /// The time limit of this operation in milliseconds, if it is shorter than the client's; 0 for the client's.
    pub timeout_ms: u32,
    /// Must be 0.
    pub reserved: u32,
}

// SAFETY: it is repr(C), begins with its size, and its other fields are integers, a pointer, and an address that may be NULL.
unsafe impl SizedStruct for ScwkmsAsyncOptions {
    const NAME: &'static str = "scwkms_async_options";
}

impl ScwkmsAsyncOptions {
    const NONE: Self = Self {
        size: size_of::<Self>(),
        callback: None,
        context: std::ptr::null_mut(),
        timeout_ms: 0,
        reserved: 0,
    };

    /// Reads the options of a caller. NULL means that there are none.
    ///
    /// # Safety
    /// The pointer must be NULL or valid for reading as many bytes as its field `size` says.
    pub(super) unsafe fn read(pointer: *const Self) -> Result<Self> {
        if pointer.is_null() {
            return Ok(Self::NONE);
        }
        // SAFETY: it is not NULL, and the caller of this function promises the rest.
        let options = unsafe { sized_struct::read(pointer) }?;
        match options.reserved {
            0 => Ok(options),
            _ => Err(sized_struct::unknown_fields(Self::NAME)),
        }
    }

    pub(super) fn has_callback(&self) -> bool {
        self.callback.is_some()
    }

    /// The options of the operation that gets this number.
    pub(super) fn start_options(self, number: scwkms_operation) -> StartOptions {
        let timeout = match self.timeout_ms {
            0 => None,
            timeout => Some(Duration::from_millis(u64::from(timeout))),
        };
        let notification = Notification(self);
        StartOptions {
            timeout,
            notify: match self.has_callback() {
                true => Some(Box::new(move || notification.send(number))),
                false => None,
            },
        }
    }
}

/// A callback with its context.
struct Notification(ScwkmsAsyncOptions);

// SAFETY: the caller of the start function promises that the callback may be called with the context on another thread.
// The library does not use the context itself.
unsafe impl Send for Notification {}

impl Notification {
    fn send(self, number: scwkms_operation) {
        let Some(callback) = self.0.callback else {
            return;
        };
        // SAFETY: the caller of the start function promises that the callback and its context are valid until this call,
        // which is the only one.
        unsafe { callback(self.0.context, number) };
        operation_registry::callback_returned(number);
    }
}
