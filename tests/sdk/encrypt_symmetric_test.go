package sdk

import (
	"bytes"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

func (s *service) encrypt(t *testing.T, id string, plaintext []byte, associated *[]byte) []byte {
	t.Helper()
	a := call(t, s.Encrypt, &km.EncryptRequest{KeyID: id, Plaintext: plaintext, AssociatedData: associated})
	if a.KeyID != id {
		t.Errorf("encrypted by %s, asked was %s", a.KeyID, id)
	}
	return a.Ciphertext
}

func (s *service) decrypt(t *testing.T, id string, ciphertext []byte, associated *[]byte) *km.DecryptResponse {
	t.Helper()
	a := call(t, s.Decrypt, &km.DecryptRequest{KeyID: id, Ciphertext: ciphertext, AssociatedData: associated})
	if a.KeyID != id {
		t.Errorf("decrypted by %s, asked was %s", a.KeyID, id)
	}
	return a
}

func TestSymmetricEncryption(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.key(t, "aes_256_gcm")
	associated, empty := []byte("what it belongs to"), []byte{}
	for _, c := range []struct {
		what       string
		size       int
		associated *[]byte
	}{
		{"one byte", 1, nil},
		{"some bytes", 1000, nil},
		{"the most there may be", 65535, nil},
		{"with associated data", 1000, &associated},
		{"with empty associated data", 1000, &empty},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			plaintext := random(c.size)
			ciphertext := s.encrypt(t, k.ID, plaintext, c.associated)
			if c.size > 1 && bytes.Contains(ciphertext, plaintext) {
				t.Fatal("the ciphertext holds the plaintext")
			}
			if bytes.Equal(ciphertext, s.encrypt(t, k.ID, plaintext, c.associated)) {
				t.Error("encrypted twice, the ciphertexts are the same")
			}
			a := s.decrypt(t, k.ID, ciphertext, c.associated)
			if !bytes.Equal(a.Plaintext, plaintext) {
				t.Error("decrypted is not what was encrypted")
			}
			if a.Ciphertext != nil {
				t.Error("nothing was rotated, yet a new ciphertext came")
			}
		})
	}
}

func TestDamagedCiphertextIsRefused(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.key(t, "aes_256_gcm")
	right, wrong := []byte("right"), []byte("wrong")
	good := s.encrypt(t, k.ID, []byte("a secret"), &right)
	refused := func(what, id string, ciphertext []byte, associated *[]byte) {
		t.Helper()
		_, err := try(s.Decrypt, &km.DecryptRequest{KeyID: id, Ciphertext: ciphertext, AssociatedData: associated})
		argument(t, what, err, "ciphertext", "constraint")
	}
	refused("wrong associated data", k.ID, good, &wrong)
	refused("no associated data", k.ID, good, nil)
	refused("another key", s.create(t, "aes_256_gcm").ID, good, &right)
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 0x80
		refused("a flipped bit", k.ID, bad, &right)
	}
	for n := 1; n < len(good); n++ {
		refused("cut short", k.ID, good[:n], &right)
	}
	refused("something behind it", k.ID, append(bytes.Clone(good), 0), &right)
}

func TestSizesOfSymmetricEncryption(t *testing.T) {
	t.Parallel()
	s := shared(t)
	id := s.key(t, "aes_256_gcm").ID
	_, err := try(s.Encrypt, &km.EncryptRequest{KeyID: id, Plaintext: random(65536)})
	argument(t, "too long a plaintext", err, "plaintext", "constraint")
	_, err = try(s.Encrypt, &km.EncryptRequest{KeyID: id})
	argument(t, "no plaintext", err, "plaintext", "required")
	_, err = try(s.Decrypt, &km.DecryptRequest{KeyID: id, Ciphertext: random(131072)})
	argument(t, "too long a ciphertext", err, "ciphertext", "constraint")
	_, err = try(s.Decrypt, &km.DecryptRequest{KeyID: id})
	argument(t, "no ciphertext", err, "ciphertext", "required")
}
