//! scwkms_rotation_list: the rotations of a key; blocking and asynchronous.

use std::ffi::{CString, c_char};

use super::async_options::{ScwkmsAsyncOptions, scwkms_operation};
use super::boundary::{OutPointer, guard};
use super::client::scwkms_client;
use super::error::ScwkmsError;
use super::list::{List, len, text_at, value_at};
use super::owned::free_boxed;
use super::panic::catch_panic;
use super::start::start;
use super::text::c_string;
use super::{client_registry, input};
use crate::client::KeyRotation;

/// The rotations of a key. The caller owns the list and frees it with scwkms_rotation_list_free(). Any number of
/// threads may read it at once.
pub struct ScwkmsRotationList {
    items: Vec<Item>,
}

pub(super) struct Item {
    index: u32,
    status: CString,
    is_manual: bool,
    created_at: CString,
    updated_at: CString,
    deleted_at: CString,
}

impl ScwkmsRotationList {
    pub(super) fn new(items: &[KeyRotation]) -> Self {
        let item = |item: &KeyRotation| Item {
            index: item.index,
            status: c_string(&item.status),
            is_manual: item.manually_rotated,
            created_at: c_string(&item.created_at),
            updated_at: c_string(&item.updated_at),
            deleted_at: c_string(&item.deleted_at),
        };
        Self {
            items: items.iter().map(item).collect(),
        }
    }
}

impl List for ScwkmsRotationList {
    type Item = Item;

    fn items(&self) -> &[Item] {
        &self.items
    }
}

/// Lists the rotations of a key, the oldest first. An asymmetric key has one. A key that is named by its name is
/// looked up again.
///
/// @param client     the client
/// @param key        a key reference
/// @param rotations  receives the list, to be freed with scwkms_rotation_list_free()
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK or an error code
///
/// Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_list_rotations(
    client: scwkms_client,
    key: *const c_char,
    rotations: *mut *mut ScwkmsRotationList,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let key = unsafe { input::text(key, "key") }?;
        let rotations = OutPointer::required(rotations, "rotations")?;
        let found = ScwkmsRotationList::new(&client.list_rotations(key)?);
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { rotations.write_boxed(found) };
        Ok(())
    })
}

/// Starts scwkms_list_rotations() and returns at once; see scwkms_sign_async(). scwkms_wait_rotation_list() takes
/// the list.
///
/// @param client     the client
/// @param key        a key reference
/// @param options    options, or NULL
/// @param operation  receives the operation
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_list_rotations()
///
/// Pointers: as for scwkms_list_rotations() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_list_rotations_async(
    client: scwkms_client,
    key: *const c_char,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let key = unsafe { input::text(key, "key") }?;
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_list_rotations(key, options)
            })
        }
    })
}

/// The number of rotations in a list; 0 for NULL.
///
/// Pointers: `list` must be NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_rotation_list_len(list: *const ScwkmsRotationList) -> usize {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { len(list) }
}

/// The number of the rotation.
///
/// @param list   a list, or NULL
/// @param index  from 0 to scwkms_rotation_list_len() - 1
/// @return the value; 0 if there is no rotation with this index
///
/// Pointers: `list` must be NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_rotation_index(
    list: *const ScwkmsRotationList,
    index: usize,
) -> u32 {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { value_at(list, index, 0, |item| item.index) }
}

/// The status: enabled or deleted, or a newer value of the service.
///
/// @param list   a list, or NULL
/// @param index  from 0 to scwkms_rotation_list_len() - 1
/// @return the value, valid until the list is freed; "" if there is no rotation with this index
///
/// Pointers: `list` must be NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_rotation_status(
    list: *const ScwkmsRotationList,
    index: usize,
) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_at(list, index, |item| &item.status) }
}

/// Whether the key was rotated by a request, not by its rotation policy.
///
/// @param list   a list, or NULL
/// @param index  from 0 to scwkms_rotation_list_len() - 1
/// @return the value; false if there is no rotation with this index
///
/// Pointers: `list` must be NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_rotation_is_manual(
    list: *const ScwkmsRotationList,
    index: usize,
) -> bool {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { value_at(list, index, false, |item| item.is_manual) }
}

/// The time of the rotation (RFC 3339).
///
/// @param list   a list, or NULL
/// @param index  from 0 to scwkms_rotation_list_len() - 1
/// @return the value, valid until the list is freed; "" if there is no rotation with this index
///
/// Pointers: `list` must be NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_rotation_created_at(
    list: *const ScwkmsRotationList,
    index: usize,
) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_at(list, index, |item| &item.created_at) }
}

/// The time of the last change (RFC 3339).
///
/// @param list   a list, or NULL
/// @param index  from 0 to scwkms_rotation_list_len() - 1
/// @return the value, valid until the list is freed; "" if there is no rotation with this index
///
/// Pointers: `list` must be NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_rotation_updated_at(
    list: *const ScwkmsRotationList,
    index: usize,
) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_at(list, index, |item| &item.updated_at) }
}

/// The time at which the key material was deleted (RFC 3339), or "".
///
/// @param list   a list, or NULL
/// @param index  from 0 to scwkms_rotation_list_len() - 1
/// @return the value, valid until the list is freed; "" if there is no rotation with this index
///
/// Pointers: `list` must be NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_rotation_deleted_at(
    list: *const ScwkmsRotationList,
    index: usize,
) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_at(list, index, |item| &item.deleted_at) }
}

/// Frees a list. Its texts become invalid.
///
/// @param list  a list, or NULL
///
/// Pointers: `list` must be NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_rotation_list_free(list: *mut ScwkmsRotationList) {
    // SAFETY: the caller promises a list that this library allocated and that was not freed, or NULL.
    catch_panic((), || unsafe { free_boxed(list) });
}
