//go:build cgo && !noscwkms

package capi

/*
#include "capi.h"
*/
import "C"

// takeRotationList copies a list's rotations to Go and frees the list.
func takeRotationList(list *C.scwkms_rotation_list) []Rotation {
	defer C.scwkms_rotation_list_free(list)
	length := C.scwkms_rotation_list_len(list)
	rotations := make([]Rotation, 0, int(length))
	for i := range length {
		rotations = append(rotations, Rotation{
			Index:     uint32(C.scwkms_rotation_index(list, i)),
			Status:    C.GoString(C.scwkms_rotation_status(list, i)),
			Manual:    bool(C.scwkms_rotation_is_manual(list, i)),
			CreatedAt: C.GoString(C.scwkms_rotation_created_at(list, i)),
			UpdatedAt: C.GoString(C.scwkms_rotation_updated_at(list, i)),
			DeletedAt: C.GoString(C.scwkms_rotation_deleted_at(list, i)),
		})
	}
	return rotations
}

// takeAlgorithmList copies a list's algorithms to Go and frees the list.
func takeAlgorithmList(list *C.scwkms_algorithm_list) []OfferedAlgorithm {
	defer C.scwkms_algorithm_list_free(list)
	length := C.scwkms_algorithm_list_len(list)
	algorithms := make([]OfferedAlgorithm, 0, int(length))
	for i := range length {
		algorithms = append(algorithms, OfferedAlgorithm{
			Name:        C.GoString(C.scwkms_offered_algorithm_name(list, i)),
			Usage:       C.GoString(C.scwkms_offered_algorithm_usage(list, i)),
			Recommended: bool(C.scwkms_offered_algorithm_is_recommended(list, i)),
			Number:      uint32(C.scwkms_offered_algorithm_number(list, i)),
		})
	}
	return algorithms
}
