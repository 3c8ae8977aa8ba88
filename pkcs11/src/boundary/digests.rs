//! Digests.

use cryptoki_sys::*;

use super::operation::{Kind, begin, process, process_parts, update, with_operation};
use crate::failure::fail;
use crate::operations::DigestOperation;

const DIGEST: Kind<DigestOperation> = |session| &session.digest;

pub(super) unsafe extern "C" fn C_DigestInit(
    session: CK_SESSION_HANDLE,
    method: *mut CK_MECHANISM,
) -> CK_RV {
    // SAFETY: the program passes NULL or a mechanism.
    unsafe {
        begin("C_DigestInit", session, DIGEST, method, |_, mechanism| {
            DigestOperation::new(mechanism)
        })
    }
}

pub(super) unsafe extern "C" fn C_Digest(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    digest: *mut CK_BYTE,
    digest_len: *mut CK_ULONG,
) -> CK_RV {
    let (data, output) = ((data, data_len), (digest, digest_len));
    // SAFETY: the program passes data and a buffer with their lengths.
    unsafe { process("C_Digest", session, DIGEST, data, output) }
}

pub(super) unsafe extern "C" fn C_DigestUpdate(
    session: CK_SESSION_HANDLE,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
) -> CK_RV {
    // SAFETY: the program passes data and its length.
    unsafe { update("C_DigestUpdate", session, DIGEST, (part, part_len)) }
}

pub(super) unsafe extern "C" fn C_DigestKey(
    session: CK_SESSION_HANDLE,
    _key: CK_OBJECT_HANDLE,
) -> CK_RV {
    with_operation("C_DigestKey", session, DIGEST, |operation| {
        operation.take()?;
        fail(CKR_KEY_INDIGESTIBLE, "the token has no secret keys")
    })
}

pub(super) unsafe extern "C" fn C_DigestFinal(
    session: CK_SESSION_HANDLE,
    digest: *mut CK_BYTE,
    digest_len: *mut CK_ULONG,
) -> CK_RV {
    let output = (digest, digest_len);
    // SAFETY: the program passes a buffer and its length.
    unsafe { process_parts("C_DigestFinal", session, DIGEST, output) }
}
