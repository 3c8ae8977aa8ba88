package scwkms

import (
	"context"
	"fmt"
	"math"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// perform starts an operation, waits until it has ended, and takes its result. It waits as a
// goroutine does, without holding an operating system thread. If the context is done, it cancels
// the operation.
func perform[T any](
	ctx context.Context,
	handle capi.Client,
	start func(capi.Call) (capi.Operation, *capi.Error),
	take func(capi.Operation) (T, *capi.Error),
) (none T, err error) {
	if ctx.Err() != nil {
		return none, cancelledError(ctx, &capi.Error{Message: "the operation was not started"})
	}
	w, err := operations.acquire()
	if err != nil {
		return none, err
	}
	defer operations.release(w)
	beforeC()
	operation, failure := start(capi.Call{Client: handle, Slot: w.slot, TimeoutMS: remainingMS(ctx)})
	if failure != nil {
		return none, newError(failure)
	}
	w.wait(ctx, operation)
	operations.taking <- struct{}{}
	defer func() { <-operations.taking }()
	result, failure := take(operation)
	if failure != nil && failure.Code == capi.ErrorCancelled && ctx.Err() != nil {
		return none, cancelledError(ctx, failure)
	}
	return result, newError(failure)
}

// remainingMS is the time until the context's deadline in milliseconds, at least 1, or 0 if the
// context has no deadline.
func remainingMS(ctx context.Context) uint32 {
	deadline, ok := ctx.Deadline()
	if !ok {
		return 0
	}
	return uint32(min(max(time.Until(deadline).Milliseconds(), 1), math.MaxUint32))
}

// operations are the asynchronous operations of the process.
var operations dispatcher

// dispatcher wakes the goroutines that wait for an operation when the operation has ended.
type dispatcher struct {
	mutex   sync.Mutex
	waiters []*waiter
	unused  []*waiter
	// wakePipe is the pipe to which the library writes when operations have ended.
	wakePipe *os.File
	// taking limits the number of goroutines that take results. Taking one verifies a signature,
	// which keeps a thread busy in C. The Go scheduler would start more and more threads.
	taking chan struct{}
}

// waiter waits for one operation at a time. Its slot's number is its index in dispatcher.waiters.
type waiter struct {
	slot capi.Slot
	// ended receives a value when the operation has ended.
	ended chan struct{}
}

// wait returns when the operation has ended. If the context is done first, it cancels the operation.
func (w *waiter) wait(ctx context.Context, operation capi.Operation) {
	beforeC()
	select {
	case <-w.ended:
	case <-ctx.Done():
		capi.Cancel(operation)
		<-w.ended
	}
}

// acquire returns a waiter that has no operation.
func (d *dispatcher) acquire() (*waiter, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.wakePipe == nil {
		if err := d.listen(); err != nil {
			return nil, err
		}
	}
	if len(d.unused) == 0 {
		if err := d.grow(); err != nil {
			return nil, err
		}
	}
	last := len(d.unused) - 1
	w := d.unused[last]
	d.unused = d.unused[:last]
	return w, nil
}

// release returns a waiter whose operation has ended, or was not started.
func (d *dispatcher) release(w *waiter) {
	d.mutex.Lock()
	d.unused = append(d.unused, w)
	d.mutex.Unlock()
}

// grow doubles the number of waiters.
func (d *dispatcher) grow() error {
	for range max(16, len(d.waiters)) {
		slot, ok := capi.NewSlot(uint32(len(d.waiters)))
		if !ok {
			break
		}
		w := &waiter{slot: slot, ended: make(chan struct{}, 1)}
		d.waiters = append(d.waiters, w)
		d.unused = append(d.unused, w)
	}
	if len(d.unused) == 0 {
		return errorf(CodeInternal, "no memory is left for more than %d operations", len(d.waiters))
	}
	return nil
}

// listen creates the wake pipe and starts the goroutine that reads it.
func (d *dispatcher) listen() error {
	wakePipe, library, err := os.Pipe()
	if err != nil {
		return errorf(CodeInternal, "cannot create a pipe for the library's notifications: %v", err)
	}
	// File.Fd would make the descriptor blocking.
	raw, err := library.SyscallConn()
	if err == nil {
		err = raw.Control(capi.SetWakePipe)
	}
	if err != nil {
		return errorf(CodeInternal, "cannot use a pipe for the library's notifications: %v", err)
	}
	d.wakePipe = wakePipe
	d.taking = make(chan struct{}, 2*runtime.GOMAXPROCS(0))
	go d.dispatch(wakePipe, library)
	return nil
}

// dispatch wakes goroutines for as long as the process lives.
func (d *dispatcher) dispatch(wakePipe, library *os.File) {
	// The library writes to the pipe by its descriptor, which the garbage collector would close.
	defer runtime.KeepAlive(library)
	numbers := make([]uint32, 256)
	ended := make([]chan struct{}, 0, len(numbers))
	for wakeups := make([]byte, 64); ; {
		if _, err := wakePipe.Read(wakeups); err != nil {
			panic(fmt.Sprintf("scwkms: cannot read the pipe for the library's notifications: %v", err))
		}
		for more := true; more; {
			n := capi.TakeEnded(numbers)
			more = n == len(numbers)
			ended = d.appendEnded(ended[:0], numbers[:n])
			for _, channel := range ended {
				// The channel has room for the end of its waiter's only operation.
				channel <- struct{}{}
			}
		}
	}
}

// appendEnded appends the channels of the waiters whose slots have these numbers.
func (d *dispatcher) appendEnded(ended []chan struct{}, numbers []uint32) []chan struct{} {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	for _, number := range numbers {
		ended = append(ended, d.waiters[number].ended)
	}
	return ended
}
