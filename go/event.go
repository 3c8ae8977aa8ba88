package scwkms

import (
	"log/slog"
	"strconv"
	"time"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// EventKind is the kind of an event.
type EventKind uint32

// The kinds of events. Later versions may add kinds.
const (
	// EventOperation means that an operation ended.
	EventOperation = EventKind(capi.EventOperation)
	// EventWarning is a warning, about insecure= for example. Without an observer, warnings are written
	// to standard error.
	EventWarning = EventKind(capi.EventWarning)
	// EventConnectionOpened means that a connection was opened. Duration is the time that this took.
	EventConnectionOpened = EventKind(capi.EventConnectionOpened)
	// EventConnectionFailed means that a connection could not be opened.
	EventConnectionFailed = EventKind(capi.EventConnectionFailed)
	// EventConnectionClosed means that a connection ended. Duration is the time since it was opened. If
	// the connection was lost, Message is the reason; if it was not used any more, Message is empty.
	EventConnectionClosed = EventKind(capi.EventConnectionClosed)
	// EventPaced means that a request waited for Duration because the service limits the rate of
	// requests.
	EventPaced = EventKind(capi.EventPaced)
	// EventRateLimited means that the service refused a request because of its rate limit (HTTP 429).
	// After Duration the request waits for its turn again, if its deadline allows it.
	EventRateLimited = EventKind(capi.EventRateLimited)
	// EventsDropped means that the observer was too slow, so that events were lost.
	EventsDropped EventKind = 1 << 16
)

var eventNames = map[EventKind]string{
	EventOperation:        "operation",
	EventWarning:          "warning",
	EventConnectionOpened: "connection opened",
	EventConnectionFailed: "connection failed",
	EventConnectionClosed: "connection closed",
	EventPaced:            "paced",
	EventRateLimited:      "rate limited",
	EventsDropped:         "events dropped",
}

// String returns the name of the kind.
func (k EventKind) String() string {
	if name, ok := eventNames[k]; ok {
		return name
	}
	return "event " + strconv.FormatUint(uint64(k), 10)
}

// Event is something that happened in the library. It contains no credential, no plaintext and no
// digest. A field that its kind does not have is 0 or "".
type Event struct {
	Kind EventKind
	// Operation is the name of an operation: sign, decrypt, public_key, create_key.
	Operation string
	Region    string
	// KeyID is the UUID of the key, if it is known.
	KeyID string
	// Code is the class of the error, or 0.
	Code Code
	// HTTPStatus is the status of the response that caused the error; without an error, of the last
	// response; 0 if there is none.
	HTTPStatus int
	// RequestID is the service's X-Request-Id.
	RequestID string
	// Requests is the number of an operation's requests, including those that load a key.
	Requests int
	// Attempts is the number of attempts to send them, including those that the service refused because
	// of its rate limit.
	Attempts int
	// Pacing is the time during which requests waited because of the rate limit.
	Pacing time.Duration
	// Connecting is the time during which requests waited for new connections.
	Connecting time.Duration
	// Duration is the time from the start of an operation to its result. Other kinds state its meaning.
	Duration time.Duration
	// Server is the API URL.
	Server string
	// Protocol is h2 or http/1.1.
	Protocol string
	// Message is a warning, or describes an error, in one line.
	Message string
	// Dropped is the number of events that were lost before this event.
	Dropped uint64
}

func newEvent(e *capi.Event) Event {
	return Event{
		Kind:       EventKind(e.Kind),
		Operation:  e.Operation,
		Region:     e.Region,
		KeyID:      e.KeyID,
		Code:       Code(e.Code),
		HTTPStatus: e.HTTPStatus,
		RequestID:  e.RequestID,
		Requests:   e.Requests,
		Attempts:   e.Attempts,
		Pacing:     microseconds(e.PacingUS),
		Connecting: microseconds(e.ConnectingUS),
		Duration:   microseconds(e.DurationUS),
		Server:     e.Server,
		Protocol:   e.Protocol,
		Message:    e.Message,
	}
}

func microseconds(n uint64) time.Duration {
	return time.Duration(n) * time.Microsecond
}

// Attrs returns the fields that are not 0 or "", for log/slog.
func (e Event) Attrs() []slog.Attr {
	var attrs []slog.Attr
	text := func(name, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(name, value))
		}
	}
	number := func(name string, value uint64) {
		if value != 0 {
			attrs = append(attrs, slog.Uint64(name, value))
		}
	}
	duration := func(name string, value time.Duration) {
		if value != 0 {
			attrs = append(attrs, slog.Duration(name, value))
		}
	}
	text("operation", e.Operation)
	text("region", e.Region)
	text("key_id", e.KeyID)
	number("code", uint64(e.Code))
	number("http_status", uint64(e.HTTPStatus))
	text("request_id", e.RequestID)
	number("requests", uint64(e.Requests))
	number("attempts", uint64(e.Attempts))
	duration("pacing", e.Pacing)
	duration("connecting", e.Connecting)
	duration("duration", e.Duration)
	text("server", e.Server)
	text("protocol", e.Protocol)
	text("message", e.Message)
	number("dropped", e.Dropped)
	return attrs
}

// Level returns slog.LevelWarn for events that an operator should look at: operations that failed,
// warnings, connections that failed or were lost, refused requests, and dropped events. It returns
// slog.LevelDebug for others.
func (e Event) Level() slog.Level {
	switch e.Kind {
	case EventOperation, EventConnectionClosed:
		if e.Message == "" {
			return slog.LevelDebug
		}
	case EventConnectionOpened, EventPaced:
		return slog.LevelDebug
	}
	return slog.LevelWarn
}
