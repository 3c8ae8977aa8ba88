//! Verification.

use cryptoki_sys::*;

use super::call::{with_operation, with_session};
use super::input::{mechanism, slice};
use crate::operations::{Active, SigningOperation};
use crate::session::Session;

fn active(session: &Session) -> &Active<SigningOperation> {
    &session.verify
}

pub(super) unsafe extern "C" fn C_VerifyInit(
    session: CK_SESSION_HANDLE,
    method: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    with_session("C_VerifyInit", session, |session| {
        if method.is_null() {
            session.verify.cancel();
            return Ok(());
        }
        // SAFETY: the program passes a mechanism.
        let mechanism = unsafe { mechanism(method) }?;
        let object = session.token.key(key)?;
        session.verify.begin(SigningOperation::verify(
            &session.token,
            object,
            &mechanism,
        )?)
    })
}

pub(super) unsafe extern "C" fn C_Verify(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    signature: *mut CK_BYTE,
    signature_len: CK_ULONG,
) -> CK_RV {
    with_operation("C_Verify", session, active, |operation| {
        // SAFETY: the program passes data and its length.
        let data = unsafe { slice(data, data_len) }?;
        // SAFETY: the program passes a signature and its length.
        let signature = unsafe { slice(signature, signature_len) }?;
        operation.verify(data, signature)
    })
}

pub(super) unsafe extern "C" fn C_VerifyUpdate(
    session: CK_SESSION_HANDLE,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
) -> CK_RV {
    with_operation("C_VerifyUpdate", session, active, |operation| {
        // SAFETY: the program passes data and its length.
        operation.update(unsafe { slice(part, part_len) }?)
    })
}

pub(super) unsafe extern "C" fn C_VerifyFinal(
    session: CK_SESSION_HANDLE,
    signature: *mut CK_BYTE,
    signature_len: CK_ULONG,
) -> CK_RV {
    with_operation("C_VerifyFinal", session, active, |operation| {
        // SAFETY: the program passes a signature and its length.
        operation.verify_parts(unsafe { slice(signature, signature_len) }?)
    })
}
