package scwkms

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// client is a client of the library. A manager shares it with its signers and decrypters. It is
// freed when it is closed and its last call has ended, or when it is unreachable: some programs
// never close their managers.
type client struct {
	handle  capi.Client
	timeout time.Duration
	cleanup runtime.Cleanup

	mutex  sync.Mutex
	closed bool
	// inFlight counts the calls in flight of each kind.
	inFlight [2]int
}

// callKind tells how many operations a call starts.
type callKind int

const (
	single callKind = iota
	// composite calls start several operations, one after the other or at the same time.
	composite
)

// beforeC is called before each use of a handle. Tests with the build tag scwkms_gc replace it.
var beforeC = func() {}

func openClient(uri string) (*client, error) {
	handle, failure := capi.Open(uri)
	if failure != nil {
		return nil, newError(failure)
	}
	c := &client{handle: handle, timeout: time.Duration(capi.TimeoutMS(handle)) * time.Millisecond}
	c.cleanup = runtime.AddCleanup(c, capi.Free, handle)
	return c, nil
}

// withClient makes a call that starts one operation of the client.
func withClient[T any](c *client, call func(handle capi.Client) (T, error)) (result T, err error) {
	if err := c.enter(single); err != nil {
		return result, err
	}
	defer c.leave(single)
	return call(c.handle)
}

// withDeadline makes a call that starts several operations of the client. The client's timeout is
// the timeout of the whole call.
func withDeadline[T any](
	ctx context.Context, c *client, call func(ctx context.Context, handle capi.Client) (T, error),
) (result T, err error) {
	if err := c.enter(composite); err != nil {
		return result, err
	}
	defer c.leave(composite)
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, timeoutCause(c.timeout))
	defer cancel()
	return call(ctx, c.handle)
}

func timeoutCause(timeout time.Duration) error {
	return fmt.Errorf("the call took longer than %s; timeout= in the client's URI allows more", timeout)
}

// enter begins a call, unless the client is closed.
func (c *client) enter(kind callKind) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.closed {
		return closedError()
	}
	c.inFlight[kind]++
	beforeC()
	return nil
}

// leave ends a call that enter began.
func (c *client) leave(kind callKind) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.inFlight[kind]--
	c.release()
}

// close closes the client. It may be called again.
func (c *client) close() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !c.closed {
		c.closed = true
		c.release()
	}
}

// release does nothing until c is closed. It closes the library's client when no composite call is in
// flight, since such a call starts more operations. It frees the library's client when no call is in
// flight.
func (c *client) release() {
	if !c.closed || c.inFlight[composite] > 0 {
		return
	}
	capi.Close(c.handle)
	if c.inFlight[single] == 0 {
		c.cleanup.Stop()
		capi.Free(c.handle)
	}
}
