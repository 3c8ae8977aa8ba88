//! Encryption.

use cryptoki_sys::*;

use super::operation::{Kind, begin, process, process_parts, update_without_output};
use crate::operations::EncryptOperation;

const ENCRYPT: Kind<EncryptOperation> = |session| &session.encrypt;

pub(super) unsafe extern "C" fn C_EncryptInit(
    session: CK_SESSION_HANDLE,
    method: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    // SAFETY: the program passes NULL or a mechanism.
    unsafe {
        begin(
            "C_EncryptInit",
            session,
            ENCRYPT,
            method,
            |session, mechanism| {
                EncryptOperation::new(&session.token, session.token.key(key)?, mechanism)
            },
        )
    }
}

pub(super) unsafe extern "C" fn C_Encrypt(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    output: *mut CK_BYTE,
    output_len: *mut CK_ULONG,
) -> CK_RV {
    let (data, output) = ((data, data_len), (output, output_len));
    // SAFETY: the program passes data and a buffer with their lengths.
    unsafe { process("C_Encrypt", session, ENCRYPT, data, output) }
}

pub(super) unsafe extern "C" fn C_EncryptUpdate(
    session: CK_SESSION_HANDLE,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
    output: *mut CK_BYTE,
    output_len: *mut CK_ULONG,
) -> CK_RV {
    let (part, output) = ((part, part_len), (output, output_len));
    // SAFETY: the program passes data and a buffer with their lengths.
    unsafe { update_without_output("C_EncryptUpdate", session, ENCRYPT, part, output) }
}

pub(super) unsafe extern "C" fn C_EncryptFinal(
    session: CK_SESSION_HANDLE,
    output: *mut CK_BYTE,
    output_len: *mut CK_ULONG,
) -> CK_RV {
    // SAFETY: the program passes a buffer and its length.
    unsafe { process_parts("C_EncryptFinal", session, ENCRYPT, (output, output_len)) }
}
