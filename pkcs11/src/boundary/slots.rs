//! Slots, tokens and mechanisms.

use std::ffi::c_void;

use cryptoki_sys::*;

use super::call::with_module;
use super::output::{OutputBuffer, write};
use crate::failure::fail;

pub(super) unsafe extern "C" fn C_GetSlotList(
    token_present: CK_BBOOL,
    list: *mut CK_SLOT_ID,
    count: *mut CK_ULONG,
) -> CK_RV {
    with_module("C_GetSlotList", |module| {
        // SAFETY: the program passes a buffer and its length.
        let output = unsafe { OutputBuffer::new(list, count) }?;
        output.write_all(&module.slots(token_present != CK_FALSE))
    })
}

pub(super) unsafe extern "C" fn C_GetSlotInfo(slot: CK_SLOT_ID, info: *mut CK_SLOT_INFO) -> CK_RV {
    with_module("C_GetSlotInfo", |module| {
        // SAFETY: the program passes a pointer to a structure.
        unsafe { write(info, module.slot_info(slot)?, "pInfo") }
    })
}

pub(super) unsafe extern "C" fn C_GetTokenInfo(
    slot: CK_SLOT_ID,
    info: *mut CK_TOKEN_INFO,
) -> CK_RV {
    with_module("C_GetTokenInfo", |module| {
        // SAFETY: the program passes a pointer to a structure.
        unsafe { write(info, module.token_info(slot)?, "pInfo") }
    })
}

pub(super) unsafe extern "C" fn C_GetMechanismList(
    slot: CK_SLOT_ID,
    list: *mut CK_MECHANISM_TYPE,
    count: *mut CK_ULONG,
) -> CK_RV {
    with_module("C_GetMechanismList", |module| {
        // SAFETY: the program passes a buffer and its length.
        let output = unsafe { OutputBuffer::new(list, count) }?;
        output.write_all(&module.mechanisms(slot)?)
    })
}

pub(super) unsafe extern "C" fn C_GetMechanismInfo(
    slot: CK_SLOT_ID,
    mechanism: CK_MECHANISM_TYPE,
    info: *mut CK_MECHANISM_INFO,
) -> CK_RV {
    with_module("C_GetMechanismInfo", |module| {
        // SAFETY: the program passes a pointer to a structure.
        unsafe { write(info, module.mechanism_info(slot, mechanism)?, "pInfo") }
    })
}

/// Tokens are neither inserted nor removed, so there is never an event to wait for.
pub(super) unsafe extern "C" fn C_WaitForSlotEvent(
    flags: CK_FLAGS,
    _slot: *mut CK_SLOT_ID,
    _reserved: *mut c_void,
) -> CK_RV {
    with_module("C_WaitForSlotEvent", |_| match flags & CKF_DONT_BLOCK {
        0 => fail(CKR_FUNCTION_NOT_SUPPORTED, "there are no events of slots"),
        _ => fail(CKR_NO_EVENT, "there are no events of slots"),
    })
}
