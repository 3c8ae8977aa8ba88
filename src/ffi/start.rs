//! Starts operations.

use super::async_options::{ScwkmsAsyncOptions, scwkms_operation};
use super::boundary::OutPointer;
use super::client::scwkms_client;
use super::client_registry;
use super::operation_registry::{self, AnyOperation};
use crate::client::{Client, Operation, StartOptions};
use crate::error::{Error, ErrorKind, Result};

/// Starts an operation under a new number, and writes the number.
///
/// # Safety
/// `options` must be NULL or valid for reading as many bytes as its field `size` says, `operation` must be NULL or valid
/// for writing.
pub(super) unsafe fn start<T>(
    client: scwkms_client,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    begin: impl FnOnce(&Client, StartOptions) -> Result<Operation<T>>,
) -> Result<()> {
    let mut begin = Some(begin);
    let mut begin = |client: &Client, options| match begin.take() {
        Some(begin) => begin(client, options).map(Operation::untyped),
        None => Err(started_twice()),
    };
    // SAFETY: passed on from the caller of this function.
    unsafe { start_dyn(client, options, operation, &mut begin) }
}

/// Not generic, so that it exists once in the library and not once for each exported function.
///
/// # Safety
/// As for [`start`].
unsafe fn start_dyn(
    client: scwkms_client,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    begin: &mut dyn FnMut(&Client, StartOptions) -> Result<AnyOperation>,
) -> Result<()> {
    let opened = client_registry::get(client)?;
    // SAFETY: the caller of this function promises valid options.
    let options = unsafe { ScwkmsAsyncOptions::read(options) }?;
    let operation = OutPointer::required(operation, "operation")?;
    let has_callback = options.has_callback();
    let begin = |number| begin(&opened, options.start_options(number));
    let number = operation_registry::insert(client, has_callback, begin)?;
    // SAFETY: the caller of this function promises that the pointer is valid for writing.
    unsafe { operation.write(number) };
    Ok(())
}

fn started_twice() -> Error {
    Error::new(
        ErrorKind::Internal,
        "an operation was started twice; please report this",
    )
}
