package sdk

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/mlkem"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

func TestWrapAndUnwrap(t *testing.T) {
	t.Parallel()
	for _, name := range withScheme("ml_kem") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			k := s.key(t, name)
			associated := []byte("associated data")
			for _, size := range []int{1, 32, 2048} {
				for _, data := range []*[]byte{nil, &associated} {
					key := random(size)
					w := call(t, s.WrapKey, &km.WrapKeyRequest{KeyID: k.ID, Plaintext: key, AssociatedData: data})
					if w.KeyID != k.ID || size > 1 && bytes.Contains(w.Ciphertext, key) || len(w.Ciphertext) > 4096 {
						t.Fatalf("wrapped with %s: %x", w.KeyID, w.Ciphertext)
					}
					u := call(t, s.UnwrapKey, &km.UnwrapKeyRequest{KeyID: k.ID, Ciphertext: w.Ciphertext, AssociatedData: data})
					if u.KeyID != k.ID || !bytes.Equal(u.Plaintext, key) {
						t.Errorf("%d bytes unwrap to others", size)
					}
					w2 := call(t, s.WrapKey, &km.WrapKeyRequest{KeyID: k.ID, Plaintext: key, AssociatedData: data})
					if bytes.Equal(w.Ciphertext, w2.Ciphertext) {
						t.Error("two wrapped keys are equal")
					}
				}
			}
		})
	}
}

// Go wraps a key with the public key, and the emulator unwraps it. The service does not document the layout
// of wrapped keys. This layout is the emulator's.
func TestUnwrapKeyWrappedByGo(t *testing.T) {
	t.Parallel()
	for _, name := range withScheme("ml_kem") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			k := s.key(t, name)
			public := mlkemKey(t, name, s.publicKey(t, k.ID))
			secret, encapsulated := encapsulate(t, name, public)
			key, associated := random(32), []byte("associated data")
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
				t.Error("the wrapped key unwraps to another key")
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

func TestInvalidWrappedKeysAreRejected(t *testing.T) {
	t.Parallel()
	for _, name := range withScheme("ml_kem") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkInvalidWrappedKeys(t, shared(t), name)
		})
	}
}

func checkInvalidWrappedKeys(t *testing.T, s *service, name string) {
	t.Helper()
	k := s.key(t, name)
	right, wrong := []byte("right"), []byte("wrong")
	good := call(t, s.WrapKey, &km.WrapKeyRequest{KeyID: k.ID, Plaintext: random(32), AssociatedData: &right}).Ciphertext
	reject := func(what, id string, ciphertext []byte, data *[]byte) {
		t.Helper()
		_, err := try(s.UnwrapKey, &km.UnwrapKeyRequest{KeyID: id, Ciphertext: ciphertext, AssociatedData: data})
		checkInvalid(t, what, err, "ciphertext", "constraint")
	}
	reject("wrong associated data", k.ID, good, &wrong)
	reject("no associated data", k.ID, good, nil)
	reject("another key", s.create(t, name).ID, good, &right)
	other := map[string]string{"ml_kem_768": "ml_kem_1024", "ml_kem_1024": "ml_kem_768"}[name]
	reject("a key of another size", s.key(t, other).ID, good, &right)
	reject("too short", k.ID, good[:len(good)-1], &right)
	reject("three zero bytes", k.ID, make([]byte, 3), &right)
	reject("one byte", k.ID, good[:1], &right)
	reject("too long", k.ID, random(4097), &right)
	for _, i := range []int{0, 5, 600, len(good) - 40, len(good) - 1} {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		reject("a flipped bit", k.ID, bad, &right)
	}
	_, err := try(s.WrapKey, &km.WrapKeyRequest{KeyID: k.ID, Plaintext: random(2049)})
	checkInvalid(t, "a key that is too long", err, "plaintext", "constraint")
	_, err = try(s.WrapKey, &km.WrapKeyRequest{KeyID: k.ID})
	checkInvalid(t, "no key", err, "plaintext", "required")
	_, err = try(s.UnwrapKey, &km.UnwrapKeyRequest{KeyID: k.ID})
	checkInvalid(t, "no ciphertext", err, "ciphertext", "required")
}
