//go:build cgo && !noscwkms

package capi

/*
#include "capi.h"

// See start.go.
#cgo noescape scwkms_sign_message
#cgo nocallback scwkms_sign_message
#cgo noescape scwkms_sign_message_async
#cgo nocallback scwkms_sign_message_async
*/
import "C"

// SignMessage signs a message. It blocks an operating system thread. The algorithm is the one that the
// key must have, or AlgorithmUnspecified.
func SignMessage(client Client, key string, algorithm uint32, message []byte) ([]byte, *Error) {
	copied, failure := newText("key", key)
	if failure != nil {
		return nil, failure
	}
	defer copied.free()
	var (
		buffer C.scwkms_buffer
		e      *C.scwkms_error
	)
	code := C.scwkms_sign_message(C.scwkms_client(client), copied.c, C.uint32_t(algorithm),
		first(message), C.size_t(len(message)), &buffer, &e)
	if failure := check(code, &e); failure != nil {
		return nil, failure
	}
	return takeBuffer(&buffer), nil
}

// SignMessageAsync starts to sign a message. The algorithm is the one that the key must have, or
// AlgorithmUnspecified. Wait takes the signature.
func SignMessageAsync(call Call, key string, algorithm uint32, message []byte) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_sign_message_async(a.client, a.text, C.uint32_t(algorithm),
			first(message), C.size_t(len(message)), a.options, &result.operation, &result.e)
		return result, code
	})
}
