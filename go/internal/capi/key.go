//go:build cgo && !noscwkms

package capi

/*
#include "capi.h"
*/
import "C"

func copyKey(key *C.scwkms_key) *Key {
	return &Key{
		URI:                 C.GoString(C.scwkms_key_uri(key)),
		ID:                  C.GoString(C.scwkms_key_id(key)),
		Region:              C.GoString(C.scwkms_key_region(key)),
		ProjectID:           C.GoString(C.scwkms_key_project_id(key)),
		Name:                C.GoString(C.scwkms_key_name(key)),
		Description:         C.GoString(C.scwkms_key_description(key)),
		Tags:                copyTags(key),
		Usage:               C.GoString(C.scwkms_key_usage(key)),
		Algorithm:           uint32(C.scwkms_key_algorithm(key)),
		AlgorithmName:       C.GoString(C.scwkms_key_algorithm_name(key)),
		State:               C.GoString(C.scwkms_key_state(key)),
		Origin:              C.GoString(C.scwkms_key_origin(key)),
		ProtectionLevel:     C.GoString(C.scwkms_key_protection_level(key)),
		CreatedAt:           C.GoString(C.scwkms_key_created_at(key)),
		UpdatedAt:           C.GoString(C.scwkms_key_updated_at(key)),
		RotatedAt:           C.GoString(C.scwkms_key_rotated_at(key)),
		DeletionRequestedAt: C.GoString(C.scwkms_key_deletion_requested_at(key)),
		RotationCount:       uint64(C.scwkms_key_rotation_count(key)),
		RotationPeriod:      uint64(C.scwkms_key_rotation_period(key)),
		NextRotationAt:      C.GoString(C.scwkms_key_next_rotation_at(key)),
		Protected:           bool(C.scwkms_key_is_protected(key)),
		Locked:              bool(C.scwkms_key_is_locked(key)),
		PublicKey:           copyPublicKey(key),
	}
}

func copyTags(key *C.scwkms_key) []string {
	var tags []string
	for i := range C.scwkms_key_tag_count(key) {
		tags = append(tags, C.GoString(C.scwkms_key_tag(key, i)))
	}
	return tags
}

func copyPublicKey(key *C.scwkms_key) []byte {
	var length C.size_t
	data := C.scwkms_key_public_key(key, &length)
	if data == nil {
		return nil
	}
	return copyBytes(data, length)
}

// takeKey copies a key to Go and frees it.
func takeKey(key *C.scwkms_key) *Key {
	defer C.scwkms_key_free(key)
	return copyKey(key)
}

// takeKeyList copies a list's keys to Go and frees the list.
func takeKeyList(list *C.scwkms_key_list) []*Key {
	defer C.scwkms_key_list_free(list)
	length := C.scwkms_key_list_len(list)
	keys := make([]*Key, 0, int(length))
	for i := range length {
		keys = append(keys, copyKey(C.scwkms_key_list_get(list, i)))
	}
	return keys
}
