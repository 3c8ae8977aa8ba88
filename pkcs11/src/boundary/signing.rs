//! Signing.

use cryptoki_sys::*;

use super::operation::{Kind, begin, process, process_parts, update};
use crate::operations::SigningOperation;

const SIGN: Kind<SigningOperation> = |session| &session.sign;

pub(super) unsafe extern "C" fn C_SignInit(
    session: CK_SESSION_HANDLE,
    method: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    // SAFETY: the program passes NULL or a mechanism.
    unsafe {
        begin("C_SignInit", session, SIGN, method, |session, mechanism| {
            SigningOperation::sign(&session.token, session.token.key(key)?, mechanism)
        })
    }
}

pub(super) unsafe extern "C" fn C_Sign(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    signature: *mut CK_BYTE,
    signature_len: *mut CK_ULONG,
) -> CK_RV {
    let (data, output) = ((data, data_len), (signature, signature_len));
    // SAFETY: the program passes data and a buffer with their lengths.
    unsafe { process("C_Sign", session, SIGN, data, output) }
}

pub(super) unsafe extern "C" fn C_SignUpdate(
    session: CK_SESSION_HANDLE,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
) -> CK_RV {
    // SAFETY: the program passes data and its length.
    unsafe { update("C_SignUpdate", session, SIGN, (part, part_len)) }
}

pub(super) unsafe extern "C" fn C_SignFinal(
    session: CK_SESSION_HANDLE,
    signature: *mut CK_BYTE,
    signature_len: *mut CK_ULONG,
) -> CK_RV {
    let output = (signature, signature_len);
    // SAFETY: the program passes a buffer and its length.
    unsafe { process_parts("C_SignFinal", session, SIGN, output) }
}
