package sdk

import (
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

func (s *service) rotate(t *testing.T, id string) *km.Key {
	t.Helper()
	return call(t, s.RotateKey, &km.RotateKeyRequest{KeyID: id})
}

func TestRotateKey(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.create(t, "aes_256_gcm")
	associated := []byte("associated data")
	old := s.encrypt(t, k.ID, []byte("before"), &associated)
	r := s.rotate(t, k.ID)
	if r.RotationCount != 2 || r.RotatedAt == nil || !r.RotatedAt.After(*k.RotatedAt) ||
		!r.RotatedAt.Equal(*r.UpdatedAt) || !r.CreatedAt.Equal(*k.CreatedAt) || r.ID != k.ID {
		t.Errorf("rotated: %+v", r)
	}
	a := s.decrypt(t, k.ID, old, &associated)
	if string(a.Plaintext) != "before" {
		t.Errorf("the old ciphertext decrypts to %q", a.Plaintext)
	}
	if a.Ciphertext == nil {
		t.Fatal("the response contains no new ciphertext")
	}
	checkCiphertext(t, *a.Ciphertext, 2, len(a.Plaintext))
	again := s.decrypt(t, k.ID, *a.Ciphertext, &associated)
	if string(again.Plaintext) != "before" || again.Ciphertext != nil {
		t.Errorf("the new ciphertext decrypts to %q, with the new ciphertext %v", again.Plaintext, again.Ciphertext)
	}
}

func TestOnlySymmetricKeysRotate(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for _, name := range []string{"ec_p256_sha256", "rsa_oaep_2048_sha256", "ml_kem_768", "ml_dsa_44"} {
		id := s.key(t, name).ID
		before := s.publicKey(t, id)
		_, err := try(s.RotateKey, &km.RotateKeyRequest{KeyID: id})
		checkInvalid(t, name, err, "key_id", "constraint")
		policy := &km.KeyRotationPolicy{RotationPeriod: &scw.Duration{Seconds: 86400}}
		_, err = try(s.UpdateKey, &km.UpdateKeyRequest{KeyID: id, RotationPolicy: policy})
		checkInvalid(t, name+" updated with a policy", err, "rotation_policy", "constraint")
		_, err = try(s.CreateKey, &km.CreateKeyRequest{Usage: usageOf(t, name), Unprotected: true, RotationPolicy: policy})
		checkInvalid(t, name+" created with a policy", err, "rotation_policy", "constraint")
		if s.publicKey(t, id) != before || s.get(t, id).RotationCount != 1 {
			t.Errorf("%s changed", name)
		}
	}
}

func TestListKeyRotations(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.create(t, "aes_256_gcm")
	for range 4 {
		s.rotate(t, k.ID)
	}
	list := func(edit func(*km.ListKeyRotationsRequest), opts ...scw.RequestOption) []*km.KeyRotation {
		t.Helper()
		q := &km.ListKeyRotationsRequest{KeyID: k.ID}
		edit(q)
		a := call(t, s.ListKeyRotations, q, opts...)
		if q.Status == nil && a.TotalCount != 5 {
			t.Errorf("want 5 in total, got %d", a.TotalCount)
		}
		return a.Rotations
	}
	all := list(func(*km.ListKeyRotationsRequest) {})
	for i, r := range all {
		// The first rotation is the creation.
		if r.KeyID != k.ID || r.Index != uint32(i+1) || r.Status != km.KeyRotationStatusEnabled || r.ManuallyRotated != (i > 0) ||
			r.CreatedAt == nil || r.UpdatedAt == nil || r.DeletedAt != nil {
			t.Errorf("rotation %d: %+v", i, r)
		}
	}
	checkIndexes(t, "by default", all, 1, 2, 3, 4, 5)
	checkIndexes(t, "oldest first", list(func(q *km.ListKeyRotationsRequest) {
		q.OrderBy = km.ListKeyRotationsRequestOrderByCreatedAtAsc
	}), 1, 2, 3, 4, 5)
	checkIndexes(t, "newest first", list(func(q *km.ListKeyRotationsRequest) {
		q.OrderBy = km.ListKeyRotationsRequestOrderByCreatedAtDesc
	}), 5, 4, 3, 2, 1)
	checkIndexes(t, "second page", list(func(q *km.ListKeyRotationsRequest) {
		q.Page, q.PageSize = scw.Int32Ptr(2), scw.Uint32Ptr(2)
	}), 3, 4)
	checkIndexes(t, "all pages", list(func(q *km.ListKeyRotationsRequest) {
		q.PageSize = scw.Uint32Ptr(2)
	}, scw.WithAllPages()), 1, 2, 3, 4, 5)
	checkIndexes(t, "enabled", list(func(q *km.ListKeyRotationsRequest) {
		q.Status = []km.KeyRotationStatus{km.KeyRotationStatusEnabled}
	}), 1, 2, 3, 4, 5)
	checkIndexes(t, "deleted", list(func(q *km.ListKeyRotationsRequest) {
		q.Status = []km.KeyRotationStatus{km.KeyRotationStatusDeleted}
	}))
	checkIndexes(t, "either", list(func(q *km.ListKeyRotationsRequest) {
		q.Status = []km.KeyRotationStatus{km.KeyRotationStatusDeleted, km.KeyRotationStatusEnabled}
	}), 1, 2, 3, 4, 5)
	_, err := try(s.ListKeyRotations, &km.ListKeyRotationsRequest{KeyID: k.ID, Status: []km.KeyRotationStatus{"gone"}})
	checkInvalid(t, "an unknown status", err, "status", "constraint")
}

func checkIndexes(t *testing.T, what string, rotations []*km.KeyRotation, want ...uint32) {
	t.Helper()
	var got []uint32
	for _, r := range rotations {
		got = append(got, r.Index)
	}
	checkEqual(t, what, got, want)
}

func TestAnAsymmetricKeyHasOneRotation(t *testing.T) {
	t.Parallel()
	s := shared(t)
	a := call(t, s.ListKeyRotations, &km.ListKeyRotationsRequest{KeyID: s.key(t, "ec_p256_sha256").ID})
	checkIndexes(t, "of a signing key", a.Rotations, 1)
}
