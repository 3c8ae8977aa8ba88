//! Encryption.

use cryptoki_sys::*;

use super::call::{with_operation, with_session};
use super::input::{mechanism, slice};
use super::output::OutputBuffer;
use crate::operations::{Active, CipherOperation, Direction};
use crate::session::Session;

fn active(session: &Session) -> &Active<CipherOperation> {
    &session.encrypt
}

pub(super) unsafe extern "C" fn C_EncryptInit(
    session: CK_SESSION_HANDLE,
    method: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    with_session("C_EncryptInit", session, |session| {
        if method.is_null() {
            session.encrypt.cancel();
            return Ok(());
        }
        // SAFETY: the program passes a mechanism.
        let mechanism = unsafe { mechanism(method) }?;
        let (token, object) = (&session.token, session.token.key(key)?);
        session.encrypt.begin(CipherOperation::new(
            Direction::Encrypt,
            token,
            object,
            &mechanism,
        )?)
    })
}

pub(super) unsafe extern "C" fn C_Encrypt(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    output: *mut CK_BYTE,
    output_len: *mut CK_ULONG,
) -> CK_RV {
    with_operation("C_Encrypt", session, active, |operation| {
        // SAFETY: the program passes data and its length.
        let data = unsafe { slice(data, data_len) }?;
        // SAFETY: the program passes a buffer and its length.
        let output = unsafe { OutputBuffer::new(output, output_len) }?;
        output.write(operation.process(data, output.room())?)
    })
}

pub(super) unsafe extern "C" fn C_EncryptUpdate(
    session: CK_SESSION_HANDLE,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
    output: *mut CK_BYTE,
    output_len: *mut CK_ULONG,
) -> CK_RV {
    with_operation("C_EncryptUpdate", session, active, |operation| {
        // SAFETY: the program passes data and its length.
        let part = unsafe { slice(part, part_len) }?;
        // SAFETY: the program passes a buffer and its length.
        let output = unsafe { OutputBuffer::new(output, output_len) }?;
        operation.update(part)?;
        output.write_all(&[])
    })
}

pub(super) unsafe extern "C" fn C_EncryptFinal(
    session: CK_SESSION_HANDLE,
    output: *mut CK_BYTE,
    output_len: *mut CK_ULONG,
) -> CK_RV {
    with_operation("C_EncryptFinal", session, active, |operation| {
        // SAFETY: the program passes a buffer and its length.
        let output = unsafe { OutputBuffer::new(output, output_len) }?;
        output.write(operation.process_parts(output.room())?)
    })
}
