//go:build cgo && !noscwkms

package capi

/*
#include <stdlib.h>
#include <scwkms.h>

// make writes the digest of the library that is linked. It has to become part of what is compiled
// here: the go command does not look into libraries when it decides whether to link anew.
#if __has_include("library.h")
#include "library.h"
__attribute__((used)) static const char scwkms_go_library[] = SCWKMS_LIBRARY_DIGEST;
#endif

// Pointers to bytes, in the type that the conversions to Go want.
static void *scwkms_go_bytes(const scwkms_buffer *buffer) { return buffer->data; }
static void scwkms_go_release(char *text) { free(text); }
static scwkms_key *scwkms_go_key_at(const scwkms_key_list *list, size_t i) { return &list->keys[i]; }
*/
import "C"

import (
	"math"
	"strings"
)

// Client is a client's number. Zero is never a client.
type Client uint64

// Error is what a failed call reports.
type Error struct {
	Code       int32
	HTTPStatus int
	RequestID  string
	Message    string
}

// Key is a key's metadata.
type Key struct {
	URI             string
	ID              string
	Region          string
	ProjectID       string
	Name            string
	Usage           string
	AlgorithmName   string
	State           string
	ProtectionLevel string
	CreatedAt       string
	Algorithm       uint32
	Protected       bool
	Locked          bool
}

// Open opens a client.
func Open(uri string) (Client, *Error) {
	text, failure := newText("uri", uri)
	if failure != nil {
		return 0, failure
	}
	defer C.scwkms_go_release(text)
	var e C.scwkms_error
	client := C.scwkms_open(text, &e)
	if client == 0 {
		return 0, takeError(&e)
	}
	return Client(client), nil
}

// Free frees a client. Calls under way finish.
func Free(client Client) {
	C.scwkms_free(C.scwkms_client(client))
}

// PublicKey gives a key's SubjectPublicKeyInfo and its algorithm.
func PublicKey(client Client, key string) (spki []byte, algorithm uint32, failure *Error) {
	text, failure := newText("key", key)
	if failure != nil {
		return nil, 0, failure
	}
	defer C.scwkms_go_release(text)
	var (
		e      C.scwkms_error
		buffer C.scwkms_buffer
		number C.uint32_t
	)
	if C.scwkms_public_key(C.scwkms_client(client), text, &buffer, &number, &e) != C.SCWKMS_OK {
		return nil, 0, takeError(&e)
	}
	return takeBuffer(&buffer), uint32(number), nil
}

// Sign signs a digest with a key of the expected algorithm.
func Sign(client Client, key string, algorithm uint32, digest []byte) ([]byte, *Error) {
	text, failure := newText("key", key)
	if failure != nil {
		return nil, failure
	}
	defer C.scwkms_go_release(text)
	var (
		e      C.scwkms_error
		buffer C.scwkms_buffer
	)
	if C.scwkms_sign(C.scwkms_client(client), text, C.uint32_t(algorithm),
		first(digest), C.size_t(len(digest)), &buffer, &e) != C.SCWKMS_OK {
		return nil, takeError(&e)
	}
	return takeBuffer(&buffer), nil
}

// Decrypt decrypts a ciphertext.
func Decrypt(client Client, key string, ciphertext []byte) ([]byte, *Error) {
	text, failure := newText("key", key)
	if failure != nil {
		return nil, failure
	}
	defer C.scwkms_go_release(text)
	var (
		e      C.scwkms_error
		buffer C.scwkms_buffer
	)
	if C.scwkms_decrypt(C.scwkms_client(client), text,
		first(ciphertext), C.size_t(len(ciphertext)), &buffer, &e) != C.SCWKMS_OK {
		return nil, takeError(&e)
	}
	return takeBuffer(&buffer), nil
}

// Encrypt encrypts a plaintext, by the service.
func Encrypt(client Client, key string, plaintext []byte) ([]byte, *Error) {
	text, failure := newText("key", key)
	if failure != nil {
		return nil, failure
	}
	defer C.scwkms_go_release(text)
	var (
		e      C.scwkms_error
		buffer C.scwkms_buffer
	)
	if C.scwkms_encrypt(C.scwkms_client(client), text,
		first(plaintext), C.size_t(len(plaintext)), &buffer, &e) != C.SCWKMS_OK {
		return nil, takeError(&e)
	}
	return takeBuffer(&buffer), nil
}

// CreateKey creates a key.
func CreateKey(client Client, name string, algorithm, protectionLevel uint32) (*Key, *Error) {
	text, failure := newText("name", name)
	if failure != nil {
		return nil, failure
	}
	defer C.scwkms_go_release(text)
	var (
		e   C.scwkms_error
		key C.scwkms_key
	)
	if C.scwkms_create_key(C.scwkms_client(client), text, C.uint32_t(algorithm),
		C.uint32_t(protectionLevel), &key, &e) != C.SCWKMS_OK {
		return nil, takeError(&e)
	}
	defer C.scwkms_key_free(&key)
	return copyKey(&key), nil
}

// DeleteKey schedules a key for deletion.
func DeleteKey(client Client, key string) *Error {
	text, failure := newText("key", key)
	if failure != nil {
		return failure
	}
	defer C.scwkms_go_release(text)
	var e C.scwkms_error
	if C.scwkms_delete_key(C.scwkms_client(client), text, &e) != C.SCWKMS_OK {
		return takeError(&e)
	}
	return nil
}

// FindKeys finds the keys that match a query.
func FindKeys(client Client, query string) ([]*Key, *Error) {
	text, failure := newText("query", query)
	if failure != nil {
		return nil, failure
	}
	defer C.scwkms_go_release(text)
	var (
		e    C.scwkms_error
		list C.scwkms_key_list
	)
	if C.scwkms_find_keys(C.scwkms_client(client), text, &list, &e) != C.SCWKMS_OK {
		return nil, takeError(&e)
	}
	defer C.scwkms_key_list_free(&list)
	keys := make([]*Key, 0, int(list.len))
	for i := range list.len {
		keys = append(keys, copyKey(C.scwkms_go_key_at(&list, i)))
	}
	return keys, nil
}

// GetKey gives a key's metadata.
func GetKey(client Client, key string) (*Key, *Error) {
	text, failure := newText("key", key)
	if failure != nil {
		return nil, failure
	}
	defer C.scwkms_go_release(text)
	var (
		e    C.scwkms_error
		info C.scwkms_key
	)
	if C.scwkms_get_key(C.scwkms_client(client), text, &info, &e) != C.SCWKMS_OK {
		return nil, takeError(&e)
	}
	defer C.scwkms_key_free(&info)
	return copyKey(&info), nil
}

// ValidateName checks the spelling of a key reference or a client's URI.
func ValidateName(name string) *Error {
	text, failure := newText("name", name)
	if failure != nil {
		return failure
	}
	defer C.scwkms_go_release(text)
	var e C.scwkms_error
	if C.scwkms_validate_name(text, &e) != C.SCWKMS_OK {
		return takeError(&e)
	}
	return nil
}

// AlgorithmName is an algorithm's name as the service writes it, empty if the number is none's.
func AlgorithmName(algorithm uint32) string {
	name := C.scwkms_algorithm_name(C.uint32_t(algorithm))
	if name == nil {
		return ""
	}
	return C.GoString(name)
}

// Version is the library's version.
func Version() string {
	return C.GoString(C.scwkms_version())
}

// ABIVersions are the versions of the binary interface of the header and of the library.
func ABIVersions() (header, library uint32) {
	return C.SCWKMS_ABI_VERSION, uint32(C.scwkms_abi_version())
}

// newText is a copy for C, to be released. C would take a NUL for the text's end and not see what
// follows, so such a text is refused.
func newText(argument, value string) (*C.char, *Error) {
	if strings.ContainsRune(value, 0) {
		return nil, &Error{
			Code:    C.SCWKMS_ERROR_INVALID_ARGUMENT,
			Message: "the argument " + argument + " holds a NUL character",
		}
	}
	return C.CString(value), nil
}

// first is a pointer that C may read the bytes by during the call that it is an argument of.
func first(bytes []byte) *C.uint8_t {
	if len(bytes) == 0 {
		return nil
	}
	return (*C.uint8_t)(&bytes[0])
}

// takeBuffer copies a buffer's bytes to Go, and wipes and frees the buffer.
func takeBuffer(buffer *C.scwkms_buffer) []byte {
	defer C.scwkms_buffer_free(buffer)
	if buffer.len > math.MaxInt32 {
		// The library returns a megabyte at most, and GoBytes takes no more than this.
		panic("scwkms: a buffer of an impossible length")
	}
	return C.GoBytes(C.scwkms_go_bytes(buffer), C.int(buffer.len))
}

// takeError copies an error to Go and frees it.
func takeError(e *C.scwkms_error) *Error {
	defer C.scwkms_error_free(e)
	failure := &Error{
		Code:       int32(e.code),
		HTTPStatus: int(e.http_status),
		Message:    C.GoString(e.message),
	}
	if e.request_id != nil {
		failure.RequestID = C.GoString(e.request_id)
	}
	return failure
}

func copyKey(key *C.scwkms_key) *Key {
	return &Key{
		URI:             C.GoString(key.uri),
		ID:              C.GoString(key.id),
		Region:          C.GoString(key.region),
		ProjectID:       C.GoString(key.project_id),
		Name:            C.GoString(key.name),
		Usage:           C.GoString(key.usage),
		AlgorithmName:   C.GoString(key.algorithm_name),
		State:           C.GoString(key.state),
		ProtectionLevel: C.GoString(key.protection_level),
		CreatedAt:       C.GoString(key.created_at),
		Algorithm:       uint32(key.algorithm),
		Protected:       bool(key.is_protected),
		Locked:          bool(key.is_locked),
	}
}
