//go:build cgo && !noscwkms && scwkms_gc

package scwkms

import "runtime"

// collect collects garbage at each use of a handle and waits for clean-ups, so that a client that
// its caller does not keep alive is freed before the library is called, and the tests see it.
func collect() {
	for range 2 {
		done := make(chan struct{})
		runtime.AddCleanup(new([64]byte), func(c chan struct{}) { close(c) }, done)
		runtime.GC()
		<-done
	}
}
