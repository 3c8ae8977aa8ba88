//go:build cgo && !noscwkms

package scwkms_test

import (
	"testing"

	"go.step.sm/crypto/kms/apiv1"
)

// Each call is its manager's, signer's or decrypter's last use, so only the call itself keeps the
// client alive. With the tag scwkms_gc the garbage is collected between reading the client's number
// and calling the library: a call that does not keep its client alive finds it freed.
func TestACallKeepsItsClientAlive(t *testing.T) {
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
