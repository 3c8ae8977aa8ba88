//go:build cgo && !noscwkms

package scwkms_test

import (
	"crypto"
	"sync/atomic"
	"testing"

	"go.step.sm/crypto/kms/apiv1"
)

// Each call is its manager's, signer's or decrypter's last use, so only the call itself keeps the
// client alive. With the tag scwkms_gc the garbage is collected between reading the client's number
// and calling the library: a call that does not keep its client alive finds it freed.
func TestACallKeepsItsClientAlive(t *testing.T) {
	keepAlive(t)
}

// The same where so many calls block that others wait as requests.
func TestACallKeepsItsClientAliveWhileOthersBlock(t *testing.T) {
	const enough = 4
	signer := signerOf(t, open(t), keyOf(t, "ec_p256_sha256").uri())
	service.order(t, "Sign", enough, fault{"kind": "delay", "milliseconds": 6000})
	var ended atomic.Int64
	for _, err := range underWay(t, enough, 1, func(int) error {
		defer ended.Add(1)
		_, err := signer.Sign(nil, make([]byte, 32), crypto.SHA256)
		return err
	}, func() {
		keepAlive(t)
		if n := ended.Load(); n > 0 {
			t.Errorf("%d of the calls that should block have ended: this machine is too slow", n)
		}
	}) {
		if err != nil {
			t.Error(err)
		}
	}
}

func keepAlive(t *testing.T) {
	t.Helper()
	signing, decrypting := keyOf(t, "ec_p256_sha256"), keyOf(t, "rsa_oaep_2048_sha256")
	if _, err := unclosed(t).GetPublicKey(&apiv1.GetPublicKeyRequest{Name: signing.uri()}); err != nil {
		t.Error(err)
	}
	if _, err := unclosed(t).SearchKeys(&apiv1.SearchKeysRequest{Query: "scwkms:name=" + signing.Name}); err != nil {
		t.Error(err)
	}
	created, err := unclosed(t).CreateKey(&apiv1.CreateKeyRequest{Name: "scwkms:unprotected=true;name=" + freshName(t)})
	if err != nil {
		t.Fatal(err)
	}
	if err := unclosed(t).DeleteKey(&apiv1.DeleteKeyRequest{Name: created.Name}); err != nil {
		t.Error(err)
	}
	signs(t, signerOf(t, unclosed(t), signing.uri()))
	decrypter := decrypterOf(t, unclosed(t), decrypting.uri())
	ciphertext := encryptWithGo(t, decrypter.Public(), []byte("x"))
	if _, err := decrypter.Decrypt(nil, ciphertext, nil); err != nil {
		t.Error(err)
	}
}
