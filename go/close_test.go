//go:build cgo && !noscwkms

package scwkms_test

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
	"github.com/scwkms/scwkms/go/internal/capi"
)

func TestCallsAfterCloseFail(t *testing.T) {
	manager := open(t)
	calls := methodCalls(t, manager)
	signer := signerOf(t, manager, keyOf(t, "ec_p256_sha256").uri())
	for range 3 {
		if err := manager.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	wantNoRequests(t, func() {
		for name, call := range calls {
			err := call(context.Background())
			wantError(t, err, scwkms.CodeInvalidHandle, "closed")
			if !errors.Is(err, scwkms.ErrClosed) {
				t.Errorf("%s: %v is not ErrClosed", name, err)
			}
		}
	})
	// Public keys stay readable, and names can still be checked.
	wantSameKey(t, signer.Public(), publicKey(t, keyOf(t, "ec_p256_sha256")))
	if err := manager.ValidateName(keyOf(t, "ec_p256_sha256").uri()); err != nil {
		t.Error(err)
	}
}

// Close returns while calls of all methods wait for their first requests, and the calls then succeed.
// Most of them have to send more requests.
func TestCallsInFlightAtCloseSucceed(t *testing.T) {
	manager := open(t)
	calls := []map[string]func(context.Context) error{methodCalls(t, manager)}
	for name, err := range runDelayed(t, 3000, calls, func() {
		if err := manager.Close(); err != nil {
			t.Error(err)
		}
	}) {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// wantStillRunning checks that a call has not ended yet.
func wantStillRunning(t *testing.T, result <-chan error) {
	t.Helper()
	select {
	case err := <-result:
		t.Fatalf("the call has ended already: %v", err)
	default:
	}
}

// A signature that still waits for its key when the client is closed is made.
func TestASignatureThatWaitsForItsKeyAtClose(t *testing.T) {
	client := openC(t)
	key := keyOf(t, "ec_p256_sha256")
	service.In(t).Fail("GetKey", 1, fault{"kind": "delay", "milliseconds": 2000})
	service.In(t).ResetStats()
	operation, failure := capi.SignAsync(capi.Call{Client: client}, key.uri(), 0, make([]byte, 32))
	if failure != nil {
		t.Fatal(failure.Message)
	}
	waitForRequests(t, 1)
	capi.Close(client)
	if service.In(t).Stats().Operations["Sign"] != 0 {
		t.Fatal("the library had the key before Close")
	}
	if _, failure := capi.Wait(operation); failure != nil {
		t.Errorf("%+v", failure)
	}
}

// Close does not wait for signatures in flight, whether they block a thread or not, and does not end
// them.
func TestManySignaturesInFlightAtCloseSucceed(t *testing.T) {
	const calls = 100
	algorithm := signingAlgorithms[0]
	manager := open(t)
	signer := signerOf(t, manager, keyOf(t, algorithm.name).uri())
	service.In(t).Fail("Sign", calls, fault{"kind": "delay", "milliseconds": 5000})
	var ended atomic.Int64
	for _, err := range whileInFlight(t, calls, func(n int) error {
		defer ended.Add(1)
		return signAndVerify(signer, algorithm, fmt.Sprint(n))
	}, func() {
		if err := manager.Close(); err != nil {
			t.Error(err)
		}
		_, err := signer.Sign(nil, make([]byte, 32), crypto.SHA256)
		wantError(t, err, scwkms.CodeInvalidHandle)
		if n := ended.Load(); n > 0 {
			t.Errorf("Close waited: %d calls have ended", n)
		}
	}) {
		if err != nil {
			t.Error(err)
		}
	}
}

// A signature in flight at Close whose request fails returns the failure. It does not repeat the
// request.
func TestFailedRequestsAreNotRepeatedAfterClose(t *testing.T) {
	proxy := startSignProxy(t)
	manager := open(t, "api-url", proxy.url, "ca-file", "")
	signer := signerOf(t, manager, keyOf(t, "ec_p256_sha256").uri())
	result := start(func() error {
		_, err := signer.Sign(nil, make([]byte, 32), crypto.SHA256)
		return err
	})
	<-proxy.arrived
	if err := manager.Close(); err != nil {
		t.Error(err)
	}
	wantStillRunning(t, result)
	close(proxy.fail)
	wantError(t, <-result, scwkms.CodeUnavailable, "503")
	if more := len(proxy.arrived); more != 0 {
		t.Errorf("the request was repeated %d times", more)
	}
}

// While managers are used, opened and closed at the same time, each call succeeds or says that its
// manager is closed, and the next manager works.
func TestCloseAmongManyCalls(t *testing.T) {
	algorithm := signingAlgorithms[0]
	signing, decrypting := keyOf(t, algorithm.name), keyOf(t, "rsa_oaep_2048_sha256")
	for range 3 {
		manager, next := open(t), open(t)
		signer, decrypter := signerOf(t, manager, signing.uri()), decrypterOf(t, manager, decrypting.uri())
		ciphertext := encryptWithGo(t, decrypter.Public(), []byte("x"))
		fresh := createOnService(t, algorithm.name, nil)
		closeDuringCalls(t, []func(message string) error{
			func(message string) error { return signAndVerify(signer, algorithm, message) },
			func(string) error { _, err := decrypter.Decrypt(nil, ciphertext, nil); return err },
			func(string) error {
				_, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: fresh.uri()})
				return err
			},
		}, manager)
		signOnce(t, signerOf(t, next, signing.uri()))
	}
}

// closeDuringCalls makes calls on many goroutines until they fail with ErrClosed. Meanwhile it closes
// the calls' manager, and others, several times.
func closeDuringCalls(t *testing.T, calls []func(message string) error, managers ...*scwkms.KMS) {
	t.Helper()
	const callers = 48
	service.In(t).ResetStats()
	var succeeded, closed atomic.Int64
	var wg sync.WaitGroup
	end := time.Now().Add(maxPoll)
	for i := range callers {
		wg.Go(func() {
			err := error(nil)
			for n := 0; err == nil && time.Now().Before(end); n++ {
				if err = calls[i%len(calls)](fmt.Sprint(i, n)); err == nil {
					succeeded.Add(1)
				}
			}
			if errors.Is(err, scwkms.ErrClosed) {
				closed.Add(1)
			} else {
				t.Errorf("a caller ended with %v", err)
			}
		})
	}
	waitUntil(t, "100 requests", func() bool { return service.In(t).Stats().Requests >= 100 })
	for range 4 {
		wg.Go(func() {
			for _, manager := range managers {
				if err := manager.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if succeeded.Load() == 0 || closed.Load() != callers {
		t.Errorf("%d calls succeeded, and %d of %d callers got ErrClosed", succeeded.Load(), closed.Load(), callers)
	}
}

// The SCEP provisioner opens managers that it never closes. The garbage collector frees them.
func TestManagersThatAreNeverClosed(t *testing.T) {
	const managers = 20
	key := keyOf(t, "ec_p256_sha256")
	connections := func() int {
		runtime.GC()
		return service.In(t).Stats().OpenConnections
	}
	// One connection is that of the tests themselves.
	waitUntil(t, "the end of earlier connections", func() bool { return connections() == 1 })
	signers := make([]crypto.Signer, managers)
	for i := range signers {
		signers[i] = signerOf(t, openUnclosed(t), key.uri())
		signOnce(t, signers[i])
	}
	// A signer keeps its manager's client with its connection.
	if got := connections(); got != 1+managers {
		t.Errorf("%d managers have %d connections", managers, got-1)
	}
	for _, signer := range signers {
		wantRequests(t, map[string]int{"Sign": 1}, func() { signOnce(t, signer) })
	}
	clear(signers[1:])
	waitUntil(t, "the end of unused connections", func() bool { return connections() == 2 })
	wantRequests(t, map[string]int{"Sign": 1}, func() { signOnce(t, signers[0]) })
	clear(signers)
	waitUntil(t, "the end of the last connection", func() bool { return connections() == 1 })
}
