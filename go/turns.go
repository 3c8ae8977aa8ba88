//go:build cgo && !noscwkms

package scwkms

import (
	"sync"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// Creating, deleting and looking for keys are rare, and the library does them in no other way than
// by a call that blocks. So they take turns: mostBlocking at a time, in the whole process, while
// the others wait as goroutines do.
var turns = make(chan struct{}, mostBlocking)

// queue is what ends a client's calls that wait for their turn.
type queue struct {
	closed chan struct{}

	mutex sync.Mutex
	hung  chan struct{}
}

func newQueue() *queue {
	return &queue{closed: make(chan struct{}), hung: make(chan struct{})}
}

// inTurn makes a call that blocks, when it is its turn.
func (c *client) inTurn(block func(handle capi.Client) *capi.Error) error {
	hung := c.queue.hangs()
	select {
	case turns <- struct{}{}:
	case <-c.queue.closed:
		return closedError()
	case <-hung:
		return hungError()
	}
	defer func() { <-turns }()
	// Of several that are ready, select takes any.
	select {
	case <-hung:
		return hungError()
	default:
	}
	handle, err := c.enter()
	if err != nil {
		return err
	}
	defer c.leave()
	underWay.Add(1)
	defer underWay.Add(-1)
	failure := block(handle)
	if failure != nil && Code(failure.Code) == CodeTimeout {
		c.queue.giveUp()
	}
	return fromC(failure)
}

func (q *queue) hangs() <-chan struct{} {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return q.hung
}

// giveUp ends those that wait. Each call has a deadline of its own, so a service that hangs would
// otherwise be waited for turn by turn.
func (q *queue) giveUp() {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	close(q.hung)
	q.hung = make(chan struct{})
}

func hungError() error {
	return &Error{Code: CodeTimeout, Message: "the service did not answer an earlier call before its deadline; " +
		"this one waited for its turn and was not made"}
}
