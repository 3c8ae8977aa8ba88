//! Sessions, login and logout.

use std::ffi::c_void;
use std::sync::Arc;

use cryptoki_sys::*;

use super::call::{with_module, with_session};
use super::input::slice;
use super::output::{check_not_null, write};
use crate::failure::{Result, fail};
use crate::session::Session;

pub(super) unsafe extern "C" fn C_OpenSession(
    slot: CK_SLOT_ID,
    flags: CK_FLAGS,
    _application: *mut c_void,
    _notify: CK_NOTIFY,
    session: *mut CK_SESSION_HANDLE,
) -> CK_RV {
    with_module("C_OpenSession", |module| {
        if flags & CKF_SERIAL_SESSION == 0 {
            return fail(
                CKR_SESSION_PARALLEL_NOT_SUPPORTED,
                "the flag CKF_SERIAL_SESSION is not set",
            );
        }
        if flags & CKF_ASYNC_SESSION != 0 {
            return fail(
                CKR_SESSION_ASYNC_NOT_SUPPORTED,
                "functions are not executed asynchronously",
            );
        }
        check_not_null(session, "phSession")?;
        // A read-only token permits read/write sessions too, since many programs open no others.
        let handle = module.sessions.open(Arc::clone(module.token(slot)?), flags);
        // SAFETY: the program passes a pointer to a handle.
        unsafe { write(session, handle, "phSession") }
    })
}

pub(super) unsafe extern "C" fn C_CloseSession(session: CK_SESSION_HANDLE) -> CK_RV {
    with_module("C_CloseSession", |module| module.sessions.close(session))
}

pub(super) unsafe extern "C" fn C_CloseAllSessions(slot: CK_SLOT_ID) -> CK_RV {
    with_module("C_CloseAllSessions", |module| {
        module.sessions.close_all(module.slot(slot)?);
        Ok(())
    })
}

pub(super) unsafe extern "C" fn C_GetSessionInfo(
    session: CK_SESSION_HANDLE,
    info: *mut CK_SESSION_INFO,
) -> CK_RV {
    with_session("C_GetSessionInfo", session, |session| {
        let value = CK_SESSION_INFO {
            slotID: session.token.slot,
            state: session.state(),
            flags: session.flags,
            ulDeviceError: 0,
        };
        // SAFETY: the program passes a pointer to a structure.
        unsafe { write(info, value, "pInfo") }
    })
}

pub(super) unsafe extern "C" fn C_Login(
    session: CK_SESSION_HANDLE,
    user: CK_USER_TYPE,
    pin: *mut CK_UTF8CHAR,
    pin_len: CK_ULONG,
) -> CK_RV {
    with_session("C_Login", session, |session| {
        // SAFETY: the program passes a PIN and its length.
        login(session, user, unsafe { pin_bytes(pin, pin_len) }?)
    })
}

pub(super) unsafe extern "C" fn C_LoginUser(
    session: CK_SESSION_HANDLE,
    user: CK_USER_TYPE,
    pin: *mut CK_UTF8CHAR,
    pin_len: CK_ULONG,
    _user_name: *mut CK_UTF8CHAR,
    _user_name_len: CK_ULONG,
) -> CK_RV {
    with_session("C_LoginUser", session, |session| {
        // SAFETY: the program passes a PIN and its length.
        login(session, user, unsafe { pin_bytes(pin, pin_len) }?)
    })
}

/// A PIN of NULL is empty, whatever its length is.
///
/// # Safety
/// As for [`slice`].
unsafe fn pin_bytes<'a>(pin: *const CK_UTF8CHAR, len: CK_ULONG) -> Result<&'a [u8]> {
    match pin.is_null() {
        true => Ok(&[]),
        // SAFETY: passed on from the caller.
        false => unsafe { slice(pin, len) },
    }
}

fn login(session: &Session, user: CK_USER_TYPE, pin: &[u8]) -> Result<()> {
    match user {
        CKU_USER => session.token.login(pin),
        CKU_CONTEXT_SPECIFIC => fail(
            CKR_OPERATION_NOT_INITIALIZED,
            "no operation needs a login of its own",
        ),
        _ => fail(
            CKR_USER_TYPE_INVALID,
            "the token has no security officer; log in as the user",
        ),
    }
}

pub(super) unsafe extern "C" fn C_Logout(session: CK_SESSION_HANDLE) -> CK_RV {
    with_session("C_Logout", session, |session| session.token.logout())
}

pub(super) unsafe extern "C" fn C_SessionCancel(
    session: CK_SESSION_HANDLE,
    flags: CK_FLAGS,
) -> CK_RV {
    with_session("C_SessionCancel", session, |session| {
        session.cancel(flags);
        Ok(())
    })
}

pub(super) unsafe extern "C" fn C_GetOperationState(
    session: CK_SESSION_HANDLE,
    _state: *mut CK_BYTE,
    _state_len: *mut CK_ULONG,
) -> CK_RV {
    with_session("C_GetOperationState", session, |_| {
        fail(
            CKR_STATE_UNSAVEABLE,
            "the state of operations cannot be saved",
        )
    })
}
