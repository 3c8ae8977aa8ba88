package scwkms

import (
	"context"
	"sync/atomic"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// maxBlocking is how many calls of the process may block an operating system thread at a time. For a
// few calls that is faster than an asynchronous operation; see docs/performance.md. With 0, all
// operations are asynchronous.
const maxBlocking = 4

// inFlight is the number of signatures and decryptions in flight, of both kinds.
var inFlight atomic.Int32

// performOrBlock performs an operation as perform does, or by a blocking call if there are few
// operations in flight. A blocking call cannot be cancelled, so the context must be one that is
// never done.
func performOrBlock(
	ctx context.Context,
	handle capi.Client,
	block func() ([]byte, *capi.Error),
	start func(capi.Call) (capi.Operation, *capi.Error),
) ([]byte, error) {
	defer inFlight.Add(-1)
	if inFlight.Add(1) > maxBlocking || ctx.Done() != nil {
		return perform(ctx, handle, start, capi.Wait)
	}
	beforeC()
	result, failure := block()
	return result, newError(failure)
}
