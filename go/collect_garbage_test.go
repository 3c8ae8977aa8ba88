//go:build cgo && !noscwkms && scwkms_gc

package scwkms

import "runtime"

// With the build tag scwkms_gc, the tests collect garbage before each use of a client's handle and
// wait for the cleanups. A call that does not keep its client alive then finds it freed.
func init() {
	beforeC = func() {
		for range 2 {
			done := make(chan struct{})
			runtime.AddCleanup(new([64]byte), func(c chan struct{}) { close(c) }, done)
			runtime.GC()
			<-done
		}
	}
}
