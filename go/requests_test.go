//go:build cgo && !noscwkms

package scwkms_test

import (
	"crypto"
	"sync"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// Requests are billed, and each is a round trip. A key takes two requests, once per manager, and a
// signature takes one.
func TestTheRequestsOfAKey(t *testing.T) {
	key := keyOf(t, "ec_p256_sha256")
	for range 2 {
		var manager *scwkms.KMS
		wantNoRequests(t, func() { manager = open(t) })
		var signer crypto.Signer
		wantRequests(t, map[string]int{"GetKey": 1, "GetPublicKey": 1}, func() { signer = signerOf(t, manager, key.uri()) })
		wantNoRequests(t, func() {
			for _, name := range []string{key.uri(), key.ID, "fr-par/" + key.ID, clientURI("key-id", key.ID)} {
				signer = signerOf(t, manager, name)
				if _, err := manager.GetPublicKey(&apiv1.GetPublicKeyRequest{Name: name}); err != nil {
					t.Error(err)
				}
			}
		})
		for range 3 {
			wantRequests(t, map[string]int{"Sign": 1}, func() { signOnce(t, signer) })
		}
	}
}

// signOnce signs with a P-256 key.
func signOnce(t *testing.T, signer crypto.Signer) {
	t.Helper()
	if _, err := signer.Sign(nil, make([]byte, 32), crypto.SHA256); err != nil {
		t.Error(err)
	}
}

func TestANameTakesOneMoreRequest(t *testing.T) {
	key := createOnService(t, "ec_p256_sha256", nil)
	manager := open(t)
	var signer crypto.Signer
	wantRequests(t, map[string]int{"ListKeys": 1, "GetKey": 1, "GetPublicKey": 1}, func() {
		signer = signerOf(t, manager, "scwkms:name="+key.Name)
	})
	wantRequests(t, map[string]int{"Sign": 1}, func() { signOnce(t, signer) })
	wantNoRequests(t, func() { signer = signerOf(t, manager, "scwkms:name="+key.Name) })
}

func TestTheRequestsOfADecryption(t *testing.T) {
	key := keyOf(t, "rsa_oaep_2048_sha256")
	manager := open(t)
	var decrypter crypto.Decrypter
	wantRequests(t, map[string]int{"GetKey": 1, "GetPublicKey": 1}, func() { decrypter = decrypterOf(t, manager, key.uri()) })
	ciphertext := encryptWithGo(t, decrypter.Public(), []byte("x"))
	wantRequests(t, map[string]int{"Decrypt": 1}, func() {
		if _, err := decrypter.Decrypt(nil, ciphertext, nil); err != nil {
			t.Error(err)
		}
	})
}

// Both requests are delayed, so that they overlap if they are sent in parallel, on a slow machine, too.
func TestAKeysTwoRequestsAreParallel(t *testing.T) {
	key := keyOf(t, "ec_p256_sha256")
	manager := open(t)
	for _, operation := range []string{"GetKey", "GetPublicKey"} {
		service.In(t).Fail(operation, 1, fault{"kind": "delay", "milliseconds": 300})
	}
	service.In(t).ResetStats()
	signerOf(t, manager, key.uri())
	requests := service.In(t).Requests()
	if len(requests) != 2 {
		t.Fatalf("there were %d requests: %v", len(requests), requests)
	}
	if requests[0].Started >= requests[1].Ended || requests[1].Started >= requests[0].Ended {
		t.Errorf("they were sent one after the other: %v", requests)
	}
}

// Callers that open the same key at the same time, by different names, share one fetch.
func TestCallersShareAFetch(t *testing.T) {
	const callers = 64
	key := keyOf(t, "ec_p256_sha256")
	forms := []string{key.uri(), key.ID, "fr-par/" + key.ID, "scwkms:" + key.ID}
	manager := open(t)
	service.In(t).Fail("GetKey", 1, fault{"kind": "delay", "milliseconds": 300})
	wantRequests(t, map[string]int{"GetKey": 1, "GetPublicKey": 1, "Sign": callers}, func() {
		begin := make(chan struct{})
		var wg sync.WaitGroup
		for i := range callers {
			wg.Go(func() {
				<-begin
				signer, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: forms[i%len(forms)]})
				if err != nil {
					t.Error(err)
					return
				}
				signOnce(t, signer)
			})
		}
		close(begin)
		wg.Wait()
	})
}

// A fetch that failed is repeated for the next caller.
func TestAFailedFetchIsNotKept(t *testing.T) {
	key := keyOf(t, "ec_p256_sha256")
	for _, operation := range []string{"GetKey", "GetPublicKey"} {
		manager := open(t)
		service.In(t).Fail(operation, 1, fault{"kind": "status", "status": 403})
		_, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: key.uri()})
		wantError(t, err, scwkms.CodePermissionDenied, key.ID)
		signOnce(t, signerOf(t, manager, key.uri()))
	}
}

// A key that is slow to fetch does not delay others.
func TestKeysDoNotWaitForEachOther(t *testing.T) {
	slow, quick := keyOf(t, "ec_p384_sha384"), keyOf(t, "ec_p256_sha256")
	manager := open(t)
	signer := signerOf(t, manager, quick.uri())
	service.In(t).Fail("GetKey", 1, fault{"kind": "delay", "milliseconds": 1000})
	service.In(t).ResetStats()
	opened := start(func() error {
		_, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: slow.uri()})
		return err
	})
	waitForRequests(t, 1)
	signOnce(t, signer)
	wantStillRunning(t, opened)
	if err := <-opened; err != nil {
		t.Error(err)
	}
}
