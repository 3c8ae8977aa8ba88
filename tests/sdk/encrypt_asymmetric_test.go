package sdk

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

// longest is the longest plaintext that OAEP with SHA-256 takes under a modulus of so many bits.
func longest(bits int) int { return bits/8 - 2*sha256.Size - 2 }

func TestAsymmetricEncryption(t *testing.T) {
	t.Parallel()
	for _, name := range of("oaep") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			k := s.key(t, name)
			served := s.publicKey(t, k.ID)
			limit := longest(algorithms[name].size)
			for _, size := range []int{1, 32, limit} {
				plaintext := random(size)
				for how, ciphertext := range map[string][]byte{
					"openssl":     opensslEncrypt(t, served, plaintext),
					"Go":          goEncrypt(t, served, plaintext),
					"the service": s.encrypt(t, k.ID, plaintext, nil),
				} {
					a := s.decrypt(t, k.ID, ciphertext, nil)
					if !bytes.Equal(a.Plaintext, plaintext) {
						t.Errorf("%d bytes encrypted by %s come back as others", size, how)
					}
					if a.Ciphertext != nil {
						t.Errorf("a key that cannot rotate gave a new ciphertext")
					}
					if len(ciphertext) != algorithms[name].size/8 {
						t.Errorf("%s made %d bytes", how, len(ciphertext))
					}
				}
			}
			_, err := try(s.Encrypt, &km.EncryptRequest{KeyID: k.ID, Plaintext: random(limit + 1)})
			argument(t, "a plaintext over the limit", err, "plaintext", "constraint")
			checkBadOAEP(t, s, k.ID, s.encrypt(t, k.ID, random(32), nil))
		})
	}
}

func checkBadOAEP(t *testing.T, s *service, id string, good []byte) {
	t.Helper()
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for what, bad := range map[string][]byte{
		"a flipped bit": flipped, "cut short": good[1:], "noise": random(len(good)), "too long": append(bytes.Clone(good), 0),
	} {
		_, err := try(s.Decrypt, &km.DecryptRequest{KeyID: id, Ciphertext: bad})
		argument(t, what, err, "ciphertext", "constraint")
	}
}

func TestAsymmetricEncryptionTakesNoAssociatedData(t *testing.T) {
	t.Parallel()
	s := shared(t)
	id := s.key(t, "rsa_oaep_2048_sha256").ID
	data := []byte("only for symmetric keys")
	_, err := try(s.Encrypt, &km.EncryptRequest{KeyID: id, Plaintext: []byte("x"), AssociatedData: &data})
	argument(t, "encrypt", err, "associated_data", "constraint")
	good := s.encrypt(t, id, []byte("x"), nil)
	_, err = try(s.Decrypt, &km.DecryptRequest{KeyID: id, Ciphertext: good, AssociatedData: &data})
	argument(t, "decrypt", err, "associated_data", "constraint")
}

func opensslEncrypt(t *testing.T, served string, plaintext []byte) []byte {
	t.Helper()
	ciphertext, err := openssl(t, map[string][]byte{"key.pem": opensslKey(t, served), "plaintext": plaintext},
		"pkeyutl", "-encrypt", "-pubin", "-inkey", "key.pem", "-in", "plaintext", "-pkeyopt", "rsa_padding_mode:oaep",
		"-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt", "rsa_mgf1_md:sha256")
	if err != nil {
		t.Fatal(err)
	}
	return ciphertext
}

func goEncrypt(t *testing.T, served string, plaintext []byte) []byte {
	t.Helper()
	ciphertext, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, rsaKey(t, served), plaintext, nil)
	if err != nil {
		t.Fatal(err)
	}
	return ciphertext
}
