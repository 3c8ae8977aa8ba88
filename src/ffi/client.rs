//! Opening, closing and freeing clients.

use std::ffi::c_char;

use super::boundary::guard;
use super::error::ScwkmsError;
use super::panic::catch_panic;
use super::{client_registry, input, operation_registry};
use crate::client::{self, Client};

/// A client of Key Manager: a number below 2^53, not a pointer. 0 is never a client. No number is used twice in a
/// process.
///
/// Any number of threads may use a client at once. An invalid handle results in SCWKMS_ERROR_INVALID_HANDLE,
/// never in undefined behaviour.
#[allow(non_camel_case_types)]
pub type scwkms_client = u64;

/// Opens a client. Nothing is sent.
///
/// The settings come from Scaleway's config file, the environment and the URI; a later source wins. The URI is
/// `scwkms:name=value;name=value`, percent-encoded, with any of access-key, secret-key, project-id, organization-id,
/// region, profile, api-url, config (a file), ca-file (PEM), timeout (15s, 500ms), insecure and verify (true, false).
/// Without ca-file, the environment variable SCWKMS_CA_FILE names the file. Warnings, for example about `insecure`, go
/// to the observer, or to standard error if there is none; see scwkms_set_observer().
///
/// @param uri    the URI; NULL or "" if file and environment contain all settings
/// @param error  receives an error, or NULL
/// @return the client, to be freed with scwkms_free(). On failure it is 0, and the error's code is
///         SCWKMS_ERROR_INVALID_ARGUMENT for a malformed URI or SCWKMS_ERROR_CONFIGURATION for invalid settings
///
/// Pointers: `uri` must be NULL or a NUL-terminated string, `error` NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_open(
    uri: *const c_char,
    error: *mut *mut ScwkmsError,
) -> scwkms_client {
    let mut number = 0;
    guard(error, || {
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let uri = unsafe { input::optional_text(uri, "uri") }?;
        number = client_registry::insert(Client::open(uri)?)?;
        Ok(())
    });
    number
}

/// Closes a client and returns at once. No operation can begin any more: functions return SCWKMS_ERROR_INVALID_HANDLE.
/// Operations in flight finish by their deadline, but a failed attempt is not followed by another. Their results can be
/// taken until the client is freed with scwkms_free(). An invalid handle is ignored.
///
/// @param client  the client
#[unsafe(no_mangle)]
pub extern "C" fn scwkms_close(client: scwkms_client) {
    catch_panic((), || {
        if let Ok(client) = client_registry::get(client) {
            client.close();
        }
    });
}

/// Frees a client. 0 and other invalid handles are ignored.
///
/// Blocking calls of other threads finish their current attempt; a failed attempt is not followed by another. Later
/// calls return SCWKMS_ERROR_INVALID_HANDLE. Asynchronous operations whose results were not taken are cancelled. This
/// function waits until their callbacks have returned. Callbacks that have not begun after ten seconds are never called.
/// Inside a callback it does not wait: callbacks of other operations may run after it returns.
///
/// @param client  the client
#[unsafe(no_mangle)]
pub extern "C" fn scwkms_free(client: scwkms_client) {
    catch_panic((), || {
        if let Some(removed) = client_registry::remove(client) {
            removed.close();
            operation_registry::cancel_all_of(client);
        }
    });
}

/// The time limit of the client's operations: timeout= in its URI, or the default.
///
/// @param client  the client
/// @return the limit in milliseconds; 0 if the number is not a client's
#[unsafe(no_mangle)]
pub extern "C" fn scwkms_timeout_ms(client: scwkms_client) -> u32 {
    catch_panic(0, || {
        client_registry::get(client).map_or(0, |client| {
            u32::try_from(client.timeout().as_millis()).unwrap_or(u32::MAX)
        })
    })
}

/// Checks the spelling of a key reference, of a client's URI, or of a URI that is both. Nothing is opened or sent.
///
/// @param name   the text
/// @param error  receives an error, or NULL
/// @return SCWKMS_OK or SCWKMS_ERROR_INVALID_ARGUMENT
///
/// Pointers: `name` must be NULL or a NUL-terminated string, `error` NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_validate_name(
    name: *const c_char,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string, which is used during this call only.
        client::validate_name(unsafe { input::text(name, "name") }?)
    })
}
