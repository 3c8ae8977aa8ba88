//! Decryption.

use cryptoki_sys::*;

use super::call::with_session;
use super::input::{mechanism, slice};
use super::output::OutputBuffer;
use crate::operations::{CipherOperation, Direction};

pub(super) unsafe extern "C" fn C_DecryptInit(
    session: CK_SESSION_HANDLE,
    method: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    with_session("C_DecryptInit", session, |session| {
        if method.is_null() {
            session.decrypt.cancel();
            return Ok(());
        }
        // SAFETY: the program passes a mechanism.
        let mechanism = unsafe { mechanism(method) }?;
        let (token, object) = (&session.token, session.token.key(key)?);
        session.decrypt.begin(CipherOperation::new(
            Direction::Decrypt,
            token,
            object,
            &mechanism,
        )?)
    })
}

pub(super) unsafe extern "C" fn C_Decrypt(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    output: *mut CK_BYTE,
    output_len: *mut CK_ULONG,
) -> CK_RV {
    with_session("C_Decrypt", session, |session| {
        // SAFETY: the program passes data and its length, a buffer and its length.
        let (data, output) = unsafe {
            (
                slice(data, data_len)?,
                OutputBuffer::new(output, output_len)?,
            )
        };
        output.write(session.decrypt.process(data, output.room())?)
    })
}

pub(super) unsafe extern "C" fn C_DecryptUpdate(
    session: CK_SESSION_HANDLE,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
    output: *mut CK_BYTE,
    output_len: *mut CK_ULONG,
) -> CK_RV {
    with_session("C_DecryptUpdate", session, |session| {
        // SAFETY: the program passes data and its length, a buffer and its length.
        let (part, output) = unsafe {
            (
                slice(part, part_len)?,
                OutputBuffer::new(output, output_len)?,
            )
        };
        session.decrypt.update(part)?;
        output.write_all(&[])
    })
}

pub(super) unsafe extern "C" fn C_DecryptFinal(
    session: CK_SESSION_HANDLE,
    output: *mut CK_BYTE,
    output_len: *mut CK_ULONG,
) -> CK_RV {
    with_session("C_DecryptFinal", session, |session| {
        // SAFETY: the program passes a buffer and its length.
        let output = unsafe { OutputBuffer::new(output, output_len) }?;
        output.write(session.decrypt.process_parts(output.room())?)
    })
}
