//! The frame of each function: panics, return codes and the log.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use cryptoki_sys::*;

use super::cancellation::CancellationDisabled;
use crate::failure::{Failure, Result, code_name};
use crate::log::{self, Level, entry};
use crate::module::{self, Module};
use crate::session::Session;

/// Runs the body of a function. A panic becomes CKR_GENERAL_ERROR, and the cause of another code than CKR_OK is logged.
pub(super) fn run(name: &str, body: impl FnOnce() -> Result<()>) -> CK_RV {
    let mut body = Some(body);
    run_dyn(name, &mut || body.take().map_or(Ok(()), |body| body()))
}

/// Not generic, so that it exists once in the module and not once for each function.
fn run_dyn(name: &str, body: &mut dyn FnMut() -> Result<()>) -> CK_RV {
    let _disabled = CancellationDisabled::new();
    let start = log::is_enabled(Level::Debug).then(Instant::now);
    // After a panic no one sees a broken state: outputs are written last, and shared state is replaced as a whole.
    let result = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| {
        // The panic hook has logged the panic.
        let cause = "a defect of scwkms was caught; please report it";
        Err(Failure::new(CKR_GENERAL_ERROR, cause))
    });
    match result {
        Ok(()) => {
            if let Some(start) = start {
                entry!(Debug, "{name}: CKR_OK after {:?}", start.elapsed());
            }
            CKR_OK
        }
        Err(failure) => {
            log_failure(name, &failure);
            failure.code
        }
    }
}

fn log_failure(name: &str, failure: &Failure) {
    // A panic while formatting must not leave the boundary.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        let Failure { code, cause } = failure;
        let code_name = code_name(*code).unwrap_or("another code");
        log::write(
            level(*code),
            format_args!("{name}: {code_name} ({code:#x}): {cause}"),
        );
    }));
}

/// Codes that programs provoke in the normal course of events are not important.
fn level(code: CK_RV) -> Level {
    match code {
        CKR_BUFFER_TOO_SMALL
        | CKR_ATTRIBUTE_TYPE_INVALID
        | CKR_ATTRIBUTE_SENSITIVE
        | CKR_USER_ALREADY_LOGGED_IN
        | CKR_CRYPTOKI_ALREADY_INITIALIZED
        | CKR_NO_EVENT
        | CKR_FUNCTION_NOT_SUPPORTED => Level::Debug,
        _ => Level::Error,
    }
}

/// Runs the body of a function that needs the initialized module.
pub(super) fn with_module(name: &str, body: impl FnOnce(&Module) -> Result<()>) -> CK_RV {
    run(name, || body(&*module::current()?))
}

/// Runs the body of a function that needs a session.
pub(super) fn with_session(
    name: &str,
    handle: CK_SESSION_HANDLE,
    body: impl FnOnce(&Arc<Session>) -> Result<()>,
) -> CK_RV {
    with_module(name, |module| body(&module.sessions.get(handle)?))
}
