//go:build cgo && !noscwkms

package scwkms_test

import (
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
)

// waitForRequest waits until the emulator has begun with a request since the statistics were reset.
func waitForRequest(t *testing.T) {
	t.Helper()
	waitUntil(t, "a request", func() bool { return service.statistics(t).MaxInFlight > 0 })
}

// longest is less than the 30 seconds after which the library closes a connection for being idle.
const longest = 20 * time.Second

// waitUntil asks again and again; each question is a request to the emulator, so it does not spin.
func waitUntil(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(longest); !done(); {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come within %s", what, longest)
		}
	}
}

func TestNothingWorksAfterClose(t *testing.T) {
	signing, decrypting := keyOf(t, "ec_p256_sha256"), keyOf(t, "rsa_oaep_2048_sha256")
	manager := open(t)
	signer, decrypter := signerOf(t, manager, signing.uri()), decrypterOf(t, manager, decrypting.uri())
	ciphertext := encryptWithGo(t, decrypter.Public(), []byte("x"))
	for range 3 {
		if err := manager.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	calls := map[string]func() error{
		"GetPublicKey": func() error {
			_, err := manager.GetPublicKey(&apiv1.GetPublicKeyRequest{Name: signing.uri()})
			return err
		},
		"CreateKey": func() error {
			_, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: freshName(t)})
			return err
		},
		"CreateSigner": func() error {
			_, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: signing.uri()})
			return err
		},
		"CreateDecrypter": func() error {
			_, err := manager.CreateDecrypter(&apiv1.CreateDecrypterRequest{DecryptionKey: decrypting.uri()})
			return err
		},
		"SearchKeys": func() error {
			_, err := manager.SearchKeys(&apiv1.SearchKeysRequest{})
			return err
		},
		"DeleteKey": func() error { return manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: signing.uri()}) },
		"Sign": func() error {
			_, err := signer.Sign(nil, make([]byte, 32), crypto.SHA256)
			return err
		},
		"Decrypt": func() error {
			_, err := decrypter.Decrypt(nil, ciphertext, nil)
			return err
		},
	}
	sendsNothing(t, func() {
		for name, call := range calls {
			err := call()
			refused(t, err, scwkms.CodeInvalidHandle, "closed")
			if !errors.Is(err, scwkms.ErrClosed) {
				t.Errorf("%s: %v is not ErrClosed", name, err)
			}
		}
	})
	// Public keys stay readable, as does what needs no client.
	sameKey(t, signer.Public(), publicKey(t, signing))
	sameKey(t, decrypter.Public(), publicKey(t, decrypting))
	if err := manager.ValidateName(signing.uri()); err != nil {
		t.Error(err)
	}
}

// A reload closes the old manager while it signs: what is under way comes to its end.
func TestCloseLetsASignatureUnderWayFinish(t *testing.T) {
	algorithm := signingAlgorithms[0]
	key := keyOf(t, algorithm.name)
	manager := open(t)
	signer := signerOf(t, manager, key.uri())
	digest := digestOf(algorithm.hash, t.Name())
	service.order(t, "Sign", 1, fault{"kind": "delay", "milliseconds": 1000})
	service.resetStatistics(t)
	type result struct {
		signature []byte
		err       error
	}
	done := make(chan result, 1)
	go func() {
		signature, err := signer.Sign(nil, digest, algorithm.hash)
		done <- result{signature, err}
	}()
	waitForRequest(t)
	if err := manager.Close(); err != nil {
		t.Error(err)
	}
	select {
	case <-done:
		t.Fatal("Close waited for the signature")
	default:
	}
	_, err := signer.Sign(nil, digest, algorithm.hash)
	refused(t, err, scwkms.CodeInvalidHandle)
	if r := <-done; r.err != nil {
		t.Error(r.err)
	} else {
		verify(t, algorithm, signer.Public(), digest, r.signature)
	}
}

// Signatures, openings and closings at the same time: each signature is good or says that the
// manager is closed.
func TestCloseWhileSigning(t *testing.T) {
	algorithm := signingAlgorithms[0]
	key := keyOf(t, algorithm.name)
	for round := range 5 {
		old, next := open(t), open(t)
		signer := signerOf(t, old, key.uri())
		service.resetStatistics(t)
		var made, closed atomic.Int64
		end := time.Now().Add(longest)
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				for n := 0; time.Now().Before(end); n++ {
					digest := digestOf(algorithm.hash, fmt.Sprint(round, i, n))
					signature, err := signer.Sign(nil, digest, algorithm.hash)
					if errors.Is(err, scwkms.ErrClosed) {
						closed.Add(1)
						return
					}
					if err == nil {
						err = verifyWithGo(algorithm, signer.Public(), digest, signature)
					}
					if err != nil {
						t.Error(err)
						return
					}
					made.Add(1)
				}
				t.Error("the manager works on after Close")
			})
		}
		waitUntil(t, "a signature", func() bool { return service.statistics(t).Operations["Sign"] >= 20 })
		for range 4 {
			wg.Go(func() {
				if err := old.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if made.Load() == 0 || closed.Load() != 16 {
			t.Errorf("%d signatures were made, and %d of 16 callers saw the end", made.Load(), closed.Load())
		}
		signs(t, signerOf(t, next, key.uri()))
	}
}

// SCEP opens managers that nobody closes. What they hold goes with them.
func TestManagersThatAreNeverClosed(t *testing.T) {
	const managers = 20
	key := keyOf(t, "ec_p256_sha256")
	connections := func() int {
		runtime.GC()
		return service.statistics(t).OpenConnections
	}
	// The tests' own, when those of earlier managers are gone.
	waitUntil(t, "quiet", func() bool { return connections() == 1 })
	signers := make([]crypto.Signer, managers)
	for i := range signers {
		signers[i] = signerOf(t, unclosed(t), key.uri())
		signs(t, signers[i])
	}
	// A signer keeps its manager's client, and with it the connection.
	if got := connections(); got != 1+managers {
		t.Errorf("%d managers have %d connections", managers, got-1)
	}
	for _, signer := range signers {
		costs(t, map[string]int{"Sign": 1}, func() { signs(t, signer) })
	}
	clear(signers[1:])
	waitUntil(t, "the end of unused connections", func() bool { return connections() == 2 })
	costs(t, map[string]int{"Sign": 1}, func() { signs(t, signers[0]) })
	clear(signers)
	waitUntil(t, "the end of the last connection", func() bool { return connections() == 1 })
}

// unclosed opens a manager that the test's end does not close.
func unclosed(t *testing.T) *scwkms.KMS {
	t.Helper()
	manager, err := scwkms.New(t.Context(), apiv1.Options{URI: clientURI()})
	if err != nil {
		t.Fatal(err)
	}
	return manager
}
