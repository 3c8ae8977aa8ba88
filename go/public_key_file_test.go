//go:build cgo && !noscwkms

package scwkms_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	scwkms "github.com/scwkms/scwkms/go"
)

// publicKeyFile writes a public key to a file and returns the parameter that names it.
func publicKeyFile(t *testing.T, public crypto.PublicKey) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "public.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	if err := os.WriteFile(file, block, 0o600); err != nil {
		t.Fatal(err)
	}
	return ";public-key=" + file
}

func TestSignerWithPublicKeyFile(t *testing.T) {
	key := createOnService(t, "ec_p256_sha256", nil)
	public := publicKey(t, key)
	name := key.uri() + publicKeyFile(t, public) + ";secret-key=" + service.SecretKey
	manager := open(t)
	digest := sha256.Sum256([]byte("message"))
	var signer crypto.Signer
	wantNoRequests(t, func() { signer = signerOf(t, manager, name) })
	wantSameKey(t, signer.Public(), public)
	wantRequests(t, map[string]int{"Sign": 1}, func() {
		signature, err := signer.Sign(nil, digest[:], crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		if !ecdsa.VerifyASN1(public.(*ecdsa.PublicKey), digest[:], signature) {
			t.Error("the signature is invalid")
		}
	})
	_, err := signer.Sign(nil, digest[:31], crypto.SHA256)
	wantNoSecret(t, wantError(t, err, scwkms.CodeInvalidArgument, "public-key=", key.ID))
}

func TestSignerWithPublicKeyFileOfAnotherKey(t *testing.T) {
	key, other := createOnService(t, "ec_p256_sha256", nil), createOnService(t, "ec_p256_sha256", nil)
	signer := signerOf(t, open(t), key.uri()+publicKeyFile(t, publicKey(t, other)))
	digest := sha256.Sum256([]byte("message"))
	_, err := signer.Sign(nil, digest[:], crypto.SHA256)
	wantError(t, err, scwkms.CodeIntegrity, "public.pem", "may belong to another key")
}
