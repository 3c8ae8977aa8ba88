//go:build cgo && !noscwkms

package scwkms_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"sync"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// hashOf returns the hash of a signing algorithm.
func hashOf(algorithm string) crypto.Hash {
	for _, a := range signingAlgorithms {
		if a.name == algorithm {
			return a.hash
		}
	}
	panic("no signing algorithm: " + algorithm)
}

// options returns the options that request a signature.
func options(s scheme, hash crypto.Hash) crypto.SignerOpts {
	if s == pssScheme {
		return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: hash}
	}
	return hash
}

func TestSignatures(t *testing.T) {
	manager := open(t)
	for _, algorithm := range signingAlgorithms {
		t.Run(algorithm.name, func(t *testing.T) {
			key := keyOf(t, algorithm.name)
			public := publicKey(t, key)
			signer := signerOf(t, manager, key.uri())
			wantSameKey(t, signer.Public(), public)
			if got := signer.(interface {
				SignatureAlgorithm() x509.SignatureAlgorithm
			}).SignatureAlgorithm(); got != algorithm.x509 {
				t.Errorf("the signature algorithm is %s, not %s", got, algorithm.x509)
			}
			digest := digestOf(algorithm.hash, t.Name())
			signature, err := signer.Sign(nil, digest, options(algorithm.scheme, algorithm.hash))
			if err != nil {
				t.Fatal(err)
			}
			verify(t, algorithm, public, digest, signature)
			// Neither verifier accepts a corrupt signature.
			signature[len(signature)-1] ^= 1
			if verifyWithGo(algorithm, public, digest, signature) == nil || verifyWithOpenSSL(t, algorithm, public, digest, signature) == nil {
				t.Error("a corrupt signature verifies")
			}
		})
	}
}

func TestPublicKeys(t *testing.T) {
	manager := open(t)
	algorithms := []string{"rsa_oaep_2048_sha256", "rsa_oaep_3072_sha256", "rsa_oaep_4096_sha256"}
	for _, algorithm := range signingAlgorithms {
		algorithms = append(algorithms, algorithm.name)
	}
	for _, algorithm := range algorithms {
		key := keyOf(t, algorithm)
		got, err := manager.GetPublicKey(&apiv1.GetPublicKeyRequest{Name: key.uri()})
		if err != nil {
			t.Errorf("%s: %v", algorithm, err)
			continue
		}
		wantSameKey(t, got, publicKey(t, key))
	}
}

// The salt lengths that x509 and step-kms-plugin request, and the same length as a number.
func TestPSSSalts(t *testing.T) {
	algorithm := signingAlgorithms[2]
	key := keyOf(t, algorithm.name)
	signer := signerOf(t, open(t), key.uri())
	digest := digestOf(algorithm.hash, t.Name())
	for _, salt := range []int{rsa.PSSSaltLengthAuto, rsa.PSSSaltLengthEqualsHash, 32} {
		signature, err := signer.Sign(nil, digest, &rsa.PSSOptions{SaltLength: salt, Hash: algorithm.hash})
		if err != nil {
			t.Errorf("salt %d: %v", salt, err)
			continue
		}
		verify(t, algorithm, publicKey(t, key), digest, signature)
	}
}

func TestParallelSignatures(t *testing.T) {
	manager := open(t)
	var wg sync.WaitGroup
	for _, algorithm := range signingAlgorithms {
		signer := signerOf(t, manager, keyOf(t, algorithm.name).uri())
		for i := range 8 {
			wg.Go(func() {
				if err := signAndVerify(signer, algorithm, fmt.Sprint(i)); err != nil {
					t.Errorf("%s: %v", algorithm.name, err)
				}
			})
		}
	}
	wg.Wait()
}

// step-ca passes the password of its key file for keys of a KMS, too.
func TestPasswordsAreIgnored(t *testing.T) {
	manager := open(t)
	if _, err := manager.CreateSigner(&apiv1.CreateSignerRequest{
		SigningKey: keyOf(t, "ec_p256_sha256").uri(), Password: []byte("x"), PasswordPrompter: apiv1.NonInteractivePasswordPrompter,
	}); err != nil {
		t.Error(err)
	}
	if _, err := manager.CreateDecrypter(&apiv1.CreateDecrypterRequest{
		DecryptionKey: keyOf(t, "rsa_oaep_2048_sha256").uri(), Password: []byte(""), PasswordPrompter: apiv1.NonInteractivePasswordPrompter,
	}); err != nil {
		t.Error(err)
	}
}

func TestKeysThatDoNotSign(t *testing.T) {
	manager := open(t)
	for algorithm, usage := range map[string]string{
		"rsa_oaep_2048_sha256": "asymmetric_encryption",
		"aes_256_gcm":          "symmetric",
		"ml_kem_768":           "ml_kem_768",
	} {
		key := keyOf(t, algorithm)
		signer, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: key.uri()})
		wantError(t, err, scwkms.CodeUnsupported, key.ID, usage, algorithm)
		if signer != nil {
			t.Errorf("%s: a signer was returned with the error", algorithm)
		}
	}
}
