//go:build cgo && !noscwkms

package capi

/*
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "capi.h"

// A copy of an event, followed by its texts.
typedef struct scwkms_go_event {
	scwkms_event event;
	struct scwkms_go_event *next;
} scwkms_go_event;

// More events are not queued.
enum { SCWKMS_GO_MAX_EVENTS = 4096 };

// The events that Go has not taken yet. The library's threads add to it. They never enter Go, where
// they would have to wait for the scheduler.
static struct {
	pthread_mutex_t mutex;
	scwkms_go_event *first;
	scwkms_go_event **end;
	size_t count;
	uint64_t dropped;
	int wake_pipe;
} scwkms_go_events = {.mutex = PTHREAD_MUTEX_INITIALIZER, .end = &scwkms_go_events.first, .wake_pipe = -1};

static const char *scwkms_go_append(char **to, const char *text) {
	char *copy = *to;
	size_t size = strlen(text) + 1;
	memcpy(copy, text, size);
	*to += size;
	return copy;
}

static scwkms_go_event *scwkms_go_copy_event(const scwkms_event *event) {
	size_t size = sizeof(scwkms_go_event) + 7 + strlen(event->operation) + strlen(event->region) +
		strlen(event->key_id) + strlen(event->request_id) + strlen(event->server) +
		strlen(event->protocol) + strlen(event->message);
	scwkms_go_event *copy = malloc(size);
	if (copy == NULL) {
		return NULL;
	}
	char *texts = (char *)(copy + 1);
	copy->event = *event;
	copy->next = NULL;
	copy->event.operation = scwkms_go_append(&texts, event->operation);
	copy->event.region = scwkms_go_append(&texts, event->region);
	copy->event.key_id = scwkms_go_append(&texts, event->key_id);
	copy->event.request_id = scwkms_go_append(&texts, event->request_id);
	copy->event.server = scwkms_go_append(&texts, event->server);
	copy->event.protocol = scwkms_go_append(&texts, event->protocol);
	copy->event.message = scwkms_go_append(&texts, event->message);
	return copy;
}

// The observer of the process.
static void scwkms_go_observe(void *context, const scwkms_event *event) {
	(void)context;
	scwkms_go_event *copy = scwkms_go_copy_event(event);
	pthread_mutex_lock(&scwkms_go_events.mutex);
	int was_empty = scwkms_go_events.count == 0;
	int full = copy == NULL || scwkms_go_events.count == SCWKMS_GO_MAX_EVENTS;
	if (full) {
		scwkms_go_events.dropped++;
	} else {
		*scwkms_go_events.end = copy;
		scwkms_go_events.end = &copy->next;
		scwkms_go_events.count++;
	}
	pthread_mutex_unlock(&scwkms_go_events.mutex);
	if (full) {
		free(copy);
		return;
	}
	// One byte wakes Go, which then takes all events.
	while (was_empty && write(scwkms_go_events.wake_pipe, "", 1) < 0 && errno == EINTR) {
	}
}

static int32_t scwkms_go_set_observer(int wake_pipe, scwkms_error **error) {
	scwkms_go_events.wake_pipe = wake_pipe;
	return scwkms_set_observer(scwkms_go_observe, NULL, error);
}

static int32_t scwkms_go_remove_observer(scwkms_error **error) { return scwkms_set_observer(NULL, NULL, error); }

// Removes all events from the queue. Returns the first one, and the number of events that were dropped.
static scwkms_go_event *scwkms_go_take_events(uint64_t *dropped) {
	pthread_mutex_lock(&scwkms_go_events.mutex);
	scwkms_go_event *first = scwkms_go_events.first;
	scwkms_go_events.first = NULL;
	scwkms_go_events.end = &scwkms_go_events.first;
	scwkms_go_events.count = 0;
	*dropped = scwkms_go_events.dropped;
	scwkms_go_events.dropped = 0;
	pthread_mutex_unlock(&scwkms_go_events.mutex);
	return first;
}

static scwkms_go_event *scwkms_go_free_event(scwkms_go_event *event) {
	scwkms_go_event *next = event->next;
	free(event);
	return next;
}
*/
import "C"

// SetObserver begins to queue the events of all clients. The library writes a byte to the pipe with
// this descriptor when TakeEvents has something to return. There must be no observer.
func SetObserver(descriptor uintptr) *Error {
	var e *C.scwkms_error
	return check(C.scwkms_go_set_observer(C.int(descriptor), &e), &e)
}

// RemoveObserver ends the queueing of events. The library writes to the pipe no more when it returns.
func RemoveObserver() *Error {
	var e *C.scwkms_error
	return check(C.scwkms_go_remove_observer(&e), &e)
}

// TakeEvents appends the queued events, and returns the number of events that found the queue full
// and were dropped.
func TakeEvents(events []Event) (taken []Event, dropped uint64) {
	var count C.uint64_t
	for event := C.scwkms_go_take_events(&count); event != nil; event = C.scwkms_go_free_event(event) {
		events = append(events, newEvent(&event.event))
	}
	return events, uint64(count)
}

func newEvent(event *C.scwkms_event) Event {
	return Event{
		Kind:         uint32(event.kind),
		Code:         int32(event.code),
		HTTPStatus:   int(event.http_status),
		Requests:     int(event.requests),
		Attempts:     int(event.attempts),
		PacingUS:     uint64(event.pacing_us),
		ConnectingUS: uint64(event.connecting_us),
		DurationUS:   uint64(event.duration_us),
		Operation:    C.GoString(event.operation),
		Region:       C.GoString(event.region),
		KeyID:        C.GoString(event.key_id),
		RequestID:    C.GoString(event.request_id),
		Server:       C.GoString(event.server),
		Protocol:     C.GoString(event.protocol),
		Message:      C.GoString(event.message),
	}
}
