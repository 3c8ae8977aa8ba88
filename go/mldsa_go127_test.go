//go:build go1.27 && cgo && !noscwkms

package scwkms_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/mldsa"
	"crypto/rand"
	"crypto/x509"
	"strings"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// mldsaKeys are the algorithms with their numbers in Go and in newer versions of apiv1.
var mldsaKeys = []struct {
	name    string
	x509    x509.SignatureAlgorithm
	request apiv1.SignatureAlgorithm
}{
	{"ml_dsa_44", x509.MLDSA44, apiv1.PureEd25519 + 1},
	{"ml_dsa_65", x509.MLDSA65, apiv1.PureEd25519 + 2},
	{"ml_dsa_87", x509.MLDSA87, apiv1.PureEd25519 + 3},
}

// mldsaPublic returns the public key of a signer.
func mldsaPublic(t *testing.T, signer crypto.Signer) *mldsa.PublicKey {
	t.Helper()
	public, ok := signer.Public().(*mldsa.PublicKey)
	if !ok {
		t.Fatalf("the public key is a %T", signer.Public())
	}
	return public
}

func wantMLDSASignature(t *testing.T, public *mldsa.PublicKey, message, signature []byte, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if err := mldsa.Verify(public, message, signature, nil); err != nil {
		t.Error(err)
	}
}

// The emulator treats the digest of ML-DSA keys as mu, or as the message.
func TestMLDSASigns(t *testing.T) {
	for _, digest := range []string{"mu", "message"} {
		useOwnService(t, "--ml-dsa-digest", digest)
		for _, key := range mldsaKeys {
			manager := open(t)
			created, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: freshName(t), SignatureAlgorithm: key.request})
			if err != nil {
				t.Fatal(err)
			}
			signer := signerOf(t, manager, created.Name)
			public := mldsaPublic(t, signer)
			if !public.Equal(created.PublicKey) {
				t.Error("the signer has another public key than the created key")
			}
			if info, err := manager.GetKey(t.Context(), created.Name); err != nil || !public.Equal(info.PublicKey) {
				t.Errorf("the metadata is %+v, %v", info, err)
			}
			for _, message := range [][]byte{[]byte("x"), bytes.Repeat([]byte("m"), 65_535)} {
				for _, opts := range []crypto.SignerOpts{nil, crypto.Hash(0), &mldsa.Options{}} {
					signature, err := signer.Sign(rand.Reader, message, opts)
					wantMLDSASignature(t, public, message, signature, err)
					signature, err = signer.(crypto.MessageSigner).SignMessage(rand.Reader, message, opts)
					wantMLDSASignature(t, public, message, signature, err)
				}
				ctx, cancel := context.WithCancel(t.Context())
				signature, err := manager.SignMessage(ctx, created.Name, message)
				cancel()
				wantMLDSASignature(t, public, message, signature, err)
			}
		}
	}
}

func TestMLDSASignsCertificates(t *testing.T) {
	useOwnService(t, "--ml-dsa-digest", "mu")
	manager := open(t)
	for _, key := range mldsaKeys {
		created, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: "scwkms:name=" + freshName(t) + ";algorithm=" + key.name})
		if err != nil {
			t.Fatal(err)
		}
		signer := signerOf(t, manager, created.Name)
		if algorithm := signer.(*scwkms.Signer).SignatureAlgorithm(); algorithm != key.x509 {
			t.Errorf("%s: the signature algorithm is %v", key.name, algorithm)
		}
		template := authority(key.name, x509.UnknownSignatureAlgorithm)
		der, err := x509.CreateCertificate(rand.Reader, template, template, signer.Public(), signer)
		if err != nil {
			t.Fatal(err)
		}
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		if err := certificate.CheckSignatureFrom(certificate); err != nil {
			t.Error(err)
		}
		if certificate.SignatureAlgorithm != key.x509 {
			t.Errorf("%s: the certificate's algorithm is %v", key.name, certificate.SignatureAlgorithm)
		}
	}
}

func TestMLDSARefusesHashesAndContexts(t *testing.T) {
	useOwnService(t, "--ml-dsa-digest", "mu")
	manager := open(t)
	signer := signerOf(t, manager, keyOf(t, "ml_dsa_44").uri())
	wantNoRequests(t, func() {
		_, err := signer.Sign(rand.Reader, make([]byte, 32), crypto.SHA256)
		wantError(t, err, scwkms.CodeUnsupported, "sign messages, not digests")
		_, err = signer.Sign(rand.Reader, []byte("x"), &mldsa.Options{Context: "c"})
		wantError(t, err, scwkms.CodeUnsupported, "empty context")
	})
}

// No behaviour of the service makes a signer return an invalid signature.
func TestMLDSANeverReturnsAnInvalidSignature(t *testing.T) {
	message := []byte(strings.Repeat("m", 100))
	for digest, code := range map[string]scwkms.Code{
		"mu": scwkms.CodeIntegrity, "message": scwkms.CodeIntegrity, "prehash": scwkms.CodeIntegrity,
		"prehash-message": scwkms.CodeIntegrity, "sha256": scwkms.CodeUnsupported, "sha512": scwkms.CodeIntegrity,
	} {
		useOwnService(t, "--ml-dsa-digest", digest)
		for _, key := range mldsaKeys {
			signer := signerOf(t, open(t), keyOf(t, key.name).uri())
			service.In(t).Fail("Sign", 1, fault{"kind": "flip"})
			_, err := signer.Sign(rand.Reader, message, nil)
			wantError(t, err, code, "sign a message with")
			service.In(t).ClearFaults()
		}
	}
}

func TestMLDSAUnsupportedServices(t *testing.T) {
	for digest, word := range map[string]string{
		"prehash": "HashML-DSA", "prehash-message": "HashML-DSA", "sha256": "external mu", "sha512": "does not accept this message",
	} {
		useOwnService(t, "--ml-dsa-digest", digest)
		signer := signerOf(t, open(t), keyOf(t, "ml_dsa_65").uri())
		_, err := signer.Sign(rand.Reader, []byte("a message"), nil)
		wantError(t, err, scwkms.CodeUnsupported, word)
	}
}
