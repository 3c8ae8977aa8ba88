//! Decryption.

use cryptoki_sys::*;

use super::operation::{Kind, begin, process, process_parts, update_without_output};
use crate::operations::DecryptOperation;

const DECRYPT: Kind<DecryptOperation> = |session| &session.decrypt;

pub(super) unsafe extern "C" fn C_DecryptInit(
    session: CK_SESSION_HANDLE,
    method: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    // SAFETY: the program passes NULL or a mechanism.
    unsafe {
        begin(
            "C_DecryptInit",
            session,
            DECRYPT,
            method,
            |session, mechanism| {
                DecryptOperation::new(&session.token, session.token.key(key)?, mechanism)
            },
        )
    }
}

pub(super) unsafe extern "C" fn C_Decrypt(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    output: *mut CK_BYTE,
    output_len: *mut CK_ULONG,
) -> CK_RV {
    let (data, output) = ((data, data_len), (output, output_len));
    // SAFETY: the program passes data and a buffer with their lengths.
    unsafe { process("C_Decrypt", session, DECRYPT, data, output) }
}

pub(super) unsafe extern "C" fn C_DecryptUpdate(
    session: CK_SESSION_HANDLE,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
    output: *mut CK_BYTE,
    output_len: *mut CK_ULONG,
) -> CK_RV {
    let (part, output) = ((part, part_len), (output, output_len));
    // SAFETY: the program passes data and a buffer with their lengths.
    unsafe { update_without_output("C_DecryptUpdate", session, DECRYPT, part, output) }
}

pub(super) unsafe extern "C" fn C_DecryptFinal(
    session: CK_SESSION_HANDLE,
    output: *mut CK_BYTE,
    output_len: *mut CK_ULONG,
) -> CK_RV {
    // SAFETY: the program passes a buffer and its length.
    unsafe { process_parts("C_DecryptFinal", session, DECRYPT, (output, output_len)) }
}
