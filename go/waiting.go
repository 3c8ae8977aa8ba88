//go:build cgo && !noscwkms

package scwkms

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// A call of the library that blocks holds an operating system's thread. For a few calls at a time
// that is the fastest way; more are started, and wait as goroutines do.

// mostBlocking calls block at a time, in the whole process.
const mostBlocking = 4

// underWay counts the calls of both kinds.
var underWay atomic.Int32

// perform does one thing in one of its two ways: with a call that blocks, or with one that starts
// a request under a number.
func perform(block func() ([]byte, *capi.Error), start func(number uint32) (capi.Request, *capi.Error)) ([]byte, error) {
	collect()
	defer underWay.Add(-1)
	if underWay.Add(1) <= mostBlocking {
		result, failure := block()
		return result, fromC(failure)
	}
	return requests.perform(start)
}

// requests are those that are under way.
var requests waiting

type waiting struct {
	mutex sync.Mutex
	// ended has a channel for each number, which holds one value once the request has ended.
	ended []chan struct{}
	free  []uint32
	bell  *os.File
	// finishing limits how many results are taken at once: verifying a signature keeps a thread
	// busy, and the scheduler, which cannot see that, would start another.
	finishing chan struct{}
}

func (w *waiting) perform(start func(number uint32) (capi.Request, *capi.Error)) ([]byte, error) {
	number, ended, err := w.enter()
	if err != nil {
		return nil, err
	}
	defer w.leave(number)
	request, failure := start(number)
	if failure != nil {
		return nil, fromC(failure)
	}
	collect()
	<-ended
	w.finishing <- struct{}{}
	defer func() { <-w.finishing }()
	result, failure := capi.Wait(request)
	return result, fromC(failure)
}

// enter gives a number that no request under way has.
func (w *waiting) enter() (uint32, <-chan struct{}, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.bell == nil {
		if err := w.listen(); err != nil {
			return 0, nil, err
		}
	}
	if len(w.free) == 0 {
		if err := w.grow(); err != nil {
			return 0, nil, err
		}
	}
	last := len(w.free) - 1
	number := w.free[last]
	w.free = w.free[:last]
	return number, w.ended[number], nil
}

func (w *waiting) leave(number uint32) {
	w.mutex.Lock()
	w.free = append(w.free, number)
	w.mutex.Unlock()
}

// grow makes more numbers.
func (w *waiting) grow() error {
	have := len(w.ended)
	more := max(16, have)
	if !capi.Reserve(have + more) {
		return &Error{Code: CodeInternal, Message: fmt.Sprintf("there is no memory for %d requests at once", have+more)}
	}
	for i := range more {
		w.ended = append(w.ended, make(chan struct{}, 1))
		w.free = append(w.free, uint32(have+i))
	}
	return nil
}

// listen has the library ring a bell that goroutines can wait for.
func (w *waiting) listen() error {
	internal := func(err error) error {
		return &Error{Code: CodeInternal, Message: fmt.Sprintf("a pipe for the library's notifications cannot be had: %v", err)}
	}
	bell, library, err := os.Pipe()
	if err != nil {
		return internal(err)
	}
	// Not Fd, which would make writing block.
	raw, err := library.SyscallConn()
	if err != nil {
		return internal(err)
	}
	if err := raw.Control(capi.SetBell); err != nil {
		return internal(err)
	}
	w.bell = bell
	w.finishing = make(chan struct{}, 2*runtime.GOMAXPROCS(0))
	go w.dispatch(bell, library)
	return nil
}

// dispatch wakes those whose requests have ended, for as long as the process lives.
func (w *waiting) dispatch(bell, library *os.File) {
	// The library writes to it by its number, so it must not be collected.
	defer runtime.KeepAlive(library)
	numbers := make([]uint32, 256)
	channels := make([]chan struct{}, 0, len(numbers))
	for rings := make([]byte, 64); ; {
		if _, err := bell.Read(rings); err != nil {
			panic(fmt.Sprintf("scwkms: the pipe for the library's notifications broke: %v", err))
		}
		for more := true; more; {
			n := capi.Ended(numbers)
			more = n == len(numbers)
			w.mutex.Lock()
			channels = channels[:0]
			for _, number := range numbers[:n] {
				channels = append(channels, w.ended[number])
			}
			w.mutex.Unlock()
			for _, ended := range channels {
				ended <- struct{}{}
			}
		}
	}
}
