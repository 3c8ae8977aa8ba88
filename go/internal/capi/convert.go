//go:build cgo && !noscwkms

package capi

/*
#include <stdlib.h>
#include "capi.h"

// See start.go.
#cgo noescape scwkms_buffer_free
#cgo nocallback scwkms_buffer_free

// Overwrites a text and frees it. The pointer is volatile so that the compiler keeps the writes.
static void scwkms_go_wipe_and_free(char *text) {
	for (volatile char *c = text; *c != '\0'; c++)
		*c = '\0';
	free(text);
}

// A pointer to bytes in the type that C.GoBytes takes.
static void *scwkms_go_pointer(const uint8_t *bytes) { return (void *)bytes; }
*/
import "C"

import (
	"math"
	"strings"
)

// check returns a failed call's error, and nil for a call that succeeded. The error is passed
// by its address: Go may evaluate a plain argument before the C call in the first argument.
func check(code C.int32_t, e **C.scwkms_error) *Error {
	if code == C.SCWKMS_OK {
		return nil
	}
	return takeError(*e)
}

// takeError copies an error to Go and frees it.
func takeError(e *C.scwkms_error) *Error {
	defer C.scwkms_error_free(e)
	return &Error{
		Code:       int32(C.scwkms_error_code(e)),
		HTTPStatus: int(C.scwkms_error_http_status(e)),
		RequestID:  C.GoString(C.scwkms_error_request_id(e)),
		Message:    C.GoString(C.scwkms_error_message(e)),
	}
}

// text is a C copy of a Go string.
type text struct {
	c *C.char
}

// newText copies a string for C. A string with a NUL is refused: for C it would end there.
func newText(argument, value string) (text, *Error) {
	if strings.ContainsRune(value, 0) {
		return text{}, &Error{
			Code:    ErrorInvalidArgument,
			Message: "the argument " + argument + " holds a NUL character",
		}
	}
	return text{C.CString(value)}, nil
}

// free wipes the copy, which may hold a secret key, and frees it.
func (t text) free() {
	C.scwkms_go_wipe_and_free(t.c)
}

// first returns a pointer to the bytes. C may only use it during the call that receives it.
func first(bytes []byte) *C.uint8_t {
	if len(bytes) == 0 {
		return nil
	}
	return (*C.uint8_t)(&bytes[0])
}

// takeBuffer copies a buffer's bytes to Go, and wipes and frees the buffer.
func takeBuffer(buffer *C.scwkms_buffer) []byte {
	defer C.scwkms_buffer_free(buffer)
	return copyBytes(buffer.data, buffer.len)
}

// takeOptionalBuffer is takeBuffer, but returns nil for an empty buffer.
func takeOptionalBuffer(buffer *C.scwkms_buffer) []byte {
	if buffer.len == 0 {
		C.scwkms_buffer_free(buffer)
		return nil
	}
	return takeBuffer(buffer)
}

func copyBytes(data *C.uint8_t, length C.size_t) []byte {
	if length > math.MaxInt32 {
		// The library returns at most one megabyte, and C.GoBytes takes at most this length.
		panic("scwkms: the library returned a buffer of an impossible length")
	}
	return C.GoBytes(C.scwkms_go_pointer(data), C.int(length))
}
