//go:build cgo && !noscwkms

package capi

/*
#include "capi.h"

// See start.go.
#cgo noescape scwkms_encryptor_update
#cgo nocallback scwkms_encryptor_update
#cgo noescape scwkms_decryptor_update
#cgo nocallback scwkms_decryptor_update

_Static_assert(SCWKMS_ENVELOPE_MAX_HEADER_LEN == 1153, "EnvelopeMaxHeaderLen");
*/
import "C"

import "unsafe"

// NewDataKeyCache creates a cache of a client.
func NewDataKeyCache(client Client, limits DataKeyLimits) (DataKeyCache, *Error) {
	var (
		cache *C.scwkms_data_key_cache
		e     *C.scwkms_error
	)
	given := C.scwkms_data_key_limits{
		size:         C.sizeof_scwkms_data_key_limits,
		max_age_ms:   C.uint64_t(limits.MaxAgeMS),
		max_messages: C.uint64_t(limits.MaxMessages),
		max_bytes:    C.uint64_t(limits.MaxBytes),
	}
	code := C.scwkms_data_key_cache_new(C.scwkms_client(client), &given, &cache, &e)
	return DataKeyCache{unsafe.Pointer(cache)}, check(code, &e)
}

// Free frees a cache.
func (c DataKeyCache) Free() { C.scwkms_data_key_cache_free((*C.scwkms_data_key_cache)(c.pointer)) }

// NewEncryptor begins the encryption of a message. It blocks an operating system thread. The cache may
// be the zero value.
func NewEncryptor(client Client, cache DataKeyCache, key string, associatedData []byte) (Encryptor, *Error) {
	copied, failure := newText("key", key)
	if failure != nil {
		return Encryptor{}, failure
	}
	defer copied.free()
	var (
		encryptor *C.scwkms_encryptor
		e         *C.scwkms_error
	)
	code := C.scwkms_encryptor_new(C.scwkms_client(client), copied.c,
		first(associatedData), C.size_t(len(associatedData)),
		(*C.scwkms_data_key_cache)(cache.pointer), &encryptor, &e)
	return Encryptor{unsafe.Pointer(encryptor)}, check(code, &e)
}

// Update encrypts the next part of the plaintext. `use` gets the next bytes of the message, which are
// valid during its call.
func (e Encryptor) Update(plaintext []byte, use func([]byte)) *Error {
	return useBuffer(use, func(buffer *C.scwkms_buffer, failure **C.scwkms_error) C.int32_t {
		return C.scwkms_encryptor_update((*C.scwkms_encryptor)(e.pointer),
			first(plaintext), C.size_t(len(plaintext)), buffer, failure)
	})
}

// Finish encrypts the last segment.
func (e Encryptor) Finish(use func([]byte)) *Error {
	return useBuffer(use, func(buffer *C.scwkms_buffer, failure **C.scwkms_error) C.int32_t {
		return C.scwkms_encryptor_finish((*C.scwkms_encryptor)(e.pointer), buffer, failure)
	})
}

// Free frees an encryptor.
func (e Encryptor) Free() { C.scwkms_encryptor_free((*C.scwkms_encryptor)(e.pointer)) }

// NewDecryptor begins the decryption of a message. It blocks an operating system thread. An expected
// key of "" means any key. The cache may be the zero value.
func NewDecryptor(
	client Client, cache DataKeyCache, expectedKey string, associatedData, start []byte,
) (Decryptor, *Error) {
	copied, failure := newText("expected_key", expectedKey)
	if failure != nil {
		return Decryptor{}, failure
	}
	defer copied.free()
	key := copied.c
	if expectedKey == "" {
		key = nil
	}
	var (
		decryptor *C.scwkms_decryptor
		e         *C.scwkms_error
	)
	code := C.scwkms_decryptor_new(C.scwkms_client(client), key,
		first(associatedData), C.size_t(len(associatedData)),
		(*C.scwkms_data_key_cache)(cache.pointer), first(start), C.size_t(len(start)), &decryptor, &e)
	return Decryptor{unsafe.Pointer(decryptor)}, check(code, &e)
}

// Update decrypts the next part of the message. `use` gets the next bytes of the plaintext, which are
// valid during its call.
func (d Decryptor) Update(message []byte, use func([]byte)) *Error {
	return useBuffer(use, func(buffer *C.scwkms_buffer, failure **C.scwkms_error) C.int32_t {
		return C.scwkms_decryptor_update((*C.scwkms_decryptor)(d.pointer),
			first(message), C.size_t(len(message)), buffer, failure)
	})
}

// Finish decrypts the last segment. Success means that the message is complete.
func (d Decryptor) Finish(use func([]byte)) *Error {
	return useBuffer(use, func(buffer *C.scwkms_buffer, failure **C.scwkms_error) C.int32_t {
		return C.scwkms_decryptor_finish((*C.scwkms_decryptor)(d.pointer), buffer, failure)
	})
}

// Free frees a decryptor.
func (d Decryptor) Free() { C.scwkms_decryptor_free((*C.scwkms_decryptor)(d.pointer)) }

// useBuffer makes a call that returns a buffer, and frees the buffer after its use.
func useBuffer(use func([]byte), call func(*C.scwkms_buffer, **C.scwkms_error) C.int32_t) *Error {
	var (
		buffer C.scwkms_buffer
		e      *C.scwkms_error
	)
	code := call(&buffer, &e)
	if failure := check(code, &e); failure != nil {
		return failure
	}
	defer C.scwkms_buffer_free(&buffer)
	use(unsafe.Slice((*byte)(buffer.data), int(buffer.len)))
	return nil
}
