//! The operations of this process, by number.

use std::sync::Arc;

use super::client_registry;
use super::handle::{self, HandleKind};
use super::operation_map::{Cancellable, OperationMap};
use crate::client::{Operation, Output, OutputKind};
use crate::error::{Error, ErrorKind, Result};
use crate::fork::PerProcess;
use crate::observer;

/// An operation of any kind.
pub(super) type AnyOperation = Operation<Output>;

/// A child of fork() has none of its parent's operations: no thread of the child executes them.
static OPERATIONS: PerProcess<OperationMap<AnyOperation>> = PerProcess::new();

fn operations() -> Result<&'static OperationMap<AnyOperation>> {
    OPERATIONS.get(|| Ok(OperationMap::default()))
}

impl Cancellable for AnyOperation {
    fn is_taken(&self) -> bool {
        Operation::is_taken(self)
    }

    fn is_over(&self) -> bool {
        Operation::is_over(self)
    }

    fn cancel_all(operations: &[Arc<Self>]) {
        Operation::cancel_all(operations);
    }
}

/// Starts an operation of a client under a new number. `start` gets the number, which its callback receives.
pub(super) fn insert(
    client: u64,
    has_callback: bool,
    start: impl FnOnce(u64) -> Result<AnyOperation>,
) -> Result<u64> {
    let number = handle::next(HandleKind::Operation)?;
    let check_client = || client_registry::get(client).map(drop);
    let operations = operations()?;
    // The start is executed while a lock of the map is held.
    observer::defer_reports(|| {
        operations.insert(number, (client, check_client), has_callback, || {
            start(number)
        })
    })?;
    Ok(number)
}

/// An operation; an error if there is none with this number.
pub(super) fn find(number: u64) -> Result<Arc<AnyOperation>> {
    let operation = operations()?.get(number);
    operation.ok_or_else(|| handle::invalid(HandleKind::Operation, number))
}

/// Waits for an operation's result and takes it, if the result is of the expected kind.
pub(super) fn wait(number: u64, kind: OutputKind) -> Result<Output> {
    let operation = find(number)?;
    check_kind(operation.output_kind(), kind)?;
    operation.check_may_wait()?;
    let result = operation.wait();
    operations()?.result_taken(number);
    result
}

/// Removes an operation whose result was taken inside its callback.
pub(super) fn callback_returned(number: u64) {
    if let Ok(operations) = operations() {
        operations.callback_returned(number);
    }
}

pub(super) fn get(number: u64) -> Option<Arc<AnyOperation>> {
    operations().ok()?.get(number)
}

/// Cancels a client's operations, and returns when their callbacks have returned.
pub(super) fn cancel_all_of(client: u64) {
    if let Ok(operations) = operations() {
        operations.cancel_all_of(client);
    }
}

fn check_kind(actual: OutputKind, expected: OutputKind) -> Result<()> {
    if actual == expected {
        return Ok(());
    }
    let function = match actual {
        OutputKind::Bytes => "scwkms_wait",
        OutputKind::Decrypted => "scwkms_wait_decrypted",
        OutputKind::DataKey => "scwkms_wait_data_key",
        OutputKind::PublicKey => "scwkms_wait_public_key",
        OutputKind::ImportParameters => "scwkms_wait_import_parameters",
        OutputKind::Key => "scwkms_wait_key",
        OutputKind::Keys => "scwkms_wait_key_list",
        OutputKind::Rotations => "scwkms_wait_rotation_list",
        OutputKind::Algorithms => "scwkms_wait_algorithm_list",
        OutputKind::Nothing => "scwkms_wait_done",
    };
    Err(Error::new(
        ErrorKind::InvalidArgument,
        format!("the operation's result is taken by {function}()"),
    ))
}
