//go:build cgo && !noscwkms

package scwkms_test

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

// maxWait is longer than anything takes that works.
const maxWait = time.Minute

// maxPoll is how long tests wait for a state of the emulator. It is less than the 30 seconds after
// which the library closes an idle connection.
const maxPoll = 20 * time.Second

// waitUntil polls a condition. Each poll is a request to the emulator, so the loop does not spin.
func waitUntil(t *testing.T, event string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(maxPoll); !condition(); {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %s", event, maxPoll)
		}
	}
}

// waitForRequests waits until so many requests have been in flight at once since ResetStats.
func waitForRequests(t *testing.T, count int) {
	t.Helper()
	waitUntil(t, fmt.Sprintf("%d requests in flight", count), func() bool {
		return service.In(t).Stats().MaxInFlight >= count
	})
}

// inParallel runs a function `times` times on each of `workers` goroutines, and returns all errors.
func inParallel(workers, times int, work func(worker, n int) error) []error {
	errs := make([]error, workers*times)
	var wg sync.WaitGroup
	for worker := range workers {
		wg.Go(func() {
			for n := range times {
				errs[worker*times+n] = work(worker, n)
			}
		})
	}
	wg.Wait()
	return errs
}

// whileInFlight makes a call on so many goroutines. The service must delay the call's request. When
// all requests are in flight, it runs an action. It returns the errors of the calls.
func whileInFlight(t *testing.T, calls int, call func(n int) error, action func()) []error {
	t.Helper()
	service.In(t).ResetStats()
	errs := start(func() []error {
		return inParallel(calls, 1, func(worker, _ int) error { return call(worker) })
	})
	waitForRequests(t, calls)
	action()
	return <-errs
}

// start runs a function on another goroutine. The channel receives its result.
func start[T any](function func() T) <-chan T {
	result := make(chan T, 1)
	go func() { result <- function() }()
	return result
}
