package sdk

import (
	"bytes"
	"testing"
	"time"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

func TestDataKeys(t *testing.T) {
	t.Parallel()
	s := shared(t)
	id := s.key(t, "aes_256_gcm").ID
	q := &km.GenerateDataKeyRequest{KeyID: id, Algorithm: km.DataKeyAlgorithmSymmetricEncryptionAes256Gcm}
	before := time.Now()
	one, two := call(t, s.GenerateDataKey, q), call(t, s.GenerateDataKey, q)
	for _, k := range []*km.DataKey{one, two} {
		if k.KeyID != id || k.Algorithm != q.Algorithm || k.Plaintext == nil || len(*k.Plaintext) != 32 {
			t.Fatalf("want a data key of 32 bytes by %s: %+v", id, k)
		}
		if k.CreatedAt == nil || k.CreatedAt.Before(before.Add(-time.Second)) || k.CreatedAt.After(time.Now().Add(time.Second)) {
			t.Errorf("made at %v", k.CreatedAt)
		}
		if !bytes.Equal(s.decrypt(t, id, k.Ciphertext, nil).Plaintext, *k.Plaintext) {
			t.Error("the ciphertext is not of the plaintext")
		}
	}
	if bytes.Equal(*one.Plaintext, *two.Plaintext) {
		t.Error("two data keys are one")
	}
}

func TestADataKeyWithoutItsPlaintext(t *testing.T) {
	t.Parallel()
	s := shared(t)
	id := s.key(t, "aes_256_gcm").ID
	k := call(t, s.GenerateDataKey, &km.GenerateDataKeyRequest{
		KeyID: id, Algorithm: km.DataKeyAlgorithmSymmetricEncryptionAes256Gcm, WithoutPlaintext: true,
	})
	if k.Plaintext != nil {
		t.Error("the plaintext came, which was not wanted")
	}
	if n := len(s.decrypt(t, id, k.Ciphertext, nil).Plaintext); n != 32 {
		t.Errorf("want 32 bytes, got %d", n)
	}
}

func TestDataKeysThatCannotBe(t *testing.T) {
	t.Parallel()
	s := shared(t)
	aes := km.DataKeyAlgorithmSymmetricEncryptionAes256Gcm
	_, err := try(s.GenerateDataKey, &km.GenerateDataKeyRequest{KeyID: s.key(t, "ec_p256_sha256").ID, Algorithm: aes})
	argument(t, "under a signing key", err, "key_id", "constraint")
	_, err = try(s.GenerateDataKey, &km.GenerateDataKeyRequest{KeyID: s.key(t, "rsa_oaep_2048_sha256").ID, Algorithm: aes})
	argument(t, "under an asymmetric key", err, "key_id", "constraint")
	_, err = try(s.GenerateDataKey, &km.GenerateDataKeyRequest{KeyID: s.key(t, "aes_256_gcm").ID})
	argument(t, "of no algorithm", err, "algorithm", "required")
}
