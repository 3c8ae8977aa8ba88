package sdk

import (
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

func TestDisableAndEnable(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"ec_p256_sha256", "rsa_oaep_2048_sha256", "aes_256_gcm", "ml_kem_768"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			k := s.create(t, name)
			uses := s.uses(t, k)
			if d := s.disable(t, k.ID); d.State != km.KeyStateDisabled {
				t.Errorf("disabled: %+v", d)
			}
			uses.failForState(t, "disabled")
			s.delete(t, k.ID)
			if r := call(t, s.RestoreKey, &km.RestoreKeyRequest{KeyID: k.ID}); r.State != km.KeyStateDisabled {
				t.Errorf("disabled, deleted and restored: %+v", r)
			}
			if e := s.enable(t, k.ID); e.State != km.KeyStateEnabled {
				t.Errorf("enabled: %+v", e)
			}
			uses.succeed(t)
		})
	}
}

func TestProtection(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.create(t, "ec_p256_sha256", func(q *km.CreateKeyRequest) { q.Unprotected = false })
	if !k.Protected {
		t.Fatal("a key is created unprotected")
	}
	checkProtected := func() {
		t.Helper()
		checkPrecondition(t, "delete", tryEmpty(s.DeleteKey, &km.DeleteKeyRequest{KeyID: k.ID}), "protected_resource")
		if got := s.get(t, k.ID); got.State != km.KeyStateEnabled || got.DeletionRequestedAt != nil {
			t.Errorf("a rejected deletion changed the key: %+v", got)
		}
	}
	checkProtected()
	if u := call(t, s.UnprotectKey, &km.UnprotectKeyRequest{KeyID: k.ID}); u.Protected {
		t.Error("UnprotectKey leaves the key protected")
	}
	if p := call(t, s.ProtectKey, &km.ProtectKeyRequest{KeyID: k.ID}); !p.Protected {
		t.Error("ProtectKey leaves the key unprotected")
	}
	checkProtected()
	call(t, s.UnprotectKey, &km.UnprotectKeyRequest{KeyID: k.ID})
	s.delete(t, k.ID)
}

func TestDeleteAndRestore(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"ec_p256_sha256", "aes_256_gcm", "ml_kem_768"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			k := s.create(t, name)
			uses := s.uses(t, k)
			s.delete(t, k.ID)
			d := s.get(t, k.ID)
			if d.State != km.KeyStateScheduledForDeletion || d.DeletionRequestedAt == nil || !d.DeletionRequestedAt.Equal(*d.UpdatedAt) {
				t.Errorf("deleted: %+v", d)
			}
			uses.failForState(t, "deleted")
			s.checkUnchangeable(t, k.ID)
			r := call(t, s.RestoreKey, &km.RestoreKeyRequest{KeyID: k.ID})
			if r.State != km.KeyStateEnabled || r.DeletionRequestedAt != nil {
				t.Errorf("restored: %+v", r)
			}
			uses.succeed(t)
		})
	}
}

// checkUnchangeable checks that a deleted key cannot be changed.
func (s *service) checkUnchangeable(t *testing.T, id string) {
	t.Helper()
	for what, err := range map[string]error{
		"enable":    errorOf(try(s.EnableKey, &km.EnableKeyRequest{KeyID: id})),
		"disable":   errorOf(try(s.DisableKey, &km.DisableKeyRequest{KeyID: id})),
		"protect":   errorOf(try(s.ProtectKey, &km.ProtectKeyRequest{KeyID: id})),
		"unprotect": errorOf(try(s.UnprotectKey, &km.UnprotectKeyRequest{KeyID: id})),
		"update":    errorOf(try(s.UpdateKey, &km.UpdateKeyRequest{KeyID: id, Name: scw.StringPtr("n")})),
		"delete":    tryEmpty(s.DeleteKey, &km.DeleteKeyRequest{KeyID: id}),
	} {
		checkPrecondition(t, what, err, "attribute_must_be_set")
	}
}

func TestOnlyADeletedKeyIsRestored(t *testing.T) {
	t.Parallel()
	s := shared(t)
	_, err := try(s.RestoreKey, &km.RestoreKeyRequest{KeyID: s.key(t, "ec_p256_sha256").ID})
	checkPrecondition(t, "restore", err, "attribute_must_be_set")
}

// The API has no operation that locks a key.
func TestLockedKey(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.create(t, "ec_p256_sha256")
	uses := s.uses(t, k)
	s.In(t).SetKeyState(k.ID, "locked")
	if !s.get(t, k.ID).Locked {
		t.Error("not locked")
	}
	uses.fail(t, "locked", func(t *testing.T, what string, err error) {
		if e := asError[*scw.ResourceLockedError](t, what, err); e.ResourceID != k.ID || e.Resource == "" {
			t.Errorf("%s: %+v", what, e)
		}
	})
}
