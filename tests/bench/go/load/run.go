package load

import (
	"crypto"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Run signs with a signer, and prints the results. isRateLimited reports whether an error means that
// the service's rate limit did not allow the signature. An open loop continues after such an error.
func Run(a *Arguments, signer crypto.Signer, isRateLimited func(error) bool) {
	hash, opts := hashOf(signer.Public(), a.pss)
	l := &load{Arguments: a, signer: signer, opts: opts, digest: digest(hash)}

	// The first signature is made alone, because a client may not be safe for concurrent use before.
	first, err := l.sign()
	if err != nil {
		Fail(err)
	}
	l.last = first
	if a.arrivals > 0 {
		newOpenLoop(l, isRateLimited).run()
		return
	}
	l.round(max(a.warmUp, a.concurrency), time.Time{})

	l.latencies = make([]time.Duration, a.signatures)
	stop := sampleThreads()
	var end time.Time
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	used := processorTime()
	start := time.Now()
	if a.duration > 0 {
		end = start.Add(a.duration)
	}
	l.round(a.signatures, end)
	elapsed := time.Since(start)
	used = processorTime() - used
	runtime.ReadMemStats(&after)

	count := min(int(l.started.Load()), a.signatures)
	print(&report{
		latencies: l.latencies[:count],
		elapsed:   elapsed,
		processor: used,
		mallocs:   after.Mallocs - before.Mallocs,
		threads:   stop(),
		digest:    l.digest,
		signature: l.last,
	})
}

type load struct {
	*Arguments
	signer    crypto.Signer
	opts      crypto.SignerOpts
	digest    []byte
	started   atomic.Int64
	latencies []time.Duration // nil while warming up
	last      []byte
}

func (l *load) sign() ([]byte, error) {
	// Only local keys need a source of randomness.
	signature, err := l.signer.Sign(nil, l.digest, l.opts)
	if err == nil && l.goVerify {
		err = verify(l.signer.Public(), l.digest, signature, l.opts)
	}
	return signature, err
}

// round makes signatures until their number reaches the limit, or until the end.
func (l *load) round(limit int, end time.Time) {
	l.started.Store(0)
	var group sync.WaitGroup
	for worker := range l.concurrency {
		group.Go(func() {
			last := l.work(int64(limit), end)
			if worker == 0 && last != nil {
				l.last = last
			}
		})
	}
	group.Wait()
}

func (l *load) work(limit int64, end time.Time) (last []byte) {
	for {
		start := time.Now()
		if !end.IsZero() && !start.Before(end) {
			return last
		}
		i := l.started.Add(1) - 1
		if i >= limit {
			return last
		}
		signature, err := l.sign()
		if err != nil {
			Fail(err)
		}
		last = signature
		if l.latencies != nil {
			l.latencies[i] = time.Since(start)
		}
	}
}
