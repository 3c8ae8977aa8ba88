//go:build cgo && !noscwkms

package scwkms_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"testing"

	scwkms "github.com/scwkms/scwkms/go"
)

// Both methods accept signatures of the service that Go accepts, and no others.
func TestVerification(t *testing.T) {
	manager := open(t)
	ctx := t.Context()
	for _, algorithm := range signingAlgorithms {
		if algorithm.bits > 3072 {
			// Generating another key of 4096 bits takes seconds, and tests nothing more.
			continue
		}
		key := keyOf(t, algorithm.name)
		digest, other := digestOf(algorithm.hash, "a message"), digestOf(algorithm.hash, "another message")
		signature := signByService(t, key, digest)
		if err := verifyWithGo(algorithm, publicKey(t, key), digest, signature); err != nil {
			t.Fatal(err)
		}
		if _, err := manager.GetKey(ctx, key.uri()); err != nil {
			t.Fatal(err)
		}
		corrupt := append([]byte{}, signature...)
		corrupt[len(corrupt)-1] ^= 1
		wantNoRequests(t, func() {
			if err := manager.Verify(ctx, key.uri(), digest, signature); err != nil {
				t.Errorf("%s: %v", algorithm.name, err)
			}
			wantError(t, manager.Verify(ctx, key.uri(), other, signature), scwkms.CodeIntegrity, "verify", key.ID)
			wantError(t, manager.Verify(ctx, key.uri(), digest, corrupt), scwkms.CodeIntegrity, "verify", key.ID)
			wantError(t, manager.Verify(ctx, key.uri(), digest[1:], signature), scwkms.CodeInvalidArgument, "bytes")
			wantError(t, manager.VerifyByService(ctx, key.uri(), digest[1:], signature), scwkms.CodeInvalidArgument, "bytes")
		})
		wantRequests(t, map[string]int{"Verify": 2}, func() {
			if err := manager.VerifyByService(ctx, key.uri(), digest, signature); err != nil {
				t.Errorf("%s: %v", algorithm.name, err)
			}
			wantError(t, manager.VerifyByService(ctx, key.uri(), other, signature), scwkms.CodeIntegrity, "verify", key.ID)
		})
	}
}

func TestASignatureOfAnotherKeyIsNotValid(t *testing.T) {
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	digest := make([]byte, 32)
	signature, err := ecdsa.SignASN1(rand.Reader, other, digest)
	if err != nil {
		t.Fatal(err)
	}
	key := keyOf(t, "ec_p256_sha256").uri()
	manager := open(t)
	wantError(t, manager.Verify(t.Context(), key, digest, signature), scwkms.CodeIntegrity)
	wantError(t, manager.VerifyByService(t.Context(), key, digest, signature), scwkms.CodeIntegrity)
}

// Only the service verifies signatures of some algorithms.
func TestVerificationOfAnAlgorithmThatGoLacks(t *testing.T) {
	manager := open(t)
	key := createOnService(t, "ec_secp256k1_sha256", nil)
	digest := make([]byte, 32)
	signature := signByService(t, key, digest)
	if err := manager.VerifyByService(t.Context(), key.uri(), digest, signature); err != nil {
		t.Error(err)
	}
	wantError(t, manager.Verify(t.Context(), key.uri(), digest, signature), scwkms.CodeUnsupported, "ec_secp256k1_sha256")
	encryption := keyOf(t, "aes_256_gcm").uri()
	wantError(t, manager.Verify(t.Context(), encryption, digest, signature), scwkms.CodeUnsupported, "cannot verify")
}
