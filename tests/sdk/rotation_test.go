package sdk

import (
	"bytes"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

func (s *service) rotate(t *testing.T, id string) *km.Key {
	t.Helper()
	return call(t, s.RotateKey, &km.RotateKeyRequest{KeyID: id})
}

func TestRotation(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.create(t, "aes_256_gcm")
	associated := []byte("kept through the rotation")
	old := s.encrypt(t, k.ID, []byte("from before"), &associated)
	r := s.rotate(t, k.ID)
	if r.RotationCount != 2 || r.RotatedAt == nil || !r.RotatedAt.After(*k.RotatedAt) || r.ID != k.ID {
		t.Errorf("after the rotation: %+v", r)
	}
	a := s.decrypt(t, k.ID, old, &associated)
	if string(a.Plaintext) != "from before" {
		t.Errorf("the old ciphertext holds %q", a.Plaintext)
	}
	if a.Ciphertext == nil {
		t.Fatal("an old ciphertext should come back encrypted anew")
	}
	if bytes.Equal(*a.Ciphertext, old) {
		t.Error("the new ciphertext is the old one")
	}
	again := s.decrypt(t, k.ID, *a.Ciphertext, &associated)
	if string(again.Plaintext) != "from before" || again.Ciphertext != nil {
		t.Errorf("the new ciphertext: %q, and anew %v", again.Plaintext, again.Ciphertext)
	}
}

func TestOnlySymmetricKeysRotate(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for _, name := range []string{"ec_p256_sha256", "rsa_oaep_2048_sha256", "ml_kem_768", "ml_dsa_44"} {
		id := s.key(t, name).ID
		before := s.publicKey(t, id)
		if _, err := try(s.RotateKey, &km.RotateKeyRequest{KeyID: id}); err == nil {
			t.Errorf("%s was rotated", name)
		} else {
			argument(t, name, err, "key_id", "constraint")
		}
		if s.publicKey(t, id) != before || s.get(t, id).RotationCount != 1 {
			t.Errorf("%s changed", name)
		}
	}
}

func TestListingRotations(t *testing.T) {
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
		// What the key began with was not rotated by hand.
		if r.KeyID != k.ID || r.Index != uint32(i+1) || r.Status != km.KeyRotationStatusEnabled || r.ManuallyRotated != (i > 0) ||
			r.CreatedAt == nil || r.UpdatedAt == nil || r.DeletedAt != nil {
			t.Errorf("rotation %d: %+v", i, r)
		}
	}
	indexes(t, "by default", all, 1, 2, 3, 4, 5)
	indexes(t, "oldest first", list(func(q *km.ListKeyRotationsRequest) {
		q.OrderBy = km.ListKeyRotationsRequestOrderByCreatedAtAsc
	}), 1, 2, 3, 4, 5)
	indexes(t, "newest first", list(func(q *km.ListKeyRotationsRequest) {
		q.OrderBy = km.ListKeyRotationsRequestOrderByCreatedAtDesc
	}), 5, 4, 3, 2, 1)
	indexes(t, "second page", list(func(q *km.ListKeyRotationsRequest) {
		q.Page, q.PageSize = scw.Int32Ptr(2), scw.Uint32Ptr(2)
	}), 3, 4)
	indexes(t, "all pages", list(func(q *km.ListKeyRotationsRequest) {
		q.PageSize = scw.Uint32Ptr(2)
	}, scw.WithAllPages()), 1, 2, 3, 4, 5)
	indexes(t, "enabled", list(func(q *km.ListKeyRotationsRequest) {
		q.Status = []km.KeyRotationStatus{km.KeyRotationStatusEnabled}
	}), 1, 2, 3, 4, 5)
	indexes(t, "deleted", list(func(q *km.ListKeyRotationsRequest) {
		q.Status = []km.KeyRotationStatus{km.KeyRotationStatusDeleted}
	}))
	indexes(t, "either", list(func(q *km.ListKeyRotationsRequest) {
		q.Status = []km.KeyRotationStatus{km.KeyRotationStatusDeleted, km.KeyRotationStatusEnabled}
	}), 1, 2, 3, 4, 5)
}

func indexes(t *testing.T, what string, rotations []*km.KeyRotation, want ...uint32) {
	t.Helper()
	var got []uint32
	for _, r := range rotations {
		got = append(got, r.Index)
	}
	same(t, what, got, want)
}

func TestAnAsymmetricKeyHasOneRotation(t *testing.T) {
	t.Parallel()
	s := shared(t)
	a := call(t, s.ListKeyRotations, &km.ListKeyRotationsRequest{KeyID: s.key(t, "ec_p256_sha256").ID})
	indexes(t, "of a signing key", a.Rotations, 1)
}
