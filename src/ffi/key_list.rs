//! scwkms_key_list: the keys that were found.

use std::ptr;

use super::key::ScwkmsKey;
use super::list::{List, len, value_at};
use super::owned::free_boxed;
use super::panic::catch_panic;
use crate::client::KeyInfo;

/// The keys that were found. The caller owns the list and frees it with scwkms_key_list_free(). Any number of threads may
/// read it at once.
pub struct ScwkmsKeyList {
    keys: Vec<ScwkmsKey>,
}

impl ScwkmsKeyList {
    pub(super) fn new(keys: &[KeyInfo]) -> Self {
        Self {
            keys: keys.iter().map(ScwkmsKey::new).collect(),
        }
    }
}

impl List for ScwkmsKeyList {
    type Item = ScwkmsKey;

    fn items(&self) -> &[ScwkmsKey] {
        &self.keys
    }
}

/// The number of keys in a list; 0 for NULL.
///
/// Pointers: `keys` must be NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_list_len(keys: *const ScwkmsKeyList) -> usize {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { len(keys) }
}

/// One key of a list.
///
/// @param keys   a list, or NULL
/// @param index  from 0 to scwkms_key_list_len() - 1
/// @return the key, which belongs to the list and is valid until the list is freed; NULL if there is no key with this
///         index
///
/// Pointers: `keys` must be NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_list_get(
    keys: *const ScwkmsKeyList,
    index: usize,
) -> *const ScwkmsKey {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { value_at(keys, index, ptr::null(), ptr::from_ref) }
}

/// Frees a list and its keys.
///
/// @param keys  a list, or NULL
///
/// Pointers: `keys` must be NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_list_free(keys: *mut ScwkmsKeyList) {
    // SAFETY: the caller promises a list that this library allocated and that was not freed, or NULL.
    catch_panic((), || unsafe { free_boxed(keys) });
}
