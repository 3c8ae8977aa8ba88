//! Reads all that the library says about rotations and offered algorithms, and frees the lists.

use std::ptr;

use scwkms::ffi::*;

use super::outputs::text;

/// Checks a list of rotations and frees it.
pub fn take_rotations(list: *mut ScwkmsRotationList) {
    // SAFETY: the library returned this list, and it was not freed yet.
    unsafe {
        let len = scwkms_rotation_list_len(list);
        for index in (0..len).chain([len, usize::MAX]) {
            scwkms_rotation_index(list, index);
            scwkms_rotation_is_manual(list, index);
            text(scwkms_rotation_status(list, index));
            text(scwkms_rotation_created_at(list, index));
            text(scwkms_rotation_updated_at(list, index));
            text(scwkms_rotation_deleted_at(list, index));
        }
        assert_eq!(text(scwkms_rotation_status(list, len)), "");
        scwkms_rotation_list_free(list);
    }
}

/// Checks a list of algorithms and frees it.
pub fn take_algorithms(list: *mut ScwkmsAlgorithmList) {
    // SAFETY: the library returned this list, and it was not freed yet.
    unsafe {
        let len = scwkms_algorithm_list_len(list);
        for index in (0..len).chain([len, usize::MAX]) {
            text(scwkms_offered_algorithm_name(list, index));
            text(scwkms_offered_algorithm_usage(list, index));
            scwkms_offered_algorithm_number(list, index);
            scwkms_offered_algorithm_is_recommended(list, index);
        }
        assert_eq!(text(scwkms_offered_algorithm_name(list, len)), "");
        scwkms_algorithm_list_free(list);
    }
}

/// The accessors accept NULL: an empty list.
pub fn check_null_lists() {
    take_rotations(ptr::null_mut());
    take_algorithms(ptr::null_mut());
}
