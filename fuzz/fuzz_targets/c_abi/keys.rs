//! Reads all that the library says about keys, and frees them.

use std::ptr;

use scwkms::ffi::*;

use super::outputs::text;

/// Checks a key and frees it.
pub fn take_key(key: *mut ScwkmsKey) {
    // SAFETY: the library returned this key, and it was not freed yet.
    unsafe {
        check_key(key);
        scwkms_key_free(key);
    }
}

/// Checks a list of keys and frees it.
pub fn take_list(list: *mut ScwkmsKeyList) {
    // SAFETY: the library returned this list, and it was not freed yet.
    unsafe {
        let len = scwkms_key_list_len(list);
        for index in 0..len {
            check_key(scwkms_key_list_get(list, index));
        }
        assert!(scwkms_key_list_get(list, len).is_null());
        assert!(scwkms_key_list_get(list, usize::MAX).is_null());
        scwkms_key_list_free(list);
    }
}

/// The accessors accept NULL: a key without any text, and an empty list.
pub fn check_null_key() {
    let (key, list) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: NULL is allowed.
    unsafe {
        assert_eq!(text(scwkms_key_uri(key)), "");
        assert_eq!(scwkms_key_algorithm(key), 0);
        assert!(scwkms_key_tag(key, 0).is_null());
        scwkms_key_free(key);
        assert_eq!(scwkms_key_list_len(list), 0);
        assert!(scwkms_key_list_get(list, 0).is_null());
        scwkms_key_list_free(list);
    }
}

/// # Safety
///
/// The key is valid.
unsafe fn check_key(key: *const ScwkmsKey) {
    assert!(!key.is_null());
    // SAFETY: the caller promises it.
    unsafe {
        let (id, region) = (text(scwkms_key_id(key)), text(scwkms_key_region(key)));
        let uri = format!("scwkms:key-id={id};region={region}");
        assert_eq!(text(scwkms_key_uri(key)), uri);
        check_texts(key);
        check_tags(key);
        check_public_key(key);
        scwkms_key_algorithm(key);
        scwkms_key_rotation_count(key);
        scwkms_key_rotation_period(key);
        scwkms_key_is_protected(key);
        scwkms_key_is_locked(key);
    }
}

/// # Safety
///
/// The key is valid.
unsafe fn check_texts(key: *const ScwkmsKey) {
    for accessor in [
        scwkms_key_project_id,
        scwkms_key_name,
        scwkms_key_description,
        scwkms_key_usage,
        scwkms_key_algorithm_name,
        scwkms_key_state,
        scwkms_key_origin,
        scwkms_key_protection_level,
        scwkms_key_created_at,
        scwkms_key_updated_at,
        scwkms_key_rotated_at,
        scwkms_key_next_rotation_at,
        scwkms_key_deletion_requested_at,
    ] {
        // SAFETY: the caller promises it.
        unsafe { text(accessor(key)) };
    }
}

/// # Safety
///
/// The key is valid.
unsafe fn check_tags(key: *const ScwkmsKey) {
    // SAFETY: the caller promises it.
    unsafe {
        let count = scwkms_key_tag_count(key);
        for index in 0..count {
            text(scwkms_key_tag(key, index));
        }
        assert!(scwkms_key_tag(key, count).is_null());
    }
}

/// # Safety
///
/// The key is valid.
unsafe fn check_public_key(key: *const ScwkmsKey) {
    let mut len = usize::MAX;
    // SAFETY: the caller promises it, and the length is writable or NULL.
    unsafe {
        let der = scwkms_key_public_key(key, &mut len);
        assert_eq!(der, scwkms_key_public_key(key, ptr::null_mut()));
        assert_eq!(der.is_null(), len == 0);
        if !der.is_null() {
            // A SubjectPublicKeyInfo is a SEQUENCE.
            assert_eq!(std::slice::from_raw_parts(der, len)[0], 0x30);
        }
    }
}
