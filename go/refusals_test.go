//go:build cgo && !noscwkms

package scwkms_test

import (
	"crypto"
	"crypto/rsa"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// What a request asks for and cannot have is said, not passed over.
func TestRequestsThatAskForMoreThanAKey(t *testing.T) {
	manager := open(t)
	signing, decrypting := keyOf(t, "ec_p256_sha256").uri(), keyOf(t, "rsa_oaep_2048_sha256").uri()
	signer := signerOf(t, manager, signing)
	decrypter := decrypterOf(t, manager, decrypting)
	for name, request := range map[string]*apiv1.CreateSignerRequest{
		"signer":         {SigningKey: signing, Signer: signer},
		"PEM":            {SigningKey: signing, SigningKeyPEM: []byte("x")},
		"token":          {SigningKey: signing, TokenLabel: "x"},
		"public key":     {SigningKey: signing, PublicKey: "x"},
		"public key PEM": {SigningKey: signing, PublicKeyPEM: []byte("x")},
	} {
		t.Run("signer/"+name, func(t *testing.T) {
			_, err := manager.CreateSigner(request)
			refused(t, err, scwkms.CodeInvalidArgument, "create signer", "more than")
		})
	}
	for name, request := range map[string]*apiv1.CreateDecrypterRequest{
		"decrypter": {DecryptionKey: decrypting, Decrypter: decrypter},
		"PEM":       {DecryptionKey: decrypting, DecryptionKeyPEM: []byte("x")},
	} {
		t.Run("decrypter/"+name, func(t *testing.T) {
			_, err := manager.CreateDecrypter(request)
			refused(t, err, scwkms.CodeInvalidArgument, "create decrypter", "more than")
		})
	}
	sendsNothing(t, func() {
		_, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: freshName(t), Extractable: true})
		refused(t, err, scwkms.CodeUnsupported, "extractable")
	})
}

// An interface that holds a nil *KMS is not nil, and its methods panic.
func TestAManagerThatCannotOpenIsNil(t *testing.T) {
	open, ok := apiv1.LoadKeyManagerNewFunc("scwkms")
	if !ok {
		t.Fatal("scwkms is not registered")
	}
	manager, err := open(t.Context(), apiv1.Options{URI: "scwkms:region=mars"})
	if err == nil || manager != nil {
		t.Errorf("a manager %v with the error %v", manager, err)
	}
}

// A certificate authority with an RSA-PSS key learns from the error what to set.
func TestAdvice(t *testing.T) {
	manager := open(t)
	pss := signerOf(t, manager, keyOf(t, "rsa_pss_2048_sha256").uri())
	_, err := pss.Sign(nil, make([]byte, 32), crypto.SHA256)
	refused(t, err, scwkms.CodeUnsupported, "SHA256-RSAPSS", "CRLs")
	pkcs1 := signerOf(t, manager, keyOf(t, "rsa_pkcs1_2048_sha256").uri())
	_, err = pkcs1.Sign(nil, make([]byte, 32), &rsa.PSSOptions{Hash: crypto.SHA256})
	refused(t, err, scwkms.CodeUnsupported, "rsa_pss_*")
}

// An outage is waited for once, not once for each key.
func TestSearchEndsWithTheFirstFailure(t *testing.T) {
	const keys = 40
	tag := freshName(t)
	for range keys {
		newKey(t, "ec_p256_sha256", map[string]any{"tags": []string{tag}})
	}
	service.order(t, "GetKey", keys, fault{"kind": "status", "status": 403})
	service.resetStatistics(t)
	_, err := open(t).SearchKeys(&apiv1.SearchKeysRequest{Query: "scwkms:tags=" + tag})
	refused(t, err, scwkms.CodePermissionDenied, "403")
	if asked := service.statistics(t).Operations["GetKey"]; asked > 16 {
		t.Errorf("%d of %d keys were asked for after the first failure", asked, keys)
	}
}
