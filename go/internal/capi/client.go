//go:build cgo && !noscwkms

package capi

/*
#include "capi.h"

// make writes library.h, with the digest of the library that is linked. The digest must become part
// of the compiled code: the go command does not look into libraries when it decides whether to link
// a program again.
#if __has_include("library.h")
#include "library.h"
__attribute__((used)) static const char scwkms_go_library[] = SCWKMS_LIBRARY_DIGEST;
#endif
*/
import "C"

// Open opens a client. It sends nothing. The caller frees the client with Free.
func Open(uri string) (Client, *Error) {
	copied, failure := newText("uri", uri)
	if failure != nil {
		return 0, failure
	}
	defer copied.free()
	var e *C.scwkms_error
	client := C.scwkms_open(copied.c, &e)
	if client == 0 {
		return 0, takeError(e)
	}
	return Client(client), nil
}

// Close closes a client and returns at once. No operation of the client can be started any more.
// Those in flight finish by their deadline, and repeat no failed attempt. A closed client must still
// be freed. Close may be called again.
func Close(client Client) {
	C.scwkms_close(C.scwkms_client(client))
}

// Free frees a client. It cancels the client's asynchronous operations, whose results cannot be
// taken any more. Zero and a client that was freed before are ignored.
func Free(client Client) {
	C.scwkms_free(C.scwkms_client(client))
}

// TimeoutMS returns the client's timeout= in milliseconds, or 0 if the client was never opened or
// was freed.
func TimeoutMS(client Client) uint32 {
	return uint32(C.scwkms_timeout_ms(C.scwkms_client(client)))
}

// ValidateName checks the spelling of a key reference, or of a client's URI. It sends nothing.
func ValidateName(name string) *Error {
	copied, failure := newText("name", name)
	if failure != nil {
		return failure
	}
	defer copied.free()
	var e *C.scwkms_error
	return check(C.scwkms_validate_name(copied.c, &e), &e)
}
