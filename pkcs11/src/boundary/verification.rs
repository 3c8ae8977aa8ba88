//! Verification.

use cryptoki_sys::*;

use super::input::slice;
use super::operation::{Kind, begin, update, with_operation};
use crate::operations::SigningOperation;

const VERIFY: Kind<SigningOperation> = |session| &session.verify;

pub(super) unsafe extern "C" fn C_VerifyInit(
    session: CK_SESSION_HANDLE,
    method: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    // SAFETY: the program passes NULL or a mechanism.
    unsafe {
        begin(
            "C_VerifyInit",
            session,
            VERIFY,
            method,
            |session, mechanism| {
                SigningOperation::verify(&session.token, session.token.key(key)?, mechanism)
            },
        )
    }
}

pub(super) unsafe extern "C" fn C_Verify(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    signature: *mut CK_BYTE,
    signature_len: CK_ULONG,
) -> CK_RV {
    with_operation("C_Verify", session, VERIFY, |operation| {
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
    // SAFETY: the program passes data and its length.
    unsafe { update("C_VerifyUpdate", session, VERIFY, (part, part_len)) }
}

pub(super) unsafe extern "C" fn C_VerifyFinal(
    session: CK_SESSION_HANDLE,
    signature: *mut CK_BYTE,
    signature_len: CK_ULONG,
) -> CK_RV {
    with_operation("C_VerifyFinal", session, VERIFY, |operation| {
        // SAFETY: the program passes a signature and its length.
        operation.verify_parts(unsafe { slice(signature, signature_len) }?)
    })
}
