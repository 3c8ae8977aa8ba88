//go:build cgo && !noscwkms

package capi

/*
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include <scwkms.h>

// Requests whose results can be taken, by the numbers that Go gave them. The library's thread puts
// them here and never enters Go, where it would have to wait for its turn.
static struct {
	pthread_mutex_t mutex;
	uint32_t *ended;
	size_t len, capacity;
	int bell;
} scwkms_go_queue = {.mutex = PTHREAD_MUTEX_INITIALIZER, .bell = -1};

static void scwkms_go_notify(void *context, scwkms_request request) {
	(void)request;
	pthread_mutex_lock(&scwkms_go_queue.mutex);
	// There is room: scwkms_go_reserve saw to it.
	scwkms_go_queue.ended[scwkms_go_queue.len++] = (uint32_t)(uintptr_t)context;
	int first = scwkms_go_queue.len == 1;
	pthread_mutex_unlock(&scwkms_go_queue.mutex);
	// One ring for all that comes until Go has looked.
	while (first && write(scwkms_go_queue.bell, "", 1) < 0 && errno == EINTR) {
	}
}

static void scwkms_go_set_bell(int descriptor) { scwkms_go_queue.bell = descriptor; }

// Makes room for so many requests under way.
static int scwkms_go_reserve(size_t requests) {
	int done = 1;
	pthread_mutex_lock(&scwkms_go_queue.mutex);
	if (requests > scwkms_go_queue.capacity) {
		uint32_t *larger = realloc(scwkms_go_queue.ended, requests * sizeof *larger);
		done = larger != NULL;
		if (done) {
			scwkms_go_queue.ended = larger;
			scwkms_go_queue.capacity = requests;
		}
	}
	pthread_mutex_unlock(&scwkms_go_queue.mutex);
	return done;
}

// Takes up to so many of the numbers.
static size_t scwkms_go_ended(uint32_t *numbers, size_t most) {
	pthread_mutex_lock(&scwkms_go_queue.mutex);
	size_t taken = 0;
	while (taken < most && scwkms_go_queue.len > 0)
		numbers[taken++] = scwkms_go_queue.ended[--scwkms_go_queue.len];
	pthread_mutex_unlock(&scwkms_go_queue.mutex);
	return taken;
}

static void scwkms_go_release(char *text) { free(text); }

static int32_t scwkms_go_sign_async(scwkms_client client, const char *key, uint32_t algorithm,
		const uint8_t *digest, size_t digest_len, uint32_t number, scwkms_request *request, scwkms_error *error) {
	return scwkms_sign_async(client, key, algorithm, digest, digest_len,
		scwkms_go_notify, (void *)(uintptr_t)number, request, error);
}

static int32_t scwkms_go_decrypt_async(scwkms_client client, const char *key,
		const uint8_t *ciphertext, size_t ciphertext_len, uint32_t number, scwkms_request *request, scwkms_error *error) {
	return scwkms_decrypt_async(client, key, ciphertext, ciphertext_len,
		scwkms_go_notify, (void *)(uintptr_t)number, request, error);
}

static int32_t scwkms_go_public_key_async(scwkms_client client, const char *key,
		uint32_t number, scwkms_request *request, scwkms_error *error) {
	return scwkms_public_key_async(client, key, scwkms_go_notify, (void *)(uintptr_t)number, request, error);
}
*/
import "C"

// Request is a request's number. Zero is never a request.
type Request uint64

// SignAsync starts to sign a digest. Ended gives the number once the result can be taken.
func SignAsync(client Client, key string, algorithm uint32, digest []byte, number uint32) (Request, *Error) {
	text, failure := newText("key", key)
	if failure != nil {
		return 0, failure
	}
	defer C.scwkms_go_release(text)
	var (
		e       C.scwkms_error
		request C.scwkms_request
	)
	if C.scwkms_go_sign_async(C.scwkms_client(client), text, C.uint32_t(algorithm),
		first(digest), C.size_t(len(digest)), C.uint32_t(number), &request, &e) != C.SCWKMS_OK {
		return 0, takeError(&e)
	}
	return Request(request), nil
}

// DecryptAsync starts to decrypt a ciphertext.
func DecryptAsync(client Client, key string, ciphertext []byte, number uint32) (Request, *Error) {
	text, failure := newText("key", key)
	if failure != nil {
		return 0, failure
	}
	defer C.scwkms_go_release(text)
	var (
		e       C.scwkms_error
		request C.scwkms_request
	)
	if C.scwkms_go_decrypt_async(C.scwkms_client(client), text,
		first(ciphertext), C.size_t(len(ciphertext)), C.uint32_t(number), &request, &e) != C.SCWKMS_OK {
		return 0, takeError(&e)
	}
	return Request(request), nil
}

// PublicKeyAsync starts to fetch a key, which PublicKey and GetKey then find without waiting.
func PublicKeyAsync(client Client, key string, number uint32) (Request, *Error) {
	text, failure := newText("key", key)
	if failure != nil {
		return 0, failure
	}
	defer C.scwkms_go_release(text)
	var (
		e       C.scwkms_error
		request C.scwkms_request
	)
	if C.scwkms_go_public_key_async(C.scwkms_client(client), text,
		C.uint32_t(number), &request, &e) != C.SCWKMS_OK {
		return 0, takeError(&e)
	}
	return Request(request), nil
}

// Wait takes a request's result.
func Wait(request Request) ([]byte, *Error) {
	var (
		e      C.scwkms_error
		buffer C.scwkms_buffer
	)
	if C.scwkms_wait(C.scwkms_request(request), &buffer, &e) != C.SCWKMS_OK {
		return nil, takeError(&e)
	}
	return takeBuffer(&buffer), nil
}

// Reserve makes room for so many requests under way, and reports whether there is memory for it.
func Reserve(requests int) bool {
	return C.scwkms_go_reserve(C.size_t(requests)) != 0
}

// SetBell sets the descriptor to which a byte is written when Ended has something to give.
func SetBell(descriptor uintptr) {
	C.scwkms_go_set_bell(C.int(descriptor))
}

// Ended gives the numbers of requests whose results can be taken, as many as fit, each once.
func Ended(numbers []uint32) int {
	if len(numbers) == 0 {
		return 0
	}
	return int(C.scwkms_go_ended((*C.uint32_t)(&numbers[0]), C.size_t(len(numbers))))
}
