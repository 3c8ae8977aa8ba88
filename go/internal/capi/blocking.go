//go:build cgo && !noscwkms

package capi

/*
#include "capi.h"

// See start.go.
#cgo noescape scwkms_sign
#cgo nocallback scwkms_sign
#cgo noescape scwkms_decrypt
#cgo nocallback scwkms_decrypt
*/
import "C"

// Sign signs a digest. It blocks an operating system thread. The algorithm is the one that the key
// must have, or AlgorithmUnspecified.
func Sign(client Client, key string, algorithm uint32, digest []byte) ([]byte, *Error) {
	copied, failure := newText("key", key)
	if failure != nil {
		return nil, failure
	}
	defer copied.free()
	var (
		buffer C.scwkms_buffer
		e      *C.scwkms_error
	)
	code := C.scwkms_sign(C.scwkms_client(client), copied.c, C.uint32_t(algorithm),
		first(digest), C.size_t(len(digest)), &buffer, &e)
	if failure := check(code, &e); failure != nil {
		return nil, failure
	}
	return takeBuffer(&buffer), nil
}

// Decrypt decrypts a ciphertext. It blocks an operating system thread.
func Decrypt(client Client, key string, ciphertext []byte) ([]byte, *Error) {
	copied, failure := newText("key", key)
	if failure != nil {
		return nil, failure
	}
	defer copied.free()
	var (
		buffer C.scwkms_buffer
		e      *C.scwkms_error
	)
	code := C.scwkms_decrypt(C.scwkms_client(client), copied.c,
		first(ciphertext), C.size_t(len(ciphertext)), &buffer, &e)
	if failure := check(code, &e); failure != nil {
		return nil, failure
	}
	return takeBuffer(&buffer), nil
}
