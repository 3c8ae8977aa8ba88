//go:build cgo && !noscwkms

package capi

/*
#include "capi.h"
*/
import "C"

// VerifyAsync starts to verify a signature of a digest with the key's public key. The algorithm is the
// one that the key must have, or AlgorithmUnspecified. WaitDone takes the result, which is
// ErrorIntegrity for a signature that is not valid.
func VerifyAsync(call Call, key string, algorithm uint32, digest, signature []byte) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_verify_async(a.client, a.text,
			C.uint32_t(algorithm), first(digest), C.size_t(len(digest)), first(signature), C.size_t(len(signature)),
			a.options, &result.operation, &result.e)
		return result, code
	})
}

// VerifyByServiceAsync is VerifyAsync, but the service verifies the signature.
func VerifyByServiceAsync(
	call Call, key string, algorithm uint32, digest, signature []byte,
) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_verify_by_service_async(a.client, a.text,
			C.uint32_t(algorithm), first(digest), C.size_t(len(digest)), first(signature), C.size_t(len(signature)),
			a.options, &result.operation, &result.e)
		return result, code
	})
}
