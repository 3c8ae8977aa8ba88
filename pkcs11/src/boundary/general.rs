//! C_Initialize, C_Finalize, C_GetInfo, and the functions of parallel execution, which no longer exists.

use std::ffi::c_void;

use cryptoki_sys::*;

use super::call::{run, with_module, with_session};
use super::input::read;
use super::output::write;
use super::privileges;
use crate::config::ProcessEnvironment;
use crate::failure::{Result, fail};
use crate::module;

pub(super) unsafe extern "C" fn C_Initialize(arguments: *mut c_void) -> CK_RV {
    run("C_Initialize", || {
        if !arguments.is_null() {
            // SAFETY: the program passes a structure.
            check(&unsafe { read(arguments.cast::<CK_C_INITIALIZE_ARGS>(), "pInitArgs") }?)?;
        }
        let environment = ProcessEnvironment {
            is_trusted: !privileges::are_raised(),
        };
        module::initialize(&environment)
    })
}

/// The module needs no locks of the program, since it uses those of the operating system. It needs a thread even if
/// CKF_LIBRARY_CANT_CREATE_OS_THREADS is set, which NSS does for all modules.
fn check(arguments: &CK_C_INITIALIZE_ARGS) -> Result<()> {
    if !arguments.pReserved.is_null() {
        return fail(CKR_ARGUMENTS_BAD, "pReserved is not NULL");
    }
    let given = [
        arguments.CreateMutex.is_some(),
        arguments.DestroyMutex.is_some(),
        arguments.LockMutex.is_some(),
        arguments.UnlockMutex.is_some(),
    ];
    match given.contains(&true) && given.contains(&false) {
        true => fail(
            CKR_ARGUMENTS_BAD,
            "some functions for mutexes are NULL, but not all",
        ),
        false => Ok(()),
    }
}

pub(super) unsafe extern "C" fn C_Finalize(reserved: *mut c_void) -> CK_RV {
    run("C_Finalize", || match reserved.is_null() {
        true => module::finalize(),
        false => fail(CKR_ARGUMENTS_BAD, "pReserved is not NULL"),
    })
}

fn get_info(info: *mut CK_INFO, version: CK_VERSION) -> CK_RV {
    with_module("C_GetInfo", |_| {
        // SAFETY: the program passes a pointer to a structure.
        unsafe { write(info, module::info(version), "pInfo") }
    })
}

/// For the function list of version 2.40.
pub(super) unsafe extern "C" fn C_GetInfo(info: *mut CK_INFO) -> CK_RV {
    get_info(
        info,
        CK_VERSION {
            major: 2,
            minor: 40,
        },
    )
}

/// For the interfaces of version 3.
pub(super) unsafe extern "C" fn C_GetInfo_3(info: *mut CK_INFO) -> CK_RV {
    get_info(info, CK_VERSION { major: 3, minor: 2 })
}

pub(super) unsafe extern "C" fn C_GetFunctionStatus(session: CK_SESSION_HANDLE) -> CK_RV {
    with_session("C_GetFunctionStatus", session, |_| not_parallel())
}

pub(super) unsafe extern "C" fn C_CancelFunction(session: CK_SESSION_HANDLE) -> CK_RV {
    with_session("C_CancelFunction", session, |_| not_parallel())
}

fn not_parallel() -> Result<()> {
    fail(
        CKR_FUNCTION_NOT_PARALLEL,
        "functions are not executed in parallel",
    )
}
