//go:build cgo && !noscwkms

package scwkms_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// waits are the requests that each method may wait for when its context is done.
var waits = map[string][]string{
	"GetPublicKey":    {"GetKey"},
	"CreateSigner":    {"GetKey"},
	"CreateDecrypter": {"GetPublicKey"},
	"CreateKey":       {"CreateKey", "GetPublicKey"},
	"SearchKeys":      {"ListKeys", "GetPublicKey"},
	"DeleteKey":       {"DeleteKey"},
	"Sign":            {"Sign"},
	"Decrypt":         {"Decrypt"},
}

// eachWait runs a test for each request that each method may wait for. The request takes longer than
// the client's timeout, and so does each repetition.
func eachWait(t *testing.T, test func(t *testing.T, operation string, call func(context.Context) error)) {
	t.Helper()
	useOwnService(t)
	for method, operations := range waits {
		for _, operation := range operations {
			t.Run(method+"/"+operation, func(t *testing.T) {
				call := methodCalls(t, open(t))[method]
				service.In(t).Fail(operation, 10, fault{"kind": "delay", "milliseconds": 60000})
				test(t, operation, call)
			})
		}
	}
}

// A context that is cancelled ends the call. Without that, the call would end by its deadline, with
// another error.
func TestACancelledContextEndsACall(t *testing.T) {
	errCause := errors.New("the cause")
	eachWait(t, func(t *testing.T, operation string, call func(context.Context) error) {
		service.In(t).ResetStats()
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		result := start(func() error { return call(ctx) })
		waitUntil(t, "the request", func() bool { return service.In(t).Stats().Operations[operation] > 0 })
		wantStillRunning(t, result)
		cancel(errCause)
		err := <-result
		wantError(t, err, scwkms.CodeCancelled, errCause.Error())
		if !errors.Is(err, errCause) {
			t.Errorf("the cause is not in the chain of %v", err)
		}
	})
}

// A context whose deadline is before the client's ends the call at its deadline.
func TestAContextsDeadlineEndsACall(t *testing.T) {
	eachWait(t, func(t *testing.T, operation string, call func(context.Context) error) {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		begun := time.Now()
		wantError(t, call(ctx), scwkms.CodeTimeout)
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("the deadline of 300 ms took %s", took)
		}
	})
}

func TestADoneContextSendsNothing(t *testing.T) {
	calls := methodCalls(t, open(t))
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	expired, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	wantNoRequests(t, func() {
		for _, call := range calls {
			wantError(t, call(cancelled), scwkms.CodeCancelled)
			wantError(t, call(expired), scwkms.CodeTimeout)
		}
	})
}

// Calls whose context is not done succeed.
func TestCallsWithAContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), maxWait)
	defer cancel()
	for name, call := range methodCalls(t, open(t)) {
		if err := call(ctx); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// timeout= limits a call as a whole, not each of its requests.
func TestTheTimeoutCoversAllRequestsOfACall(t *testing.T) {
	t.Run("CreateKey", func(t *testing.T) {
		manager := open(t, "timeout", "4s")
		for _, operation := range []string{"CreateKey", "GetPublicKey"} {
			service.In(t).Fail(operation, 10, fault{"kind": "delay", "milliseconds": 2500})
		}
		name := freshName(t)
		_, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: name})
		wantError(t, err, scwkms.CodeTimeout, "the key was created", "timeout=")
		_, rest, _ := strings.Cut(err.Error(), "scwkms:key-id=")
		uri, _, _ := strings.Cut(rest, ",")
		if key := describe(t, "scwkms:key-id="+uri); key.Name != name {
			t.Errorf("the error names %q: %v", key.Name, err)
		}
	})
	t.Run("SearchKeys", func(t *testing.T) {
		const keys = 40
		tag := freshName(t)
		for range keys {
			createOnService(t, "ec_p256_sha256", map[string]any{"tags": []string{tag}})
		}
		// 40 requests, 8 at a time, take 5 seconds.
		service.In(t).Fail("GetPublicKey", keys, fault{"kind": "delay", "milliseconds": 1000})
		_, err := open(t, "timeout", "2s").SearchKeys(&apiv1.SearchKeysRequest{Query: "scwkms:tags=" + tag})
		wantError(t, err, scwkms.CodeTimeout, "timeout=")
	})
}
