//! Digests.

use cryptoki_sys::*;

use super::call::{with_operation, with_session};
use super::input::{mechanism, slice};
use super::output::OutputBuffer;
use crate::failure::fail;
use crate::operations::{Active, DigestOperation};
use crate::session::Session;

fn active(session: &Session) -> &Active<DigestOperation> {
    &session.digest
}

pub(super) unsafe extern "C" fn C_DigestInit(
    session: CK_SESSION_HANDLE,
    method: *mut CK_MECHANISM,
) -> CK_RV {
    with_session("C_DigestInit", session, |session| {
        if method.is_null() {
            session.digest.cancel();
            return Ok(());
        }
        // SAFETY: the program passes a mechanism.
        let mechanism = unsafe { mechanism(method) }?;
        session.digest.begin(DigestOperation::new(&mechanism)?)
    })
}

pub(super) unsafe extern "C" fn C_Digest(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    digest: *mut CK_BYTE,
    digest_len: *mut CK_ULONG,
) -> CK_RV {
    with_operation("C_Digest", session, active, |operation| {
        // SAFETY: the program passes data and its length.
        let data = unsafe { slice(data, data_len) }?;
        // SAFETY: the program passes a buffer and its length.
        let output = unsafe { OutputBuffer::new(digest, digest_len) }?;
        output.write(operation.digest(data, output.room())?)
    })
}

pub(super) unsafe extern "C" fn C_DigestUpdate(
    session: CK_SESSION_HANDLE,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
) -> CK_RV {
    with_operation("C_DigestUpdate", session, active, |operation| {
        // SAFETY: the program passes data and its length.
        operation.update(unsafe { slice(part, part_len) }?)
    })
}

pub(super) unsafe extern "C" fn C_DigestKey(
    session: CK_SESSION_HANDLE,
    _key: CK_OBJECT_HANDLE,
) -> CK_RV {
    with_operation("C_DigestKey", session, active, |operation| {
        operation.take()?;
        fail(CKR_KEY_INDIGESTIBLE, "the token has no secret keys")
    })
}

pub(super) unsafe extern "C" fn C_DigestFinal(
    session: CK_SESSION_HANDLE,
    digest: *mut CK_BYTE,
    digest_len: *mut CK_ULONG,
) -> CK_RV {
    with_operation("C_DigestFinal", session, active, |operation| {
        // SAFETY: the program passes a buffer and its length.
        let output = unsafe { OutputBuffer::new(digest, digest_len) }?;
        output.write(operation.digest_parts(output.room())?)
    })
}
