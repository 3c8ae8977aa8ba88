package scwkms

import (
	"context"
	"log/slog"
	"os"
	"runtime"
	"sync"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// Observer receives the events of all key managers of the process. It is called by one goroutine, so
// an observer that is slow delays no operation. Up to 4096 events wait for it; more are dropped, and
// counted by an event of the kind EventsDropped.
type Observer interface {
	Observe(Event)
}

// ObserverFunc is a function that is an Observer.
type ObserverFunc func(Event)

// Observe calls the function.
func (f ObserverFunc) Observe(e Event) { f(e) }

// SetObserver sets the observer of the process, or removes it if the observer is nil. When it returns,
// the previous observer has received all of its events and is not called any more. It must not be
// called inside an observer.
func SetObserver(observer Observer) error {
	observing.mutex.Lock()
	defer observing.mutex.Unlock()
	if err := observing.stop(); err != nil || observer == nil {
		return err
	}
	return observing.start(observer)
}

// NewLogObserver returns an observer that writes events to a handler, with the level Event.Level and
// the attributes Event.Attrs.
func NewLogObserver(handler slog.Handler) Observer {
	logger := slog.New(handler)
	return ObserverFunc(func(e Event) {
		logger.LogAttrs(context.Background(), e.Level(), "scwkms: "+e.Kind.String(), e.Attrs()...)
	})
}

// observing is the observer of the process.
var observing observation

type observation struct {
	mutex sync.Mutex
	// library is the end of the pipe to which the library writes when there are events. It is nil if
	// there is no observer.
	library *os.File
	// ended is closed when the observer has received its last event.
	ended chan struct{}
}

func (o *observation) start(observer Observer) error {
	wakePipe, library, err := os.Pipe()
	if err != nil {
		return errorf(CodeInternal, "cannot create a pipe for events: %v", err)
	}
	if err := queueEvents(library); err != nil {
		wakePipe.Close()
		library.Close()
		return err
	}
	o.library, o.ended = library, make(chan struct{})
	go deliver(observer, wakePipe, o.ended)
	return nil
}

// queueEvents makes the library write to a pipe.
func queueEvents(library *os.File) error {
	// File.Fd would make the descriptor blocking.
	raw, err := library.SyscallConn()
	if err != nil {
		return errorf(CodeInternal, "cannot use a pipe for events: %v", err)
	}
	var failure *capi.Error
	if err := raw.Control(func(descriptor uintptr) { failure = capi.SetObserver(descriptor) }); err != nil {
		return errorf(CodeInternal, "cannot use a pipe for events: %v", err)
	}
	return newError(failure)
}

// stop removes the observer, if there is one.
func (o *observation) stop() error {
	if o.library == nil {
		return nil
	}
	if failure := capi.RemoveObserver(); failure != nil {
		return newError(failure)
	}
	// The library writes to it no more.
	o.library.Close()
	o.library = nil
	<-o.ended
	return nil
}

// deliver calls the observer for each event, until the library's end of the pipe is closed.
func deliver(observer Observer, wakePipe *os.File, ended chan<- struct{}) {
	defer close(ended)
	defer wakePipe.Close()
	wakeups := make([]byte, 64)
	for {
		_, err := wakePipe.Read(wakeups)
		events, dropped := capi.TakeEvents(nil)
		for i := range events {
			observe(observer, newEvent(&events[i]))
		}
		if dropped > 0 {
			observe(observer, Event{Kind: EventsDropped, Dropped: dropped})
		}
		if err != nil {
			return
		}
	}
}

// observe calls the observer. A defect of an observer must not end a certificate authority.
func observe(observer Observer, e Event) {
	defer func() {
		if reason := recover(); reason != nil {
			stack := make([]byte, 16<<10)
			stack = stack[:runtime.Stack(stack, false)]
			slog.Error("scwkms: the observer panicked", "panic", reason, "stack", string(stack))
		}
	}()
	observer.Observe(e)
}
