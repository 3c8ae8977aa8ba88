//go:build cgo && !noscwkms

package scwkms_test

import "sync"

// inParallel runs a piece of work so many times on each of so many goroutines, and gives what came
// of each.
func inParallel(workers, times int, work func(worker, n int) error) []error {
	outcomes := make([]error, workers*times)
	var wg sync.WaitGroup
	for worker := range workers {
		wg.Go(func() {
			for n := range times {
				outcomes[worker*times+n] = work(worker, n)
			}
		})
	}
	wg.Wait()
	return outcomes
}
