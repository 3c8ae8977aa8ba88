//go:build cgo && !noscwkms

package scwkms_test

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// most threads that a process needs, however many calls wait: the runtime's own, those of a few
// calls that block, the library's.
const mostThreads = 32

// underWay runs a call on so many goroutines, each held back by the service, and an action once all
// requests are there. It gives what came of each call.
func underWay(t *testing.T, calls, requestsOfACall int, call func(n int) error, action func()) []error {
	t.Helper()
	service.resetStatistics(t)
	outcomes := make(chan []error)
	go func() { outcomes <- inParallel(calls, 1, func(worker, _ int) error { return call(worker) }) }()
	waitUntil(t, fmt.Sprintf("%d requests at once", calls*requestsOfACall), func() bool {
		return service.statistics(t).MaxInFlight >= calls*requestsOfACall
	})
	action()
	return <-outcomes
}

// Calls that wait hold no thread, whatever they do.
func TestWaitingTakesNoThreads(t *testing.T) {
	inOwnProcess(t, func(t *testing.T) {
		algorithm, calls := signingAlgorithms[0], 200
		manager := open(t)
		signer := signerOf(t, manager, keyOf(t, algorithm.name).uri())
		decrypter := decrypterOf(t, manager, keyOf(t, "rsa_oaep_2048_sha256").uri())
		ciphertext := encryptWithGo(t, decrypter.Public(), []byte("x"))
		unused := make([]serviceKey, calls/2)
		for i := range unused {
			unused[i] = newKey(t, algorithm.name, nil)
		}
		late := fault{"kind": "delay", "milliseconds": 5000}
		for _, test := range []struct {
			name       string
			operations []string
			calls      int
			call       func(n int) error
		}{
			{"Sign", []string{"Sign"}, calls, func(n int) error {
				digest := digestOf(algorithm.hash, fmt.Sprint(n))
				signature, err := signer.Sign(nil, digest, algorithm.hash)
				if err != nil {
					return err
				}
				return verifyWithGo(algorithm, signer.Public(), digest, signature)
			}},
			{"Decrypt", []string{"Decrypt"}, calls, func(int) error {
				plaintext, err := decrypter.Decrypt(nil, ciphertext, nil)
				if err == nil && !bytes.Equal(plaintext, []byte("x")) {
					return errors.New("another plaintext")
				}
				return err
			}},
			{"CreateSigner", []string{"GetKey", "GetPublicKey"}, len(unused), func(n int) error {
				_, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: unused[n].uri()})
				return err
			}},
		} {
			for _, operation := range test.operations {
				service.order(t, operation, test.calls, late)
			}
			for _, err := range underWay(t, test.calls, len(test.operations), test.call, func() {}) {
				if err != nil {
					t.Errorf("%s: %v", test.name, err)
				}
			}
			if got := threads(t); got > mostThreads {
				t.Errorf("%s: %d calls take %d threads", test.name, test.calls, got)
			}
		}
	})
}

// A service that does not answer costs its callers the deadline, and no threads.
func TestAServiceThatHangs(t *testing.T) {
	inOwnProcess(t, func(t *testing.T) {
		const calls = 500
		key := keyOf(t, "ec_p256_sha256")
		manager := open(t, "timeout", "3s")
		signer := signerOf(t, manager, key.uri())
		service.order(t, "Sign", 10*calls, fault{"kind": "delay", "milliseconds": 60000})
		begun := time.Now()
		for _, err := range inParallel(calls, 1, func(int, int) error {
			_, err := signer.Sign(nil, make([]byte, 32), crypto.SHA256)
			return err
		}) {
			refused(t, err, scwkms.CodeTimeout)
		}
		if took := time.Since(begun); took > patience {
			t.Errorf("the deadline of 3 s took %s", took)
		}
		if got := threads(t); got > mostThreads {
			t.Errorf("%d calls take %d threads", calls, got)
		}
	})
}

// Close does not wait for signatures under way, whether their calls block or wait as requests, and
// does not end them.
func TestCloseLetsManySignaturesUnderWayFinish(t *testing.T) {
	const calls = 100
	algorithm := signingAlgorithms[0]
	manager := open(t)
	signer := signerOf(t, manager, keyOf(t, algorithm.name).uri())
	service.order(t, "Sign", calls, fault{"kind": "delay", "milliseconds": 5000})
	var ended atomic.Int64
	for _, err := range underWay(t, calls, 1, func(n int) error {
		defer ended.Add(1)
		digest := digestOf(algorithm.hash, fmt.Sprint(n))
		signature, err := signer.Sign(nil, digest, algorithm.hash)
		if err != nil {
			return err
		}
		return verifyWithGo(algorithm, signer.Public(), digest, signature)
	}, func() {
		if err := manager.Close(); err != nil {
			t.Error(err)
		}
		_, err := signer.Sign(nil, make([]byte, 32), crypto.SHA256)
		refused(t, err, scwkms.CodeInvalidHandle)
		if n := ended.Load(); n > 0 {
			t.Errorf("Close waited: %d calls have ended", n)
		}
	}) {
		if err != nil {
			t.Error(err)
		}
	}
}

// Whatever a call races with, it does what it is for or says that the manager is closed.
func TestCloseAmongManyCalls(t *testing.T) {
	signing, decrypting := keyOf(t, "ec_p256_sha256"), keyOf(t, "rsa_oaep_2048_sha256")
	for range 3 {
		manager := open(t)
		signer, decrypter := signerOf(t, manager, signing.uri()), decrypterOf(t, manager, decrypting.uri())
		ciphertext := encryptWithGo(t, decrypter.Public(), []byte("x"))
		fresh := newKey(t, "ec_p256_sha256", nil)
		calls := []func() error{
			func() error { _, err := signer.Sign(nil, make([]byte, 32), crypto.SHA256); return err },
			func() error { _, err := decrypter.Decrypt(nil, ciphertext, nil); return err },
			func() error {
				_, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: fresh.uri()})
				return err
			},
		}
		service.resetStatistics(t)
		var done, closed atomic.Int64
		var wg sync.WaitGroup
		const callers = 48
		end := time.Now().Add(longest)
		for i := range callers {
			wg.Go(func() {
				for time.Now().Before(end) {
					err := calls[i%len(calls)]()
					if errors.Is(err, scwkms.ErrClosed) {
						closed.Add(1)
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					done.Add(1)
				}
			})
		}
		waitUntil(t, "a few requests", func() bool { return service.statistics(t).Requests >= 100 })
		for range 4 {
			wg.Go(func() {
				if err := manager.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if done.Load() == 0 || closed.Load() != callers {
			t.Errorf("%d calls did what they are for, and %d of %d callers saw the end", done.Load(), closed.Load(), callers)
		}
	}
}
