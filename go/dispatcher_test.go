//go:build cgo && !noscwkms

package scwkms_test

import (
	"context"
	"crypto"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// Calls of all methods are in flight at the same time, and hold no threads.
func TestWaitingTakesNoThreads(t *testing.T) {
	skipInShortRun(t, manyCalls)
	inOwnProcess(t, func(t *testing.T) {
		manager := open(t)
		calls := make([]map[string]func(context.Context) error, 20)
		for i := range calls {
			calls[i] = methodCalls(t, manager)
		}
		for name, err := range runDelayed(t, 6000, calls, func() {}) {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := countThreads(t); got > maxThreads {
			t.Errorf("the calls take %d threads", got)
		}
	})
}

// When the service hangs, calls end by their deadline, and hold no threads.
func TestAServiceThatHangs(t *testing.T) {
	inOwnProcess(t, func(t *testing.T) {
		const calls = 500
		manager := open(t, "timeout", "3s")
		signer := signerOf(t, manager, keyOf(t, "ec_p256_sha256").uri())
		service.In(t).Fail("Sign", 10*calls, fault{"kind": "delay", "milliseconds": 60000})
		begun := time.Now()
		for _, err := range inParallel(calls, 1, func(int, int) error {
			_, err := signer.Sign(nil, make([]byte, 32), crypto.SHA256)
			return err
		}) {
			wantError(t, err, scwkms.CodeTimeout)
		}
		if took := time.Since(begun); took > maxWait {
			t.Errorf("the deadline of 3 s took %s", took)
		}
		if got := countThreads(t); got > maxThreads {
			t.Errorf("%d calls take %d threads", calls, got)
		}
	})
}

// The calls of one manager hang. Those of another manager do not wait for them.
func TestAHangingManagerDelaysNoOther(t *testing.T) {
	const hanging = 40
	manager := open(t, "timeout", "6s")
	keys := make([]serviceKey, hanging)
	for i := range keys {
		keys[i] = createOnService(t, "ec_p256_sha256", nil)
	}
	others := methodCalls(t, open(t))
	service.In(t).Fail("DeleteKey", hanging, fault{"kind": "delay", "milliseconds": 60000})
	var ended atomic.Int64
	for _, err := range whileInFlight(t, hanging, func(n int) error {
		defer ended.Add(1)
		return manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: keys[n].uri()})
	}, func() {
		wantSuccess(t, others)
		if n := ended.Load(); n > 0 {
			t.Errorf("the other manager waited until %d calls had ended", n)
		}
	}) {
		wantError(t, err, scwkms.CodeTimeout)
	}
	// When the service has recovered, the manager works again.
	wantSuccess(t, methodCalls(t, manager))
}

func wantSuccess(t *testing.T, calls map[string]func(context.Context) error) {
	t.Helper()
	for name, call := range calls {
		if err := call(context.Background()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A call that fails with status 408 fails alone. Others in flight, of the same manager, succeed.
func TestARequestTimeoutFailsOneCall(t *testing.T) {
	const calls = 40
	manager := open(t)
	service.In(t).Fail("CreateKey", 1, fault{"kind": "status", "status": 408})
	failed := 0
	for _, err := range inParallel(calls, 1, func(n, _ int) error {
		_, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: fmt.Sprintf("scwkms:unprotected=true;name=%s-%d", t.Name(), n)})
		return err
	}) {
		if err != nil {
			failed++
			if e := wantError(t, err, scwkms.CodeTimeout, "408"); e.HTTPStatus != 408 {
				t.Errorf("the HTTP status is %d", e.HTTPStatus)
			}
		}
	}
	if failed != 1 {
		t.Errorf("%d of %d calls failed", failed, calls)
	}
}
