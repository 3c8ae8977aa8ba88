//go:build cgo && !noscwkms

package capi

/*
#include "capi.h"
*/
import "C"

// ListRotationsAsync starts to list a key's rotations. WaitRotationList takes them.
func ListRotationsAsync(call Call, key string) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_list_rotations_async(a.client, a.text, a.options, &result.operation, &result.e)
		return result, code
	})
}

// ListAlgorithmsAsync starts to list the algorithms that the service offers. WaitAlgorithmList takes
// them.
func ListAlgorithmsAsync(call Call, query string) (Operation, *Error) {
	return call.start("query", query, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_list_algorithms_async(a.client, a.text, a.options, &result.operation, &result.e)
		return result, code
	})
}
