//go:build cgo && !noscwkms

package capi

/*
#include "capi.h"
*/
import "C"

// EncryptWithAssociatedDataAsync starts to encrypt a plaintext, which the service does. The associated
// data may be empty. Wait takes the ciphertext.
func EncryptWithAssociatedDataAsync(
	call Call, key string, plaintext, associatedData []byte,
) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_encrypt_with_associated_data_async(a.client, a.text,
			first(plaintext), C.size_t(len(plaintext)), first(associatedData), C.size_t(len(associatedData)),
			a.options, &result.operation, &result.e)
		return result, code
	})
}

// DecryptWithAssociatedDataAsync starts to decrypt a ciphertext. WaitDecrypted takes the result.
func DecryptWithAssociatedDataAsync(
	call Call, key string, ciphertext, associatedData []byte,
) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_decrypt_with_associated_data_async(a.client, a.text,
			first(ciphertext), C.size_t(len(ciphertext)), first(associatedData), C.size_t(len(associatedData)),
			a.options, &result.operation, &result.e)
		return result, code
	})
}

// GenerateDataKeyAsync starts to generate a data key. Without withPlaintext, the service only sends
// the encrypted data key. WaitDataKey takes the result.
func GenerateDataKeyAsync(call Call, key string, withPlaintext bool) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_generate_data_key_async(a.client, a.text,
			C.bool(withPlaintext), a.options, &result.operation, &result.e)
		return result, code
	})
}

// WrapAsync starts to encrypt a plaintext with an ML-KEM key, which the service does. Wait takes the
// ciphertext.
func WrapAsync(call Call, key string, plaintext, associatedData []byte) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_wrap_async(a.client, a.text,
			first(plaintext), C.size_t(len(plaintext)), first(associatedData), C.size_t(len(associatedData)),
			a.options, &result.operation, &result.e)
		return result, code
	})
}

// UnwrapAsync starts to decrypt a ciphertext of WrapAsync. Wait takes the plaintext.
func UnwrapAsync(call Call, key string, ciphertext, associatedData []byte) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_unwrap_async(a.client, a.text,
			first(ciphertext), C.size_t(len(ciphertext)), first(associatedData), C.size_t(len(associatedData)),
			a.options, &result.operation, &result.e)
		return result, code
	})
}
