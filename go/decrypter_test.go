//go:build cgo && !noscwkms

package scwkms_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

func encryptWithGo(t *testing.T, public crypto.PublicKey, plaintext []byte) []byte {
	t.Helper()
	ciphertext, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, public.(*rsa.PublicKey), plaintext, nil)
	if err != nil {
		t.Fatal(err)
	}
	return ciphertext
}

func encryptWithOpenSSL(t *testing.T, public crypto.PublicKey, plaintext []byte) []byte {
	t.Helper()
	ciphertext, err := openssl(t, map[string][]byte{"public.pem": publicPEM(t, public), "plaintext": plaintext},
		"pkeyutl", "-encrypt", "-pubin", "-inkey", "public.pem", "-in", "plaintext",
		"-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt", "rsa_mgf1_md:sha256")
	if err != nil {
		t.Fatal(err)
	}
	return ciphertext
}

func TestDecryption(t *testing.T) {
	manager := open(t)
	for _, algorithm := range decryptionAlgorithms {
		t.Run(algorithm.name, func(t *testing.T) {
			key := keyOf(t, algorithm.name)
			public := publicKey(t, key)
			decrypter := decrypterOf(t, manager, key.uri())
			wantSameKey(t, decrypter.Public(), public)
			longest := algorithm.bits/8 - 2*sha256.Size - 2
			for _, length := range []int{1, 32, longest} {
				plaintext := make([]byte, length)
				if _, err := rand.Read(plaintext); err != nil {
					t.Fatal(err)
				}
				for maker, ciphertext := range map[string][]byte{
					"Go":      encryptWithGo(t, public, plaintext),
					"OpenSSL": encryptWithOpenSSL(t, public, plaintext),
				} {
					wantRequests(t, map[string]int{"Decrypt": 1}, func() {
						got, err := decrypter.Decrypt(nil, ciphertext, nil)
						if err != nil {
							t.Errorf("%d bytes encrypted by %s: %v", length, maker, err)
						} else if !bytes.Equal(got, plaintext) {
							t.Errorf("%d bytes encrypted by %s: another plaintext", length, maker)
						}
					})
				}
			}
		})
	}
}

// All options that request OAEP with SHA-256 and without a label.
func TestDecryptionOptions(t *testing.T) {
	key := keyOf(t, "rsa_oaep_2048_sha256")
	decrypter := decrypterOf(t, open(t), key.uri())
	plaintext := []byte("a plaintext")
	ciphertext := encryptWithGo(t, decrypter.Public(), plaintext)
	for _, opts := range []crypto.DecrypterOpts{
		nil,
		(*rsa.OAEPOptions)(nil),
		&rsa.OAEPOptions{},
		&rsa.OAEPOptions{Hash: crypto.SHA256},
		&rsa.OAEPOptions{MGFHash: crypto.SHA256},
		&rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA256, Label: []byte{}},
	} {
		got, err := decrypter.Decrypt(nil, ciphertext, opts)
		if err != nil || !bytes.Equal(got, plaintext) {
			t.Errorf("%#v: %q, %v", opts, got, err)
		}
	}
}

// wantDecryptError checks that a decryption fails without a request.
func wantDecryptError(t *testing.T, decrypter crypto.Decrypter, ciphertext []byte, opts crypto.DecrypterOpts, code scwkms.Code, words ...string) {
	t.Helper()
	wantNoRequests(t, func() {
		plaintext, err := decrypter.Decrypt(nil, ciphertext, opts)
		wantError(t, err, code, words...)
		if plaintext != nil {
			t.Error("a plaintext was returned with the error")
		}
	})
}

func TestUnsupportedDecryptionOptions(t *testing.T) {
	key := keyOf(t, "rsa_oaep_2048_sha256")
	decrypter := decrypterOf(t, open(t), key.uri())
	ciphertext := encryptWithGo(t, decrypter.Public(), []byte("a plaintext"))
	for _, test := range []struct {
		opts  crypto.DecrypterOpts
		words []string
	}{
		{&rsa.OAEPOptions{Hash: crypto.SHA1}, []string{"SHA-1"}},
		{&rsa.OAEPOptions{Hash: crypto.SHA512}, []string{"SHA-512"}},
		{&rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA1}, []string{"MGF1", "SHA-1"}},
		{&rsa.OAEPOptions{MGFHash: crypto.SHA384}, []string{"MGF1", "SHA-384"}},
		{&rsa.OAEPOptions{Hash: crypto.SHA256, Label: []byte("step-kms-plugin/v1/oaep")}, []string{"label", "--no-label"}},
		{&rsa.PKCS1v15DecryptOptions{}, []string{"PKCS #1 v1.5"}},
		{(*rsa.PKCS1v15DecryptOptions)(nil), []string{"PKCS #1 v1.5"}},
		{rsa.OAEPOptions{Hash: crypto.SHA256}, []string{"rsa.OAEPOptions"}},
		{"oaep", []string{"string"}},
	} {
		words := append(test.words, key.uri())
		if o, ok := test.opts.(*rsa.OAEPOptions); !ok || o.Label == nil {
			words = append(words, "rsa_oaep_2048_sha256")
		}
		wantDecryptError(t, decrypter, ciphertext, test.opts, scwkms.CodeUnsupported, words...)
	}
}

func TestInvalidCiphertexts(t *testing.T) {
	key := keyOf(t, "rsa_oaep_2048_sha256")
	decrypter := decrypterOf(t, open(t), key.uri())
	for _, length := range []int{0, 1, 255, 257, 384, 1 << 20} {
		limit := "256"
		if length == 1<<20 {
			// This length is too long for every key, which is checked first.
			limit = "131071"
		}
		wantDecryptError(t, decrypter, make([]byte, length), nil, scwkms.CodeInvalidArgument,
			key.ID, fmt.Sprintf("%d bytes", length), limit)
	}
	wantDecryptError(t, decrypter, nil, nil, scwkms.CodeInvalidArgument, key.ID)

	for name, ciphertext := range map[string][]byte{
		"a corrupt one": func() []byte {
			corrupt := encryptWithGo(t, decrypter.Public(), []byte("x"))
			corrupt[100] ^= 1
			return corrupt
		}(),
		"one for another key": encryptWithGo(t, publicKey(t, createOnService(t, "rsa_oaep_2048_sha256", nil)), []byte("x")),
		"one with a label": func() []byte {
			ciphertext, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, decrypter.Public().(*rsa.PublicKey), []byte("x"), []byte("label"))
			if err != nil {
				t.Fatal(err)
			}
			return ciphertext
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			plaintext, err := decrypter.Decrypt(nil, ciphertext, nil)
			wantError(t, err, scwkms.CodeInvalidArgument, "decrypt", key.ID)
			if plaintext != nil {
				t.Error("a plaintext was returned with the error")
			}
		})
	}
}

// The SCEP provisioner requests a decrypter for its signing key, and works without one if that fails.
func TestKeysThatDoNotDecrypt(t *testing.T) {
	manager := open(t)
	algorithms := map[string]string{"aes_256_gcm": "symmetric", "ml_kem_768": "ml_kem_768"}
	for _, algorithm := range signingAlgorithms {
		algorithms[algorithm.name] = "asymmetric_signing"
	}
	for algorithm, usage := range algorithms {
		key := keyOf(t, algorithm)
		decrypter, err := manager.CreateDecrypter(&apiv1.CreateDecrypterRequest{DecryptionKey: key.uri()})
		wantError(t, err, scwkms.CodeUnsupported, key.ID, usage, algorithm)
		if decrypter != nil {
			t.Errorf("%s: a decrypter was returned with the error", algorithm)
		}
	}
}
