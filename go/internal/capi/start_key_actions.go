//go:build cgo && !noscwkms

package capi

/*
#include "capi.h"
*/
import "C"

// WaitKey takes the results of these operations: the key's new metadata.

// RotateKeyAsync starts to generate new key material for a symmetric key.
func RotateKeyAsync(call Call, key string) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_rotate_key_async(a.client, a.text, a.options, &result.operation, &result.e)
		return result, code
	})
}

// EnableKeyAsync starts to enable a disabled key.
func EnableKeyAsync(call Call, key string) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_enable_key_async(a.client, a.text, a.options, &result.operation, &result.e)
		return result, code
	})
}

// DisableKeyAsync starts to disable a key.
func DisableKeyAsync(call Call, key string) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_disable_key_async(a.client, a.text, a.options, &result.operation, &result.e)
		return result, code
	})
}

// ProtectKeyAsync starts to protect a key against deletion.
func ProtectKeyAsync(call Call, key string) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_protect_key_async(a.client, a.text, a.options, &result.operation, &result.e)
		return result, code
	})
}

// UnprotectKeyAsync starts to remove a key's protection against deletion.
func UnprotectKeyAsync(call Call, key string) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_unprotect_key_async(a.client, a.text, a.options, &result.operation, &result.e)
		return result, code
	})
}

// RestoreKeyAsync starts to restore a key that is scheduled for deletion.
func RestoreKeyAsync(call Call, key string) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_restore_key_async(a.client, a.text, a.options, &result.operation, &result.e)
		return result, code
	})
}
