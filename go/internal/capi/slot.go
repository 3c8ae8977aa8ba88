//go:build cgo && !noscwkms

package capi

/*
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include "capi.h"

typedef struct scwkms_go_slot {
	scwkms_async_options options;
	uint32_t number;
	struct scwkms_go_slot *next;
} scwkms_go_slot;

// The slots whose operations have ended, as a linked list. The library's thread adds to it. That
// thread never enters Go, where it would have to wait for the scheduler.
static struct {
	pthread_mutex_t mutex;
	scwkms_go_slot *first;
	int wake_pipe;
} scwkms_go_ended = {.mutex = PTHREAD_MUTEX_INITIALIZER, .wake_pipe = -1};

// The callback of all operations.
static void scwkms_go_notify(void *context, scwkms_operation operation) {
	(void)operation;
	scwkms_go_slot *slot = context;
	pthread_mutex_lock(&scwkms_go_ended.mutex);
	int was_empty = scwkms_go_ended.first == NULL;
	slot->next = scwkms_go_ended.first;
	scwkms_go_ended.first = slot;
	pthread_mutex_unlock(&scwkms_go_ended.mutex);
	// One byte wakes Go, which then takes all slots of the list.
	while (was_empty && write(scwkms_go_ended.wake_pipe, "", 1) < 0 && errno == EINTR) {
	}
}

static void scwkms_go_set_wake_pipe(int descriptor) { scwkms_go_ended.wake_pipe = descriptor; }

static scwkms_go_slot *scwkms_go_new_slot(uint32_t number) {
	scwkms_go_slot *slot = calloc(1, sizeof *slot);
	if (slot != NULL) {
		slot->options.size = sizeof slot->options;
		slot->options.callback = scwkms_go_notify;
		slot->options.context = slot;
		slot->number = number;
	}
	return slot;
}

// Removes up to `max` slots from the list and writes their numbers.
static size_t scwkms_go_take_ended(uint32_t *numbers, size_t max) {
	size_t taken = 0;
	pthread_mutex_lock(&scwkms_go_ended.mutex);
	while (taken < max && scwkms_go_ended.first != NULL) {
		numbers[taken++] = scwkms_go_ended.first->number;
		scwkms_go_ended.first = scwkms_go_ended.first->next;
	}
	pthread_mutex_unlock(&scwkms_go_ended.mutex);
	return taken;
}
*/
import "C"

// Slot holds the options of an asynchronous operation: its timeout, and a number by which TakeEnded
// reports its end. A slot can be used for any number of operations, one after the other. The zero
// Slot has no options: the operation has the client's timeout, and its end is not reported.
type Slot struct {
	c *C.scwkms_go_slot
}

// NewSlot allocates a slot, which is never freed. It reports whether there was memory for it.
func NewSlot(number uint32) (Slot, bool) {
	slot := C.scwkms_go_new_slot(C.uint32_t(number))
	return Slot{slot}, slot != nil
}

// options returns the options of an operation with a timeout in milliseconds, or NULL.
func (s Slot) options(timeoutMS uint32) *C.scwkms_async_options {
	if s.c == nil {
		return nil
	}
	s.c.options.timeout_ms = C.uint32_t(timeoutMS)
	return &s.c.options
}

// SetWakePipe sets the descriptor of a pipe. The library writes a byte to it when TakeEnded has
// something to report. It must be set before the first operation is started.
func SetWakePipe(descriptor uintptr) {
	C.scwkms_go_set_wake_pipe(C.int(descriptor))
}

// TakeEnded writes the numbers of slots whose operations have ended, and returns how many it wrote.
// It reports each end once. If it fills the whole slice, there may be more.
func TakeEnded(numbers []uint32) int {
	if len(numbers) == 0 {
		return 0
	}
	return int(C.scwkms_go_take_ended((*C.uint32_t)(&numbers[0]), C.size_t(len(numbers))))
}
