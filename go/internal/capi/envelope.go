//go:build cgo && !noscwkms

package capi

/*
#include <string.h>
#include "capi.h"

// See start.go.
#cgo noescape scwkms_encryptor_update
#cgo nocallback scwkms_encryptor_update
#cgo noescape scwkms_decryptor_update
#cgo nocallback scwkms_decryptor_update

_Static_assert(SCWKMS_ENVELOPE_MAX_HEADER_LEN == 1153, "EnvelopeMaxHeaderLen");

static void scwkms_go_copy(uint8_t *to, const scwkms_buffer *from) { memcpy(to, from->data, from->len); }
*/
import "C"

import "slices"

// Encryptor is an encryption of the library. The zero value is none.
type Encryptor struct{ c *C.scwkms_encryptor }

// Decryptor is a decryption of the library. The zero value is none.
type Decryptor struct{ c *C.scwkms_decryptor }

// DataKeyCache is a cache of data keys. The zero value is none.
type DataKeyCache struct{ c *C.scwkms_data_key_cache }

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
	return DataKeyCache{cache}, check(code, &e)
}

// Free frees a cache.
func (c DataKeyCache) Free() { C.scwkms_data_key_cache_free(c.c) }

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
		cache.c, &encryptor, &e)
	return Encryptor{encryptor}, check(code, &e)
}

// Update encrypts the next part of the plaintext, and appends the next bytes of the message to `message`.
func (e Encryptor) Update(message, plaintext []byte) ([]byte, *Error) {
	var (
		buffer C.scwkms_buffer
		f      *C.scwkms_error
	)
	code := C.scwkms_encryptor_update(e.c, first(plaintext), C.size_t(len(plaintext)), &buffer, &f)
	return appendBuffer(message, &buffer), check(code, &f)
}

// Finish encrypts the last segment, and appends it to `message`.
func (e Encryptor) Finish(message []byte) ([]byte, *Error) {
	var (
		buffer C.scwkms_buffer
		f      *C.scwkms_error
	)
	code := C.scwkms_encryptor_finish(e.c, &buffer, &f)
	return appendBuffer(message, &buffer), check(code, &f)
}

// Free frees an encryptor.
func (e Encryptor) Free() { C.scwkms_encryptor_free(e.c) }

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
		cache.c, first(start), C.size_t(len(start)), &decryptor, &e)
	return Decryptor{decryptor}, check(code, &e)
}

// Update decrypts the next part of the message, and appends the next bytes of the plaintext to `plaintext`.
func (d Decryptor) Update(plaintext, message []byte) ([]byte, *Error) {
	var (
		buffer C.scwkms_buffer
		f      *C.scwkms_error
	)
	code := C.scwkms_decryptor_update(d.c, first(message), C.size_t(len(message)), &buffer, &f)
	return appendBuffer(plaintext, &buffer), check(code, &f)
}

// Finish decrypts the last segment, and appends it to `plaintext`. Success means that the message is complete.
func (d Decryptor) Finish(plaintext []byte) ([]byte, *Error) {
	var (
		buffer C.scwkms_buffer
		f      *C.scwkms_error
	)
	code := C.scwkms_decryptor_finish(d.c, &buffer, &f)
	return appendBuffer(plaintext, &buffer), check(code, &f)
}

// Free frees a decryptor.
func (d Decryptor) Free() { C.scwkms_decryptor_free(d.c) }

// appendBuffer copies a buffer, which may be empty, to the end of `to`, and frees the buffer.
func appendBuffer(to []byte, buffer *C.scwkms_buffer) []byte {
	defer C.scwkms_buffer_free(buffer)
	end, length := len(to), int(buffer.len)
	if length == 0 {
		return to
	}
	to = slices.Grow(to, length)[:end+length]
	C.scwkms_go_copy(first(to[end:]), buffer)
	return to
}
