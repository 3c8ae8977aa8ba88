//! scwkms_key_update, and changes of a key's attributes: blocking and asynchronous.

use std::ffi::c_char;

use super::async_options::{ScwkmsAsyncOptions, scwkms_operation};
use super::boundary::{OutPointer, guard};
use super::client::scwkms_client;
use super::error::ScwkmsError;
use super::key::ScwkmsKey;
use super::sized_struct::{self, SizedStruct};
use super::start::start;
use super::{client_registry, input};
use crate::client::KeyUpdate;
use crate::error::{Error, ErrorKind, Result};

/// Changes of a key's attributes. Zero all fields, set `size` to sizeof(scwkms_key_update), and set the fields to change.
///
/// Later versions of the library may add fields at the end. A library that is older than the header accepts the struct if
/// the fields that it does not know are zero.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ScwkmsKeyUpdate {
    /// sizeof(scwkms_key_update).
    pub size: usize,
    /// The new name, or NULL.
    pub name: *const c_char,
    /// The new description, or NULL; "" removes it.
    pub description: *const c_char,
    /// The new tags, which replace all others, or NULL.
    pub tags: *const *const c_char,
    /// The number of tags; 0 with a pointer other than NULL removes all tags.
    pub tag_count: usize,
    /// The new number of seconds between two rotations by the service, at least 86400, which is 24 hours, or 0. Only
    /// symmetric keys rotate.
    pub rotation_period: u64,
    /// The time of the next rotation (RFC 3339), with a rotation period, or NULL for one period from now.
    pub next_rotation_at: *const c_char,
}

// SAFETY: it is repr(C), begins with its size, and its other fields are integers and pointers.
unsafe impl SizedStruct for ScwkmsKeyUpdate {
    const NAME: &'static str = "scwkms_key_update";
}

impl ScwkmsKeyUpdate {
    /// Reads and copies the update of a caller.
    ///
    /// # Safety
    /// The pointer must be NULL or valid for reading as many bytes as its field `size` says. Its strings must be NULL or
    /// NUL-terminated, and `tags` NULL or valid for reading `tag_count` strings.
    unsafe fn read(pointer: *const Self) -> Result<KeyUpdate> {
        if pointer.is_null() {
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                "the argument update is NULL",
            ));
        }
        // SAFETY: the caller of this function promises this.
        let update = unsafe { sized_struct::read(pointer) }?;
        // SAFETY: as above.
        unsafe {
            Ok(KeyUpdate {
                name: owned_text(update.name, "name")?,
                description: owned_text(update.description, "description")?,
                tags: update.tags()?,
                rotation_period: (update.rotation_period != 0).then_some(update.rotation_period),
                next_rotation_at: owned_text(update.next_rotation_at, "next_rotation_at")?,
            })
        }
    }

    /// # Safety
    /// As for [`ScwkmsKeyUpdate::read`].
    unsafe fn tags(&self) -> Result<Option<Vec<String>>> {
        if self.tags.is_null() {
            return Ok(None);
        }
        let mut tags = Vec::new();
        for index in 0..self.tag_count {
            // SAFETY: the caller of this function promises `tag_count` readable pointers to strings.
            let tag = unsafe { input::text(self.tags.add(index).read(), "tags") }?;
            tags.push(tag.to_owned());
        }
        Ok(Some(tags))
    }
}

/// A copy of a text; NULL means that there is none.
///
/// # Safety
/// The pointer must be NULL or a NUL-terminated string.
unsafe fn owned_text(pointer: *const c_char, name: &str) -> Result<Option<String>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller of this function promises a valid string, which is copied here.
    let text = unsafe { input::text(pointer, name) }?;
    Ok(Some(text.to_owned()))
}

/// Changes a key's name, description, tags or rotation policy. A key that is named by its name is looked up again.
///
/// @param client  the client
/// @param key     a key reference
/// @param update  the changes
/// @param info    receives the key's new metadata, to be freed with scwkms_key_free()
/// @param error   receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_INVALID_ARGUMENT for an update that changes nothing
///
/// Pointers: `key` must be NULL or a NUL-terminated string. `update` must be NULL or valid for reading as many
/// bytes as its field `size` says; its strings must be NULL or NUL-terminated, and `tags` NULL or valid for reading
/// `tag_count` strings. The other pointers must be NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_update_key(
    client: scwkms_client,
    key: *const c_char,
    update: *const ScwkmsKeyUpdate,
    info: *mut *mut ScwkmsKey,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let key = unsafe { input::text(key, "key") }?;
        // SAFETY: the caller promises a valid struct with valid strings.
        let update = unsafe { ScwkmsKeyUpdate::read(update) }?;
        let info = OutPointer::required(info, "info")?;
        let changed = client.update_key(key, &update)?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { info.write_boxed(ScwkmsKey::new(&changed)) };
        Ok(())
    })
}

/// Starts scwkms_update_key() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the metadata.
///
/// @param client     the client
/// @param key        a key reference
/// @param update     the changes
/// @param options    options, or NULL
/// @param operation  receives the operation
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_update_key()
///
/// Pointers: as for scwkms_update_key() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_update_key_async(
    client: scwkms_client,
    key: *const c_char,
    update: *const ScwkmsKeyUpdate,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let key = unsafe { input::text(key, "key") }?;
        // SAFETY: the caller promises a valid struct with valid strings.
        let update = unsafe { ScwkmsKeyUpdate::read(update) }?;
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_update_key(key, &update, options)
            })
        }
    })
}
