//go:build cgo && !noscwkms

package scwkms_test

import (
	"crypto"
	"crypto/rsa"
	"strings"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// A request with fields that scwkms cannot honour is an error. They are not ignored.
func TestRequestsWithUnsupportedFields(t *testing.T) {
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
			wantError(t, err, scwkms.CodeInvalidArgument, "create signer", "more than")
		})
	}
	for name, request := range map[string]*apiv1.CreateDecrypterRequest{
		"decrypter": {DecryptionKey: decrypting, Decrypter: decrypter},
		"PEM":       {DecryptionKey: decrypting, DecryptionKeyPEM: []byte("x")},
	} {
		t.Run("decrypter/"+name, func(t *testing.T) {
			_, err := manager.CreateDecrypter(request)
			wantError(t, err, scwkms.CodeInvalidArgument, "create decrypter", "more than")
		})
	}
	wantNoRequests(t, func() {
		_, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: freshName(t), Extractable: true})
		wantError(t, err, scwkms.CodeUnsupported, "extractable")
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

// The error tells the operator of a CA with an RSA-PSS key which setting to change.
func TestAdvice(t *testing.T) {
	manager := open(t)
	pss := signerOf(t, manager, keyOf(t, "rsa_pss_2048_sha256").uri())
	_, err := pss.Sign(nil, make([]byte, 32), crypto.SHA256)
	wantError(t, err, scwkms.CodeUnsupported, "SHA256-RSAPSS", "CRLs")
	pkcs1 := signerOf(t, manager, keyOf(t, "rsa_pkcs1_2048_sha256").uri())
	_, err = pkcs1.Sign(nil, make([]byte, 32), &rsa.PSSOptions{Hash: crypto.SHA256})
	wantError(t, err, scwkms.CodeUnsupported, "rsa_pss_*")
}

// An error tells a person which operation failed, on which key, what the service responded, and what
// to do next.
func TestTheTextOfAnError(t *testing.T) {
	_, err := open(t).GetPublicKey(&apiv1.GetPublicKeyRequest{Name: "nl-ams/" + noKey})
	e := wantError(t, err, scwkms.CodeNotFound, "key "+noKey+" in nl-ams", "not_found", "check the id", "404")
	if e.HTTPStatus != 404 || e.RequestID == "" || !strings.Contains(err.Error(), e.RequestID) {
		t.Errorf("%+v", e)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("it has more than one line: %q", err)
	}
}
