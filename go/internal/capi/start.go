//go:build cgo && !noscwkms

package capi

/*
#include "capi.h"

// These functions keep no pointer to Go memory and never call Go, so that their arguments need no
// allocation.
#cgo noescape scwkms_sign_async
#cgo nocallback scwkms_sign_async
#cgo noescape scwkms_decrypt_async
#cgo nocallback scwkms_decrypt_async
*/
import "C"

// arguments are those that all C functions which start an operation have.
type arguments struct {
	client  C.scwkms_client
	text    *C.char
	options *C.scwkms_async_options
}

// started is the result of a C function that starts an operation.
type started struct {
	operation C.scwkms_operation
	e         *C.scwkms_error
}

// start calls a C function that starts an operation. If the function fails, there is no operation,
// and the slot is not reported.
func (call Call) start(
	argument, value string, function func(arguments) (started, C.int32_t),
) (Operation, *Error) {
	copied, failure := newText(argument, value)
	if failure != nil {
		return 0, failure
	}
	defer copied.free()
	result, code := function(arguments{C.scwkms_client(call.Client), copied.c, call.Slot.options(call.TimeoutMS)})
	if code != C.SCWKMS_OK {
		return 0, takeError(result.e)
	}
	return Operation(result.operation), nil
}

// SignAsync starts to sign a digest. The algorithm is the one that the key must have, or
// AlgorithmUnspecified. Wait takes the signature.
func SignAsync(call Call, key string, algorithm uint32, digest []byte) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_sign_async(a.client, a.text, C.uint32_t(algorithm),
			first(digest), C.size_t(len(digest)), a.options, &result.operation, &result.e)
		return result, code
	})
}

// DecryptAsync starts to decrypt a ciphertext. Wait takes the plaintext.
func DecryptAsync(call Call, key string, ciphertext []byte) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_decrypt_async(a.client, a.text,
			first(ciphertext), C.size_t(len(ciphertext)), a.options, &result.operation, &result.e)
		return result, code
	})
}

// EncryptAsync starts to encrypt a plaintext, which the service does. Wait takes the ciphertext.
func EncryptAsync(call Call, key string, plaintext []byte) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_encrypt_async(a.client, a.text,
			first(plaintext), C.size_t(len(plaintext)), a.options, &result.operation, &result.e)
		return result, code
	})
}

// PublicKeyAsync starts to fetch a key's public key. WaitPublicKey takes it.
func PublicKeyAsync(call Call, key string) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_public_key_async(a.client, a.text, a.options, &result.operation, &result.e)
		return result, code
	})
}

// GetKeyAsync starts to fetch a key with its public key. WaitKey takes it.
func GetKeyAsync(call Call, key string) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_get_key_async(a.client, a.text, a.options, &result.operation, &result.e)
		return result, code
	})
}

// CreateKeyAsync starts to create a key. The name is plain or a URI. WaitKey takes the new key.
func CreateKeyAsync(call Call, name string, algorithm, protectionLevel uint32) (Operation, *Error) {
	return call.start("name", name, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_create_key_async(a.client, a.text, C.uint32_t(algorithm), C.uint32_t(protectionLevel),
			a.options, &result.operation, &result.e)
		return result, code
	})
}

// DeleteKeyAsync starts to schedule a key for deletion. WaitDone takes the result.
func DeleteKeyAsync(call Call, key string) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_delete_key_async(a.client, a.text, a.options, &result.operation, &result.e)
		return result, code
	})
}

// FindKeysAsync starts to find the keys that match a query. WaitKeyList takes them.
func FindKeysAsync(call Call, query string) (Operation, *Error) {
	return call.start("query", query, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_find_keys_async(a.client, a.text, a.options, &result.operation, &result.e)
		return result, code
	})
}
