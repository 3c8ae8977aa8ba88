package sdk

import (
	"bytes"
	"testing"
	"time"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

func TestGenerateDataKey(t *testing.T) {
	t.Parallel()
	s := shared(t)
	id := s.key(t, "aes_256_gcm").ID
	q := &km.GenerateDataKeyRequest{KeyID: id, Algorithm: km.DataKeyAlgorithmSymmetricEncryptionAes256Gcm}
	before := time.Now()
	one, two := call(t, s.GenerateDataKey, q), call(t, s.GenerateDataKey, q)
	for _, k := range []*km.DataKey{one, two} {
		if k.KeyID != id || k.Algorithm != q.Algorithm || k.Plaintext == nil || len(*k.Plaintext) != 32 {
			t.Fatalf("want a data key of 32 bytes under %s: %+v", id, k)
		}
		if k.CreatedAt == nil || k.CreatedAt.Before(before.Add(-time.Second)) || k.CreatedAt.After(time.Now().Add(time.Second)) {
			t.Errorf("created at %v", k.CreatedAt)
		}
		if !bytes.Equal(s.decrypt(t, id, k.Ciphertext, nil).Plaintext, *k.Plaintext) {
			t.Error("the ciphertext decrypts to another plaintext")
		}
	}
	if bytes.Equal(*one.Plaintext, *two.Plaintext) {
		t.Error("two data keys are equal")
	}
}

func TestGenerateDataKeyWithoutPlaintext(t *testing.T) {
	t.Parallel()
	s := shared(t)
	id := s.key(t, "aes_256_gcm").ID
	k := call(t, s.GenerateDataKey, &km.GenerateDataKeyRequest{
		KeyID: id, Algorithm: km.DataKeyAlgorithmSymmetricEncryptionAes256Gcm, WithoutPlaintext: true,
	})
	if k.Plaintext != nil {
		t.Error("the response contains the plaintext")
	}
	if n := len(s.decrypt(t, id, k.Ciphertext, nil).Plaintext); n != 32 {
		t.Errorf("want 32 bytes, got %d", n)
	}
}

func TestDataKeysNeedASymmetricKey(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for _, name := range []string{"ec_p256_sha256", "rsa_oaep_2048_sha256", "ml_kem_768"} {
		_, err := try(s.GenerateDataKey, &km.GenerateDataKeyRequest{
			KeyID: s.key(t, name).ID, Algorithm: km.DataKeyAlgorithmSymmetricEncryptionAes256Gcm,
		})
		checkInvalid(t, name, err, "key_id", "constraint")
	}
}
