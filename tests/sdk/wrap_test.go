package sdk

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/mlkem"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

func TestWrapping(t *testing.T) {
	t.Parallel()
	for _, name := range of("ml_kem") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			k := s.key(t, name)
			associated := []byte("whose key this is")
			for _, size := range []int{1, 32, 2048} {
				for _, data := range []*[]byte{nil, &associated} {
					key := random(size)
					w := call(t, s.WrapKey, &km.WrapKeyRequest{KeyID: k.ID, Plaintext: key, AssociatedData: data})
					if w.KeyID != k.ID || size > 1 && bytes.Contains(w.Ciphertext, key) || len(w.Ciphertext) > 4096 {
						t.Fatalf("wrapped by %s: %x", w.KeyID, w.Ciphertext)
					}
					u := call(t, s.UnwrapKey, &km.UnwrapKeyRequest{KeyID: k.ID, Ciphertext: w.Ciphertext, AssociatedData: data})
					if u.KeyID != k.ID || !bytes.Equal(u.Plaintext, key) {
						t.Errorf("%d bytes come back as others", size)
					}
					w2 := call(t, s.WrapKey, &km.WrapKeyRequest{KeyID: k.ID, Plaintext: key, AssociatedData: data})
					if bytes.Equal(w.Ciphertext, w2.Ciphertext) {
						t.Error("wrapped twice, the ciphertexts are the same")
					}
				}
			}
		})
	}
}

// Go encapsulates for the served public key, and the emulator must come to the same secret. How the real
// service lays out a wrapped key is not documented: this layout is the emulator's own.
func TestWrappedElsewhere(t *testing.T) {
	t.Parallel()
	for _, name := range of("ml_kem") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			k := s.key(t, name)
			public := mlkemKey(t, name, s.publicKey(t, k.ID))
			secret, encapsulated := encapsulate(t, name, public)
			key, associated := random(32), []byte("whose key this is")
			block, err := aes.NewCipher(secret)
			if err != nil {
				t.Fatal(err)
			}
			gcm, err := cipher.NewGCMWithRandomNonce(block)
			if err != nil {
				t.Fatal(err)
			}
			wrapped := gcm.Seal(append([]byte{1}, encapsulated...), nil, key, associated)
			u := call(t, s.UnwrapKey, &km.UnwrapKeyRequest{KeyID: k.ID, Ciphertext: wrapped, AssociatedData: &associated})
			if !bytes.Equal(u.Plaintext, key) {
				t.Error("unwrapped is not what was wrapped")
			}
		})
	}
}

func encapsulate(t *testing.T, name string, public []byte) (secret, encapsulated []byte) {
	t.Helper()
	if name == "ml_kem_768" {
		k, err := mlkem.NewEncapsulationKey768(public)
		if err != nil {
			t.Fatal(err)
		}
		return k.Encapsulate()
	}
	k, err := mlkem.NewEncapsulationKey1024(public)
	if err != nil {
		t.Fatal(err)
	}
	return k.Encapsulate()
}

func TestWrappingThatCannotBe(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.key(t, "ml_kem_768")
	right, wrong := []byte("right"), []byte("wrong")
	good := call(t, s.WrapKey, &km.WrapKeyRequest{KeyID: k.ID, Plaintext: random(32), AssociatedData: &right}).Ciphertext
	refused := func(what, id string, ciphertext []byte, data *[]byte) {
		t.Helper()
		_, err := try(s.UnwrapKey, &km.UnwrapKeyRequest{KeyID: id, Ciphertext: ciphertext, AssociatedData: data})
		argument(t, what, err, "ciphertext", "constraint")
	}
	refused("wrong associated data", k.ID, good, &wrong)
	refused("no associated data", k.ID, good, nil)
	refused("another key", s.create(t, "ml_kem_768").ID, good, &right)
	refused("a key of another size", s.key(t, "ml_kem_1024").ID, good, &right)
	refused("cut short", k.ID, good[:len(good)-1], &right)
	refused("hardly anything", k.ID, good[:1], &right)
	refused("too long", k.ID, random(4097), &right)
	for _, i := range []int{0, 5, 600, len(good) - 40, len(good) - 1} {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		refused("a flipped bit", k.ID, bad, &right)
	}
	_, err := try(s.WrapKey, &km.WrapKeyRequest{KeyID: k.ID, Plaintext: random(2049)})
	argument(t, "too long a key", err, "plaintext", "constraint")
	_, err = try(s.WrapKey, &km.WrapKeyRequest{KeyID: k.ID})
	argument(t, "no key", err, "plaintext", "required")
	_, err = try(s.UnwrapKey, &km.UnwrapKeyRequest{KeyID: k.ID})
	argument(t, "no ciphertext", err, "ciphertext", "required")
}
