//go:build cgo && !noscwkms

package scwkms_test

import (
	"crypto"
	"sync"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// Requests are billed, and each is a round trip: a key costs two, once per manager, and a
// signature one.
func TestWhatAKeyCosts(t *testing.T) {
	key := keyOf(t, "ec_p256_sha256")
	for range 2 {
		var manager *scwkms.KMS
		sendsNothing(t, func() { manager = open(t) })
		var signer crypto.Signer
		costs(t, map[string]int{"GetKey": 1, "GetPublicKey": 1}, func() { signer = signerOf(t, manager, key.uri()) })
		sendsNothing(t, func() {
			for _, name := range []string{key.uri(), key.ID, "fr-par/" + key.ID, clientURI("key-id", key.ID)} {
				signer = signerOf(t, manager, name)
				if _, err := manager.GetPublicKey(&apiv1.GetPublicKeyRequest{Name: name}); err != nil {
					t.Error(err)
				}
			}
		})
		for range 3 {
			costs(t, map[string]int{"Sign": 1}, func() { signs(t, signer) })
		}
	}
}

// signs makes a signature with a P-256 key.
func signs(t *testing.T, signer crypto.Signer) {
	t.Helper()
	if _, err := signer.Sign(nil, make([]byte, 32), crypto.SHA256); err != nil {
		t.Error(err)
	}
}

func TestANameCostsOneRequestMore(t *testing.T) {
	key := newKey(t, "ec_p256_sha256", nil)
	manager := open(t)
	var signer crypto.Signer
	costs(t, map[string]int{"ListKeys": 1, "GetKey": 1, "GetPublicKey": 1}, func() {
		signer = signerOf(t, manager, "scwkms:name="+key.Name)
	})
	costs(t, map[string]int{"Sign": 1}, func() { signs(t, signer) })
	sendsNothing(t, func() { signer = signerOf(t, manager, "scwkms:name="+key.Name) })
}

func TestWhatADecryptionCosts(t *testing.T) {
	key := keyOf(t, "rsa_oaep_2048_sha256")
	manager := open(t)
	var decrypter crypto.Decrypter
	costs(t, map[string]int{"GetKey": 1, "GetPublicKey": 1}, func() { decrypter = decrypterOf(t, manager, key.uri()) })
	ciphertext := encryptWithGo(t, decrypter.Public(), []byte("x"))
	costs(t, map[string]int{"Decrypt": 1}, func() {
		if _, err := decrypter.Decrypt(nil, ciphertext, nil); err != nil {
			t.Error(err)
		}
	})
}

// Both requests are held up, so that they overlap if they are sent side by side, however slow the
// machine is.
func TestAKeysTwoRequestsGoSideBySide(t *testing.T) {
	key := keyOf(t, "ec_p256_sha256")
	manager := open(t)
	for _, operation := range []string{"GetKey", "GetPublicKey"} {
		service.order(t, operation, 1, fault{"kind": "delay", "milliseconds": 300})
	}
	service.resetStatistics(t)
	signerOf(t, manager, key.uri())
	requests := service.requests(t)
	if len(requests) != 2 {
		t.Fatalf("there were %d requests: %v", len(requests), requests)
	}
	if requests[0].Started >= requests[1].Ended || requests[1].Started >= requests[0].Ended {
		t.Errorf("they went one after the other: %v", requests)
	}
}

// Callers that open the same key at the same time, by different names, share one fetch.
func TestOneFetchServesAllWhoAsk(t *testing.T) {
	const callers = 64
	key := keyOf(t, "ec_p256_sha256")
	forms := []string{key.uri(), key.ID, "fr-par/" + key.ID, "scwkms:" + key.ID}
	manager := open(t)
	service.order(t, "GetKey", 1, fault{"kind": "delay", "milliseconds": 300})
	costs(t, map[string]int{"GetKey": 1, "GetPublicKey": 1, "Sign": callers}, func() {
		start := make(chan struct{})
		var wg sync.WaitGroup
		for i := range callers {
			wg.Go(func() {
				<-start
				signer, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: forms[i%len(forms)]})
				if err != nil {
					t.Error(err)
					return
				}
				signs(t, signer)
			})
		}
		close(start)
		wg.Wait()
	})
}

// A fetch that failed is tried anew by the next caller, and fails for those who waited for it.
func TestAFailedFetchIsNotKept(t *testing.T) {
	key := keyOf(t, "ec_p256_sha256")
	for _, operation := range []string{"GetKey", "GetPublicKey"} {
		manager := open(t)
		service.order(t, operation, 1, fault{"kind": "status", "status": 403})
		_, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: key.uri()})
		refused(t, err, scwkms.CodePermissionDenied, key.ID)
		signs(t, signerOf(t, manager, key.uri()))
	}
}

// A slow key does not hold up the others.
func TestKeysDoNotWaitForEachOther(t *testing.T) {
	slow, quick := keyOf(t, "ec_p384_sha384"), keyOf(t, "ec_p256_sha256")
	manager := open(t)
	signer := signerOf(t, manager, quick.uri())
	service.order(t, "GetKey", 1, fault{"kind": "delay", "milliseconds": 1000})
	service.resetStatistics(t)
	opened := make(chan error, 1)
	go func() {
		_, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: slow.uri()})
		opened <- err
	}()
	waitForRequest(t)
	signs(t, signer)
	select {
	case err := <-opened:
		t.Fatalf("the slow key was there first: %v", err)
	default:
	}
	if err := <-opened; err != nil {
		t.Error(err)
	}
}
