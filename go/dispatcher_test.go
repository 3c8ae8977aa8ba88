//go:build cgo && !noscwkms

package scwkms_test

import (
	"bytes"
	"crypto"
	"fmt"
	"testing"
	"time"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// Calls of all methods are in flight at the same time, and hold no threads.
func TestWaitingTakesNoThreads(t *testing.T) {
	inOwnProcess(t, func(t *testing.T) {
		const callsPerMethod = 60
		methods, requests := concurrentMethods(t, open(t), callsPerMethod)
		for operation, count := range requests {
			service.In(t).Fail(operation, count, fault{"kind": "delay", "milliseconds": 5000})
		}
		total := 0
		for _, count := range requests {
			total += count
		}
		calls := callsPerMethod * len(methods)
		service.In(t).ResetStats()
		errs := start(func() []error {
			return inParallel(calls, 1, func(worker, _ int) error {
				return methods[worker%len(methods)](worker / len(methods))
			})
		})
		waitForRequests(t, total)
		for _, err := range <-errs {
			if err != nil {
				t.Error(err)
			}
		}
		if got := countThreads(t); got > maxThreads {
			t.Errorf("%d calls take %d threads", calls, got)
		}
	})
}

// concurrentMethods returns functions that call one method each, as often as `calls` says, and the
// number of requests that all calls send first, by operation.
func concurrentMethods(t *testing.T, manager *scwkms.KMS, calls int) (methods []func(n int) error, requests map[string]int) {
	t.Helper()
	algorithm := signingAlgorithms[0]
	signer := signerOf(t, manager, keyOf(t, algorithm.name).uri())
	decrypter := decrypterOf(t, manager, keyOf(t, "rsa_oaep_2048_sha256").uri())
	ciphertext := encryptWithGo(t, decrypter.Public(), []byte("x"))
	opened, found, deleted := make([]serviceKey, calls), make([]serviceKey, calls), make([]serviceKey, calls)
	for _, keys := range [][]serviceKey{opened, found, deleted} {
		for i := range keys {
			keys[i] = createOnService(t, algorithm.name, nil)
		}
	}
	return []func(n int) error{
			func(n int) error { return signAndVerify(signer, algorithm, fmt.Sprint(n)) },
			func(int) error {
				plaintext, err := decrypter.Decrypt(nil, ciphertext, nil)
				if err == nil && !bytes.Equal(plaintext, []byte("x")) {
					return fmt.Errorf("the plaintext is %q", plaintext)
				}
				return err
			},
			func(n int) error {
				_, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: opened[n].uri()})
				return err
			},
			func(n int) error {
				_, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: fmt.Sprintf("scwkms:unprotected=true;name=many-%d", n)})
				return err
			},
			func(n int) error {
				response, err := manager.SearchKeys(&apiv1.SearchKeysRequest{Query: "scwkms:name=" + found[n].Name})
				if err == nil && (len(response.Results) != 1 || response.Results[0].Name != found[n].uri()) {
					return fmt.Errorf("found %v, not %s", response.Results, found[n].uri())
				}
				return err
			},
			func(n int) error { return manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: deleted[n].uri()}) },
		}, map[string]int{
			"Sign": calls, "Decrypt": calls, "GetKey": calls, "GetPublicKey": calls, "CreateKey": calls, "ListKeys": calls, "DeleteKey": calls,
		}
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
	manager := open(t)
	keys := make([]serviceKey, hanging)
	for i := range keys {
		keys[i] = createOnService(t, "ec_p256_sha256", nil)
	}
	// The calls of the other manager are prepared before the faults, which would strike them.
	others := methodCalls(t, open(t))
	service.In(t).Fail("DeleteKey", hanging, fault{"kind": "delay", "milliseconds": 60000})
	for _, err := range whileInFlight(t, hanging, 1, func(n int) error {
		return manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: keys[n].uri()})
	}, func() {
		for name, method := range others {
			if err := method.call(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}) {
		wantError(t, err, scwkms.CodeTimeout)
	}
	// When the service has recovered, the manager works again.
	for name, method := range methodCalls(t, manager) {
		if err := method.call(); err != nil {
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
