//! Opening and freeing clients.

use std::ffi::c_char;

use super::boundary::{guard, quietly};
use super::error::ScwkmsError;
use super::{handle, input, request};
use crate::client::{self, Client};

/// A client of Key Manager: a number, not a pointer. 0 is never a client.
///
/// One client serves any number of threads at once. A number that was freed, or was never a
/// client's, makes a call fail with SCWKMS_ERROR_INVALID_HANDLE; it is never undefined behaviour.
#[allow(non_camel_case_types)]
pub type scwkms_client = u64;

/// Opens a client. Nothing is sent yet.
///
/// Settings come from Scaleway's config file, the environment and the URI; later wins. The URI is
/// `scwkms:name=value;name=value`, percent-encoded, with any of access-key, secret-key, project-id,
/// organization-id, region, profile, api-url, config (a file), ca-file (PEM), timeout (15s, 500ms),
/// insecure and verify (true, false). Warnings, about `insecure` for example, are printed to
/// standard error.
///
/// @param uri    the URI; NULL or "" where file and environment say all
/// @param error  where to write what went wrong, or NULL
/// @return the client, to be freed with scwkms_free(); 0 on failure: SCWKMS_ERROR_INVALID_ARGUMENT
///         for a malformed URI, SCWKMS_ERROR_CONFIGURATION for settings that cannot be used
///
/// Pointers: `uri` must be NULL or a NUL-terminated string, `error` NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_open(uri: *const c_char, error: *mut ScwkmsError) -> scwkms_client {
    let mut number = 0;
    guard(error, || {
        // SAFETY: the caller vouches for the string, which is used during this call only.
        let uri = unsafe { input::optional_text(uri, "uri") }?;
        number = handle::insert(Client::open(uri)?)?;
        Ok(())
    });
    number
}

/// Frees a client. 0, a number that was freed before, and one that was never a client's are fine.
///
/// Calls of other threads that are under way go on to the end of the attempt they are making, and
/// make no other: one that fails then says so. Later calls fail with SCWKMS_ERROR_INVALID_HANDLE. Requests that were started and not waited for are given up: when
/// this function returns, the callbacks of all requests have returned and are not called again.
/// (Inside a callback it cannot wait for those of other requests, which follow; and one that hangs is
/// waited for ten seconds.)
///
/// @param client  the client
#[unsafe(no_mangle)]
pub extern "C" fn scwkms_free(client: scwkms_client) {
    quietly(|| {
        if let Some(removed) = handle::remove(client) {
            removed.close();
        }
        request::close(client);
    });
}

/// Checks the spelling of a key reference, of a client's URI, or of a URI that is both. Needs no
/// client and sends nothing.
///
/// @param name   the text
/// @param error  where to write what went wrong, or NULL
/// @return SCWKMS_OK or SCWKMS_ERROR_INVALID_ARGUMENT
///
/// Pointers: `name` must be NULL or a NUL-terminated string, `error` NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_validate_name(name: *const c_char, error: *mut ScwkmsError) -> i32 {
    guard(error, || {
        // SAFETY: the caller vouches for the string, which is used during this call only.
        client::validate_name(unsafe { input::text(name, "name") }?)
    })
}
