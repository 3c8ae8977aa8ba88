//go:build cgo && !noscwkms

package scwkms_test

import (
	"crypto"
	"sync/atomic"
	"testing"

	"go.step.sm/crypto/kms/apiv1"
)

// Each call is the last use of its manager, signer or decrypter, so only the call itself keeps the
// client alive. With the build tag scwkms_gc, garbage is collected between reading the client's
// handle and calling the library. A call that does not keep its client alive then finds it freed.
func TestACallKeepsItsClientAlive(t *testing.T) {
	useUnclosed(t)
}

// The same while so many signatures block threads that others are asynchronous.
func TestACallKeepsItsClientAliveWhileOthersBlock(t *testing.T) {
	const maxBlocking = 4
	signer := signerOf(t, open(t), keyOf(t, "ec_p256_sha256").uri())
	service.In(t).Fail("Sign", maxBlocking, fault{"kind": "delay", "milliseconds": 6000})
	var ended atomic.Int64
	for _, err := range whileInFlight(t, maxBlocking, func(int) error {
		defer ended.Add(1)
		_, err := signer.Sign(nil, make([]byte, 32), crypto.SHA256)
		return err
	}, func() {
		useUnclosed(t)
		if n := ended.Load(); n > 0 {
			t.Errorf("%d of the blocking calls have ended: this machine is too slow", n)
		}
	}) {
		if err != nil {
			t.Error(err)
		}
	}
}

func useUnclosed(t *testing.T) {
	t.Helper()
	signing, decrypting := keyOf(t, "ec_p256_sha256"), keyOf(t, "rsa_oaep_2048_sha256")
	if _, err := openUnclosed(t).GetPublicKey(&apiv1.GetPublicKeyRequest{Name: signing.uri()}); err != nil {
		t.Error(err)
	}
	if _, err := openUnclosed(t).SearchKeys(&apiv1.SearchKeysRequest{Query: "scwkms:name=" + signing.Name}); err != nil {
		t.Error(err)
	}
	created, err := openUnclosed(t).CreateKey(&apiv1.CreateKeyRequest{Name: "scwkms:unprotected=true;name=" + freshName(t)})
	if err != nil {
		t.Fatal(err)
	}
	if err := openUnclosed(t).DeleteKey(&apiv1.DeleteKeyRequest{Name: created.Name}); err != nil {
		t.Error(err)
	}
	signOnce(t, signerOf(t, openUnclosed(t), signing.uri()))
	decrypter := decrypterOf(t, openUnclosed(t), decrypting.uri())
	ciphertext := encryptWithGo(t, decrypter.Public(), []byte("x"))
	if _, err := decrypter.Decrypt(nil, ciphertext, nil); err != nil {
		t.Error(err)
	}
}
