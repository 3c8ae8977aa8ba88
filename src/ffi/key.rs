//! scwkms_key: metadata, and the functions that create, find, describe and delete keys.

use std::ffi::c_char;
use std::ptr;

use super::boundary::{Output, guard, quietly};
use super::client::scwkms_client;
use super::error::{ScwkmsError, free_string, string};
use super::{handle, input};
use crate::algorithm::Algorithm;
use crate::client::{KeyInfo, ProtectionLevel};
use crate::error::{Error, ErrorKind, Result};

/// As the URI says, else as the service likes.
pub const SCWKMS_PROTECTION_LEVEL_UNSPECIFIED: u32 = 0;
/// Operations are carried out in software.
pub const SCWKMS_PROTECTION_LEVEL_SOFTWARE: u32 = 1;
/// Operations are carried out in a hardware security module.
pub const SCWKMS_PROTECTION_LEVEL_HSM: u32 = 2;

/// A key's metadata. All texts are NUL-terminated UTF-8 and never NULL after a call that succeeded.
///
/// It belongs to the caller, who frees it with scwkms_key_free(), or as part of a list with
/// scwkms_key_list_free().
#[repr(C)]
pub struct ScwkmsKey {
    /// `scwkms:key-id=UUID;region=REGION`, which names the key in every function.
    pub uri: *mut c_char,
    /// The key's UUID.
    pub id: *mut c_char,
    /// The region where it lives.
    pub region: *mut c_char,
    /// The UUID of the project that it belongs to.
    pub project_id: *mut c_char,
    /// Its name, which need not be unique.
    pub name: *mut c_char,
    /// asymmetric_signing, asymmetric_encryption, symmetric_encryption or key_encapsulation.
    pub usage: *mut c_char,
    /// The algorithm's name as the service writes it, ec_p256_sha256 for example.
    pub algorithm_name: *mut c_char,
    /// enabled, disabled, pending_key_material or scheduled_for_deletion.
    pub state: *mut c_char,
    /// software or hsm; "" where the service did not say.
    pub protection_level: *mut c_char,
    /// When it was created, in RFC 3339; "" where the service did not say.
    pub created_at: *mut c_char,
    /// One of SCWKMS_ALGORITHM_*; 0 where this version of the library does not know it.
    pub algorithm: u32,
    /// Whether it is protected against deletion.
    pub is_protected: bool,
    /// Whether the service has locked it.
    pub is_locked: bool,
}

impl ScwkmsKey {
    fn new(key: &KeyInfo) -> Self {
        Self {
            uri: string(&key.uri),
            id: string(&key.id),
            region: string(&key.region),
            project_id: string(&key.project_id),
            name: string(&key.name),
            usage: string(&key.usage),
            algorithm_name: string(&key.algorithm_name),
            state: string(&key.state),
            protection_level: string(&key.protection_level),
            created_at: string(&key.created_at),
            algorithm: key.algorithm.map_or(0, Algorithm::code),
            is_protected: key.protected,
            is_locked: key.locked,
        }
    }

    const EMPTY: Self = Self {
        uri: ptr::null_mut(),
        id: ptr::null_mut(),
        region: ptr::null_mut(),
        project_id: ptr::null_mut(),
        name: ptr::null_mut(),
        usage: ptr::null_mut(),
        algorithm_name: ptr::null_mut(),
        state: ptr::null_mut(),
        protection_level: ptr::null_mut(),
        created_at: ptr::null_mut(),
        algorithm: 0,
        is_protected: false,
        is_locked: false,
    };

    /// Frees the texts.
    ///
    /// # Safety
    /// The texts must be NULL or this library's, and nothing may refer to them.
    unsafe fn free(self) {
        for text in [
            self.uri,
            self.id,
            self.region,
            self.project_id,
            self.name,
            self.usage,
            self.algorithm_name,
            self.state,
            self.protection_level,
            self.created_at,
        ] {
            // SAFETY: the caller vouches for them.
            unsafe { free_string(text) };
        }
    }
}

/// Keys that were found. It belongs to the caller, who frees it with scwkms_key_list_free().
#[repr(C)]
pub struct ScwkmsKeyList {
    /// The first key; not to be read where len is 0.
    pub keys: *mut ScwkmsKey,
    /// The number of keys.
    pub len: usize,
}

/// Creates a key.
///
/// The name is plain text, or a URI that says more: `scwkms:name=NAME` with any of
/// algorithm=rsa_oaep_3072_sha256, unprotected=true, region, project-id, description, tags=A,B and
/// protection-level=hsm. The key is protected against deletion unless the URI says unprotected=true.
///
/// A creation is repeated only where the first request surely was not processed; where that cannot
/// be known, the error says so and how to look for the key.
///
/// @param client            the client
/// @param name              the name, or a URI
/// @param algorithm         one of SCWKMS_ALGORITHM_*; 0: as the URI says, else EC_P256_SHA256. It
///                          must be the URI's where both say one
/// @param protection_level  one of SCWKMS_PROTECTION_LEVEL_*
/// @param key               receives the key's metadata, to be freed with scwkms_key_free()
/// @param error             where to write what went wrong, or NULL
/// @return SCWKMS_OK or an error code
///
/// Pointers: `name` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_create_key(
    client: scwkms_client,
    name: *const c_char,
    algorithm: u32,
    protection_level: u32,
    key: *mut ScwkmsKey,
    error: *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = handle::get(client)?;
        // SAFETY: the caller vouches for the string, which is used during this call only.
        let name = unsafe { input::text(name, "name") }?;
        let place = Output::required(key, "key")?;
        let level = level(protection_level)?;
        let created = client.create_key(name, input::algorithm(algorithm)?, level)?;
        // SAFETY: the caller vouches for the place.
        unsafe { place.write(ScwkmsKey::new(&created)) };
        Ok(())
    })
}

fn level(number: u32) -> Result<Option<ProtectionLevel>> {
    match number {
        SCWKMS_PROTECTION_LEVEL_UNSPECIFIED => Ok(None),
        SCWKMS_PROTECTION_LEVEL_SOFTWARE => Ok(Some(ProtectionLevel::Software)),
        SCWKMS_PROTECTION_LEVEL_HSM => Ok(Some(ProtectionLevel::Hsm)),
        _ => Err(Error::new(
            ErrorKind::InvalidArgument,
            format!("{number} is no protection level; see SCWKMS_PROTECTION_LEVEL_*"),
        )),
    }
}

/// Schedules a key for deletion; for 7 days it can be restored in Scaleway's console. Where it
/// cannot be known whether the service did, the error says so.
///
/// @param client  the client
/// @param key     the key's name
/// @param error   where to write what went wrong, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_KEY_STATE for a protected key
///
/// Pointers: `key` must be NULL or a NUL-terminated string, `error` NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_delete_key(
    client: scwkms_client,
    key: *const c_char,
    error: *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller vouches for the string, which is used during this call only.
        handle::get(client)?.delete_key(unsafe { input::text(key, "key") }?)
    })
}

/// Finds keys, in the order of their names. Those scheduled for deletion are not found. A list of over
/// 32 MiB as the service sends it, some 50,000 keys, is an error: SCWKMS_ERROR_PROTOCOL.
///
/// @param client  the client
/// @param query   NULL or "" for all keys of the client's region and project, or `scwkms:` with any
///                of name=NAME (exact), usage=asymmetric_signing, algorithm=ec_p256_sha256,
///                tags=A,B (all of them), region and project-id
/// @param keys    receives the keys, to be freed with scwkms_key_list_free()
/// @param error   where to write what went wrong, or NULL
/// @return SCWKMS_OK, also where no key was found, or an error code
///
/// Pointers: `query` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_find_keys(
    client: scwkms_client,
    query: *const c_char,
    keys: *mut ScwkmsKeyList,
    error: *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = handle::get(client)?;
        // SAFETY: the caller vouches for the string, which is used during this call only.
        let query = unsafe { input::optional_text(query, "query") }?;
        let place = Output::required(keys, "keys")?;
        let found: Box<[ScwkmsKey]> = client
            .find_keys(query)?
            .iter()
            .map(ScwkmsKey::new)
            .collect();
        let list = ScwkmsKeyList {
            len: found.len(),
            keys: Box::into_raw(found).cast(),
        };
        // SAFETY: the caller vouches for the place.
        unsafe { place.write(list) };
        Ok(())
    })
}

/// Gives a key's metadata, as it was when the client first used the key.
///
/// @param client  the client
/// @param key     the key's name
/// @param info    receives the metadata, to be freed with scwkms_key_free()
/// @param error   where to write what went wrong, or NULL
/// @return SCWKMS_OK or an error code
///
/// Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_get_key(
    client: scwkms_client,
    key: *const c_char,
    info: *mut ScwkmsKey,
    error: *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = handle::get(client)?;
        // SAFETY: the caller vouches for the string, which is used during this call only.
        let key = unsafe { input::text(key, "key") }?;
        let place = Output::required(info, "info")?;
        let found = client.key_info(key)?;
        // SAFETY: the caller vouches for the place.
        unsafe { place.write(ScwkmsKey::new(&found)) };
        Ok(())
    })
}

/// Frees a key's texts and zeroes it. NULL, a zeroed one and a second call are fine.
///
/// @param key  metadata that was zeroed or written by this library and is not part of a list, or NULL
///
/// Pointers: the pointer must be NULL or valid for reading and writing one scwkms_key that was zeroed or
/// written by this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_free(key: *mut ScwkmsKey) {
    if key.is_null() {
        return;
    }
    quietly(|| {
        // SAFETY: not NULL, and the caller vouches for the rest. Zeroing it in the same step makes
        // a second call harmless.
        let owned = unsafe { key.replace(ScwkmsKey::EMPTY) };
        // SAFETY: this library's texts, or NULL; nothing refers to them any more.
        unsafe { owned.free() };
    });
}

/// Frees a list and its keys and zeroes it. NULL, a zeroed one and a second call are fine.
///
/// @param keys  a list that was zeroed or written by this library, or NULL
///
/// Pointers: the pointer must be NULL or valid for reading and writing one scwkms_key_list that was zeroed
/// or written by this library, with its pointer and length unchanged.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_list_free(keys: *mut ScwkmsKeyList) {
    if keys.is_null() {
        return;
    }
    quietly(|| {
        let empty = ScwkmsKeyList {
            keys: ptr::null_mut(),
            len: 0,
        };
        // SAFETY: not NULL, and the caller vouches for the rest. Zeroing it in the same step makes
        // a second call harmless.
        let ScwkmsKeyList { keys, len } = unsafe { keys.replace(empty) };
        if !keys.is_null() {
            // SAFETY: pointer and length are those of a boxed slice that scwkms_find_keys let go
            // of, and nothing refers to it any more.
            let keys = unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(keys, len)) };
            for key in keys {
                // SAFETY: this library's texts.
                unsafe { key.free() };
            }
        }
    });
}
