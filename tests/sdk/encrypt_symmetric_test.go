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
		t.Errorf("encrypted with %s, not %s", a.KeyID, id)
	}
	return a.Ciphertext
}

func (s *service) decrypt(t *testing.T, id string, ciphertext []byte, associated *[]byte) *km.DecryptResponse {
	t.Helper()
	a := call(t, s.Decrypt, &km.DecryptRequest{KeyID: id, Ciphertext: ciphertext, AssociatedData: associated})
	if a.KeyID != id {
		t.Errorf("decrypted with %s, not %s", a.KeyID, id)
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
		{"the longest plaintext", 65535, nil},
		{"with associated data", 1000, &associated},
		{"with empty associated data", 1000, &empty},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			plaintext := random(c.size)
			ciphertext := s.encrypt(t, k.ID, plaintext, c.associated)
			if c.size > 1 && bytes.Contains(ciphertext, plaintext) {
				t.Fatal("the ciphertext contains the plaintext")
			}
			checkCiphertext(t, ciphertext, 1, c.size)
			if bytes.Equal(ciphertext, s.encrypt(t, k.ID, plaintext, c.associated)) {
				t.Error("two encryptions give the same ciphertext")
			}
			a := s.decrypt(t, k.ID, ciphertext, c.associated)
			if !bytes.Equal(a.Plaintext, plaintext) {
				t.Error("the ciphertext decrypts to another plaintext")
			}
			if a.Ciphertext != nil {
				t.Error("the key was not rotated, but the response contains a new ciphertext")
			}
		})
	}
}

// checkCiphertext checks the service's layout: a format byte, the number of the rotation, a nonce of 12
// bytes, the data and a tag of 16 bytes.
func checkCiphertext(t *testing.T, ciphertext []byte, rotation byte, size int) {
	t.Helper()
	if len(ciphertext) != 33+size || !bytes.HasPrefix(ciphertext, []byte{1, 0, 0, 0, rotation}) {
		t.Errorf("a ciphertext of %d bytes under rotation %d: %x", size, rotation, ciphertext)
	}
}

func TestDamagedCiphertextIsRejected(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.key(t, "aes_256_gcm")
	right, wrong := []byte("right"), []byte("wrong")
	good := s.encrypt(t, k.ID, []byte("a secret"), &right)
	reject := func(what, id string, ciphertext []byte, associated *[]byte) {
		t.Helper()
		_, err := try(s.Decrypt, &km.DecryptRequest{KeyID: id, Ciphertext: ciphertext, AssociatedData: associated})
		checkInvalid(t, what, err, "ciphertext", "constraint")
	}
	reject("wrong associated data", k.ID, good, &wrong)
	reject("no associated data", k.ID, good, nil)
	reject("another key", s.create(t, "aes_256_gcm").ID, good, &right)
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 0x80
		reject("a flipped bit", k.ID, bad, &right)
	}
	for n := 1; n < len(good); n++ {
		reject("too short", k.ID, good[:n], &right)
	}
	reject("too long", k.ID, append(bytes.Clone(good), 0), &right)
}

func TestEncryptionNeedsAPayload(t *testing.T) {
	t.Parallel()
	s := shared(t)
	id := s.key(t, "aes_256_gcm").ID
	_, err := try(s.Encrypt, &km.EncryptRequest{KeyID: id})
	checkInvalid(t, "no plaintext", err, "plaintext", "required")
	_, err = try(s.Decrypt, &km.DecryptRequest{KeyID: id})
	checkInvalid(t, "no ciphertext", err, "ciphertext", "required")
}
