//go:build cgo && !noscwkms

package capi

/*
#include "capi.h"

// See start.go.
#cgo noescape scwkms_wait
#cgo nocallback scwkms_wait
*/
import "C"

// The Wait functions take an operation's result, after which its handle is invalid. They block an
// operating system thread if the operation is in flight, so call them after TakeEnded has reported
// its end. A function that does not fit the operation fails, and leaves the operation as it is.

// Wait takes the result of an operation whose result is one slice of bytes: SignAsync, DecryptAsync,
// EncryptAsync, EncryptWithAssociatedDataAsync, WrapAsync or UnwrapAsync.
func Wait(operation Operation) ([]byte, *Error) {
	var (
		buffer C.scwkms_buffer
		e      *C.scwkms_error
	)
	if failure := check(C.scwkms_wait(C.scwkms_operation(operation), &buffer, &e), &e); failure != nil {
		return nil, failure
	}
	return takeBuffer(&buffer), nil
}

// WaitPublicKey takes the result of PublicKeyAsync: a SubjectPublicKeyInfo in DER, and the key's
// algorithm.
func WaitPublicKey(operation Operation) (spki []byte, algorithm uint32, failure *Error) {
	var (
		buffer C.scwkms_buffer
		number C.uint32_t
		e      *C.scwkms_error
	)
	if failure := check(C.scwkms_wait_public_key(C.scwkms_operation(operation), &buffer, &number, &e), &e); failure != nil {
		return nil, 0, failure
	}
	return takeBuffer(&buffer), uint32(number), nil
}

// WaitKey takes the result of an operation whose result is a key: GetKeyAsync, CreateKeyAsync,
// UpdateKeyAsync, ImportKeyMaterialAsync, or one of those in start_key_actions.go.
func WaitKey(operation Operation) (*Key, *Error) {
	var (
		key *C.scwkms_key
		e   *C.scwkms_error
	)
	if failure := check(C.scwkms_wait_key(C.scwkms_operation(operation), &key, &e), &e); failure != nil {
		return nil, failure
	}
	return takeKey(key), nil
}

// WaitKeyList takes the result of FindKeysAsync. The list is not nil, but may be empty.
func WaitKeyList(operation Operation) ([]*Key, *Error) {
	var (
		list *C.scwkms_key_list
		e    *C.scwkms_error
	)
	if failure := check(C.scwkms_wait_key_list(C.scwkms_operation(operation), &list, &e), &e); failure != nil {
		return nil, failure
	}
	return takeKeyList(list), nil
}

// WaitDone takes the result of an operation that only succeeds or fails: DeleteKeyAsync,
// DeleteKeyMaterialAsync, VerifyAsync or VerifyByServiceAsync.
func WaitDone(operation Operation) *Error {
	var e *C.scwkms_error
	return check(C.scwkms_wait_done(C.scwkms_operation(operation), &e), &e)
}

// Cancel cancels an operation in flight, whose result then has the code ErrorCancelled. Its end is
// reported as usual. An operation that has ended, or that does not exist, is ignored.
func Cancel(operation Operation) {
	C.scwkms_cancel(C.scwkms_operation(operation))
}
