//! The functions of an operation, which have the same form for each kind of operation.

use std::sync::Arc;

use cryptoki_sys::*;

use super::call::with_session;
use super::input::{mechanism, slice};
use super::output::OutputBuffer;
use crate::failure::Result;
use crate::mechanisms::Mechanism;
use crate::operations::{Active, Operation, OutputOperation};
use crate::session::Session;

/// A kind of operation of a session.
pub(super) type Kind<T> = fn(&Session) -> &Active<T>;

/// A buffer for data or an output, and its length.
pub(super) type Output = (*mut CK_BYTE, *mut CK_ULONG);
pub(super) type Data = (*mut CK_BYTE, CK_ULONG);

/// Begins an operation. NULL instead of a mechanism ends it.
///
/// # Safety
/// As for [`mechanism`].
pub(super) unsafe fn begin<T>(
    name: &str,
    session: CK_SESSION_HANDLE,
    kind: Kind<T>,
    method: *mut CK_MECHANISM,
    operation: impl FnOnce(&Arc<Session>, &Mechanism) -> Result<T>,
) -> CK_RV {
    with_session(name, session, |session| {
        if method.is_null() {
            kind(session).cancel();
            return Ok(());
        }
        // SAFETY: passed on from the caller.
        let mechanism = unsafe { mechanism(method) }?;
        kind(session).begin(operation(session, &mechanism)?)
    })
}

/// Processes all data at once.
///
/// # Safety
/// As for [`slice`] and [`OutputBuffer::new`].
pub(super) unsafe fn process<T: OutputOperation>(
    name: &str,
    session: CK_SESSION_HANDLE,
    kind: Kind<T>,
    data: Data,
    output: Output,
) -> CK_RV {
    with_operation(name, session, kind, |operation| {
        // SAFETY: passed on from the caller.
        let data = unsafe { slice(data.0, data.1) }?;
        // SAFETY: passed on from the caller.
        let output = unsafe { OutputBuffer::new(output.0, output.1) }?;
        output.write(operation.process(data, output.room())?)
    })
}

/// Adds a part of the data.
///
/// # Safety
/// As for [`slice`].
pub(super) unsafe fn update<T: Operation>(
    name: &str,
    session: CK_SESSION_HANDLE,
    kind: Kind<T>,
    part: Data,
) -> CK_RV {
    with_operation(name, session, kind, |operation| {
        // SAFETY: passed on from the caller.
        operation.update(unsafe { slice(part.0, part.1) }?)
    })
}

/// Adds a part of the data in a function that could have an output.
///
/// # Safety
/// As for [`slice`] and [`OutputBuffer::new`].
pub(super) unsafe fn update_without_output<T: Operation>(
    name: &str,
    session: CK_SESSION_HANDLE,
    kind: Kind<T>,
    part: Data,
    output: Output,
) -> CK_RV {
    with_operation(name, session, kind, |operation| {
        // SAFETY: passed on from the caller.
        let part = unsafe { slice(part.0, part.1) }?;
        // SAFETY: passed on from the caller.
        let output = unsafe { OutputBuffer::new(output.0, output.1) }?;
        output.write(operation.update_without_output(part, output.room())?)
    })
}

/// Processes the data of all parts.
///
/// # Safety
/// As for [`OutputBuffer::new`].
pub(super) unsafe fn process_parts<T: OutputOperation>(
    name: &str,
    session: CK_SESSION_HANDLE,
    kind: Kind<T>,
    output: Output,
) -> CK_RV {
    with_operation(name, session, kind, |operation| {
        // SAFETY: passed on from the caller.
        let output = unsafe { OutputBuffer::new(output.0, output.1) }?;
        output.write(operation.process_parts(output.room())?)
    })
}

/// Runs the body of a function that continues or ends an operation. An error ends the operation, except a buffer that is
/// too small.
pub(super) fn with_operation<T>(
    name: &str,
    session: CK_SESSION_HANDLE,
    kind: Kind<T>,
    body: impl FnOnce(&Active<T>) -> Result<()>,
) -> CK_RV {
    with_session(name, session, |session| {
        let operation = kind(session);
        body(operation).inspect_err(|failure| {
            if failure.code != CKR_BUFFER_TOO_SMALL {
                operation.cancel();
            }
        })
    })
}
