//! scwkms_async_options: a struct that the library reads.

use std::ffi::c_void;
use std::time::Duration;

use super::operation_registry;
use crate::client::StartOptions;
use crate::error::{Error, ErrorKind, Result};

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
        // SAFETY: the struct begins with its size, which the caller promises to be readable. Only this field is read.
        let size = unsafe { (&raw const (*pointer).size).read() };
        if !(size_of::<Self>()..=MAX_SIZE).contains(&size) {
            return Err(invalid(format!(
                "the field size of scwkms_async_options is {size}; set it to sizeof(scwkms_async_options)"
            )));
        }
        // SAFETY: the size is that of this struct or larger, and the caller promises that so many bytes are readable.
        let bytes = unsafe { std::slice::from_raw_parts(pointer.cast::<u8>(), size) };
        // SAFETY: as above. The callback is an address or NULL, and the other fields are valid for any bytes.
        let options = unsafe { pointer.read() };
        if bytes[size_of::<Self>()..].iter().any(|b| *b != 0) || options.reserved != 0 {
            return Err(invalid(
                "scwkms_async_options contains fields that this version of the library does not know; the program was \
                 compiled with a newer header"
                    .to_owned(),
            ));
        }
        Ok(options)
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

/// No version of the struct will be larger. It limits how many bytes the library reads if the size is wrong.
const MAX_SIZE: usize = 4096;

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

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}
