package sdk

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

// maxPlaintext returns the length of the longest plaintext for OAEP with SHA-256.
func maxPlaintext(bits int) int { return bits/8 - 2*sha256.Size - 2 }

func TestAsymmetricEncryption(t *testing.T) {
	t.Parallel()
	for _, name := range withScheme("oaep") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			k := s.key(t, name)
			served := s.publicKey(t, k.ID)
			limit := maxPlaintext(algorithms[name].size)
			for _, size := range []int{1, 32, limit} {
				plaintext := random(size)
				for how, ciphertext := range map[string][]byte{
					"openssl":      opensslEncrypt(t, served, plaintext),
					"Go":           goEncrypt(t, served, plaintext),
					"the emulator": s.encrypt(t, k.ID, plaintext, nil),
				} {
					a := s.decrypt(t, k.ID, ciphertext, nil)
					if !bytes.Equal(a.Plaintext, plaintext) {
						t.Errorf("%d bytes, encrypted by %s, decrypt to others", size, how)
					}
					if a.Ciphertext != nil {
						t.Error("an asymmetric key returned a new ciphertext")
					}
					if len(ciphertext) != algorithms[name].size/8 {
						t.Errorf("%s: a ciphertext of %d bytes", how, len(ciphertext))
					}
				}
			}
			_, err := try(s.Encrypt, &km.EncryptRequest{KeyID: k.ID, Plaintext: random(limit + 1)})
			checkInvalid(t, "a plaintext that is too long", err, "plaintext", "constraint")
			checkDamagedOAEP(t, s, k.ID, s.encrypt(t, k.ID, random(32), nil))
			checkNoAssociatedData(t, s, k.ID)
		})
	}
}

func checkDamagedOAEP(t *testing.T, s *service, id string, good []byte) {
	t.Helper()
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for what, bad := range map[string][]byte{
		"a flipped bit": flipped, "too short": good[1:], "one byte": good[:1], "random bytes": random(len(good)),
		"too long": append(bytes.Clone(good), 0),
	} {
		_, err := try(s.Decrypt, &km.DecryptRequest{KeyID: id, Ciphertext: bad})
		checkInvalid(t, what, err, "ciphertext", "constraint")
	}
}

func checkNoAssociatedData(t *testing.T, s *service, id string) {
	t.Helper()
	data := []byte("only for symmetric keys")
	_, err := try(s.Encrypt, &km.EncryptRequest{KeyID: id, Plaintext: []byte("x"), AssociatedData: &data})
	checkInvalid(t, "encrypt", err, "associated_data", "constraint")
	good := s.encrypt(t, id, []byte("x"), nil)
	_, err = try(s.Decrypt, &km.DecryptRequest{KeyID: id, Ciphertext: good, AssociatedData: &data})
	checkInvalid(t, "decrypt", err, "associated_data", "constraint")
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
