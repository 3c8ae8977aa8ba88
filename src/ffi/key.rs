//! scwkms_key: a key's metadata, and its accessors.

use std::ffi::{CString, c_char};
use std::ptr;

use super::owned::free_boxed;
use super::panic::catch_panic;
use super::text::{c_string, read, text_of};
use crate::algorithm::Algorithm;
use crate::client::KeyInfo;

/// A key's metadata. It is read with the functions scwkms_key_*().
///
/// The texts are NUL-terminated UTF-8, valid until the key is freed, and never NULL. A text is "" if the service gave none.
/// For a NULL key the accessors return "", 0, false or NULL. The caller owns the key and frees it with scwkms_key_free();
/// the keys of a list belong to the list. Any number of threads may read a key at once.
pub struct ScwkmsKey {
    uri: CString,
    id: CString,
    region: CString,
    project_id: CString,
    name: CString,
    description: CString,
    usage: CString,
    algorithm_name: CString,
    state: CString,
    origin: CString,
    protection_level: CString,
    created_at: CString,
    updated_at: CString,
    rotated_at: CString,
    deletion_requested_at: CString,
    next_rotation_at: CString,
    tags: Vec<CString>,
    public_key: Option<Box<[u8]>>,
    rotation_count: u64,
    rotation_period: u64,
    algorithm: u32,
    is_protected: bool,
    is_locked: bool,
}

impl ScwkmsKey {
    pub(super) fn new(key: &KeyInfo) -> Self {
        Self {
            uri: c_string(&key.uri),
            id: c_string(&key.id),
            region: c_string(&key.region),
            project_id: c_string(&key.project_id),
            name: c_string(&key.name),
            description: c_string(&key.description),
            usage: c_string(&key.usage),
            algorithm_name: c_string(&key.algorithm_name),
            state: c_string(&key.state),
            origin: c_string(&key.origin),
            protection_level: c_string(&key.protection_level),
            created_at: c_string(&key.created_at),
            updated_at: c_string(&key.updated_at),
            rotated_at: c_string(&key.rotated_at),
            deletion_requested_at: c_string(&key.deletion_requested_at),
            next_rotation_at: c_string(&key.next_rotation_at),
            tags: key.tags.iter().map(|tag| c_string(tag)).collect(),
            public_key: key.public_key.as_deref().map(Box::from),
            rotation_count: key.rotation_count,
            rotation_period: key.rotation_period.unwrap_or(0),
            algorithm: key.algorithm.map_or(0, Algorithm::code),
            is_protected: key.protected,
            is_locked: key.locked,
        }
    }
}

/// The key's URI, `scwkms:key-id=UUID;region=REGION`, which refers to the key in all functions.
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_uri(key: *const ScwkmsKey) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_of(key, |key| &key.uri) }
}

/// The key's UUID.
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_id(key: *const ScwkmsKey) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_of(key, |key| &key.id) }
}

/// The key's region.
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_region(key: *const ScwkmsKey) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_of(key, |key| &key.region) }
}

/// The UUID of the key's project.
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_project_id(key: *const ScwkmsKey) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_of(key, |key| &key.project_id) }
}

/// The key's name. Several keys may have the same name.
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_name(key: *const ScwkmsKey) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_of(key, |key| &key.name) }
}

/// The key's description.
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_description(key: *const ScwkmsKey) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_of(key, |key| &key.description) }
}

/// The key's usage: asymmetric_signing, asymmetric_encryption, symmetric_encryption or key_encapsulation.
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_usage(key: *const ScwkmsKey) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_of(key, |key| &key.usage) }
}

/// The algorithm's name as the service writes it, for example ec_p256_sha256.
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_algorithm_name(key: *const ScwkmsKey) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_of(key, |key| &key.algorithm_name) }
}

/// The key's state: enabled, disabled, pending_key_material or scheduled_for_deletion.
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_state(key: *const ScwkmsKey) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_of(key, |key| &key.state) }
}

/// The origin of the key material: scaleway_kms, or external for imported key material.
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_origin(key: *const ScwkmsKey) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_of(key, |key| &key.origin) }
}

/// Where operations are executed: software or hsm.
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_protection_level(key: *const ScwkmsKey) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_of(key, |key| &key.protection_level) }
}

/// The time of the key's creation (RFC 3339).
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_created_at(key: *const ScwkmsKey) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_of(key, |key| &key.created_at) }
}

/// The time of the last change (RFC 3339).
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_updated_at(key: *const ScwkmsKey) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_of(key, |key| &key.updated_at) }
}

/// The time of the last rotation (RFC 3339).
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_rotated_at(key: *const ScwkmsKey) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_of(key, |key| &key.rotated_at) }
}

/// The time at which the deletion was requested (RFC 3339).
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_deletion_requested_at(key: *const ScwkmsKey) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_of(key, |key| &key.deletion_requested_at) }
}

/// The key's algorithm: one of SCWKMS_ALGORITHM_*, or 0 if this version of the library does not know the algorithm.
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_algorithm(key: *const ScwkmsKey) -> u32 {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { read(key, 0, |key| key.algorithm) }
}

/// How often the key was rotated.
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_rotation_count(key: *const ScwkmsKey) -> u64 {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { read(key, 0, |key| key.rotation_count) }
}

/// The number of seconds between two rotations by the service, or 0 if the key has no rotation policy.
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_rotation_period(key: *const ScwkmsKey) -> u64 {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { read(key, 0, |key| key.rotation_period) }
}

/// The time of the next rotation by the service (RFC 3339).
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_next_rotation_at(key: *const ScwkmsKey) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_of(key, |key| &key.next_rotation_at) }
}

/// Whether the key is protected against deletion.
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_is_protected(key: *const ScwkmsKey) -> bool {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { read(key, false, |key| key.is_protected) }
}

/// Whether the service has locked the key.
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_is_locked(key: *const ScwkmsKey) -> bool {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { read(key, false, |key| key.is_locked) }
}

/// The number of the key's tags.
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_tag_count(key: *const ScwkmsKey) -> usize {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { read(key, 0, |key| key.tags.len()) }
}

/// One of the key's tags.
///
/// @param key    a key, or NULL
/// @param index  from 0 to scwkms_key_tag_count() - 1
/// @return the tag, valid until the key is freed; NULL if there is no tag with this index
///
/// Pointers: `key` must be NULL or a key that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_tag(key: *const ScwkmsKey, index: usize) -> *const c_char {
    let tag = |key: &ScwkmsKey| key.tags.get(index).map_or(ptr::null(), |tag| tag.as_ptr());
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { read(key, ptr::null(), tag) }
}

/// The key's public key: a SubjectPublicKeyInfo in DER (RFC 5280).
///
/// Keys from scwkms_get_key() have it. Keys from scwkms_create_key() and scwkms_find_keys() do not, since the service
/// sends it in a separate response.
///
/// @param key  a key, or NULL
/// @param len  receives the number of bytes, or 0; it may be NULL
/// @return the bytes, valid until the key is freed; NULL if the key has no public key, if the library does not know its
///         algorithm, or if it was not fetched
///
/// Pointers: `key` must be NULL or a key that was not freed, `len` NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_public_key(
    key: *const ScwkmsKey,
    len: *mut usize,
) -> *const u8 {
    let bytes = |key: &ScwkmsKey| {
        let bytes = key.public_key.as_deref()?;
        Some((bytes.as_ptr(), bytes.len()))
    };
    // SAFETY: the caller promises a valid pointer or NULL.
    let (data, count) = unsafe { read(key, None, bytes) }.unwrap_or((ptr::null(), 0));
    if !len.is_null() {
        // SAFETY: it is not NULL, and the caller promises that it is valid for writing.
        unsafe { len.write(count) };
    }
    data
}

/// Frees a key. Its texts become invalid. Keys of a list must not be freed.
///
/// @param key  a key, or NULL
///
/// Pointers: `key` must be NULL, or a key that was not freed and is not part of a list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_key_free(key: *mut ScwkmsKey) {
    // SAFETY: the caller promises a key that this library allocated and that was not freed, or NULL.
    catch_panic((), || unsafe { free_boxed(key) });
}
