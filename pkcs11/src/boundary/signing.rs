//! Signing.

use cryptoki_sys::*;

use super::call::{with_operation, with_session};
use super::input::{mechanism, slice};
use super::output::OutputBuffer;
use crate::operations::{Active, SigningOperation};
use crate::session::Session;

fn active(session: &Session) -> &Active<SigningOperation> {
    &session.sign
}

pub(super) unsafe extern "C" fn C_SignInit(
    session: CK_SESSION_HANDLE,
    method: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    with_session("C_SignInit", session, |session| {
        if method.is_null() {
            session.sign.cancel();
            return Ok(());
        }
        // SAFETY: the program passes a mechanism.
        let mechanism = unsafe { mechanism(method) }?;
        let object = session.token.key(key)?;
        session
            .sign
            .begin(SigningOperation::sign(&session.token, object, &mechanism)?)
    })
}

pub(super) unsafe extern "C" fn C_Sign(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    signature: *mut CK_BYTE,
    signature_len: *mut CK_ULONG,
) -> CK_RV {
    with_operation("C_Sign", session, active, |operation| {
        // SAFETY: the program passes data and its length.
        let data = unsafe { slice(data, data_len) }?;
        // SAFETY: the program passes a buffer and its length.
        let output = unsafe { OutputBuffer::new(signature, signature_len) }?;
        output.write(operation.sign(data, output.room())?)
    })
}

pub(super) unsafe extern "C" fn C_SignUpdate(
    session: CK_SESSION_HANDLE,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
) -> CK_RV {
    with_operation("C_SignUpdate", session, active, |operation| {
        // SAFETY: the program passes data and its length.
        operation.update(unsafe { slice(part, part_len) }?)
    })
}

pub(super) unsafe extern "C" fn C_SignFinal(
    session: CK_SESSION_HANDLE,
    signature: *mut CK_BYTE,
    signature_len: *mut CK_ULONG,
) -> CK_RV {
    with_operation("C_SignFinal", session, active, |operation| {
        // SAFETY: the program passes a buffer and its length.
        let output = unsafe { OutputBuffer::new(signature, signature_len) }?;
        output.write(operation.sign_parts(output.room())?)
    })
}
