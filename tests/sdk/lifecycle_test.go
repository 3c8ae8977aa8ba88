package sdk

import (
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

func TestDisablingAndEnabling(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"ec_p256_sha256", "rsa_oaep_2048_sha256", "aes_256_gcm", "ml_kem_768"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			k := s.create(t, name)
			done := s.work(t, k)
			if d := s.disable(t, k.ID); d.State != km.KeyStateDisabled {
				t.Errorf("disabled: %+v", d)
			}
			done.fails(t, s, "disabled", func(t *testing.T, what string, err error) {
				as[*scw.PreconditionFailedError](t, what, err)
			})
			if e := call(t, s.EnableKey, &km.EnableKeyRequest{KeyID: k.ID}); e.State != km.KeyStateEnabled {
				t.Errorf("enabled: %+v", e)
			}
			done.succeeds(t, s)
		})
	}
}

func TestProtection(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.create(t, "ec_p256_sha256", func(q *km.CreateKeyRequest) { q.Unprotected = false })
	if !k.Protected {
		t.Fatal("a key should be protected unless it is asked to be otherwise")
	}
	e := as[*scw.PreconditionFailedError](t, "deleting", tell(s.DeleteKey, &km.DeleteKeyRequest{KeyID: k.ID}))
	if e.Precondition == "" || e.HelpMessage == "" {
		t.Errorf("a protected key's refusal should say why: %+v", e)
	}
	if got := s.get(t, k.ID); got.State != km.KeyStateEnabled || got.DeletionRequestedAt != nil {
		t.Errorf("a refused deletion did something: %+v", got)
	}
	if u := call(t, s.UnprotectKey, &km.UnprotectKeyRequest{KeyID: k.ID}); u.Protected {
		t.Error("still protected")
	}
	if p := call(t, s.ProtectKey, &km.ProtectKeyRequest{KeyID: k.ID}); !p.Protected {
		t.Error("not protected again")
	}
	call(t, s.UnprotectKey, &km.UnprotectKeyRequest{KeyID: k.ID})
	do(t, s.DeleteKey, &km.DeleteKeyRequest{KeyID: k.ID})
}

func TestDeletingAndRestoring(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"ec_p256_sha256", "aes_256_gcm", "ml_kem_768"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			k := s.create(t, name)
			done := s.work(t, k)
			do(t, s.DeleteKey, &km.DeleteKeyRequest{KeyID: k.ID})
			d := s.get(t, k.ID)
			if d.State != km.KeyStateScheduledForDeletion || d.DeletionRequestedAt == nil {
				t.Errorf("deleted: %+v", d)
			}
			done.fails(t, s, "scheduled for deletion", func(t *testing.T, what string, err error) {
				as[*scw.PreconditionFailedError](t, what, err)
			})
			_, err := try(s.EnableKey, &km.EnableKeyRequest{KeyID: k.ID})
			as[*scw.PreconditionFailedError](t, "enabling a deleted key", err)
			for what, err := range map[string]error{
				"updating": second(try(s.UpdateKey, &km.UpdateKeyRequest{KeyID: k.ID, Name: scw.StringPtr("n")})),
				"deleting": tell(s.DeleteKey, &km.DeleteKeyRequest{KeyID: k.ID}),
			} {
				as[*scw.PreconditionFailedError](t, what+" a deleted key", err)
			}
			r := call(t, s.RestoreKey, &km.RestoreKeyRequest{KeyID: k.ID})
			if r.State == km.KeyStateScheduledForDeletion || r.DeletionRequestedAt != nil {
				t.Errorf("restored: %+v", r)
			}
			if r.State == km.KeyStateDisabled {
				call(t, s.EnableKey, &km.EnableKeyRequest{KeyID: k.ID})
			}
			done.succeeds(t, s)
		})
	}
}

func TestOnlyADeletedKeyIsRestored(t *testing.T) {
	t.Parallel()
	s := shared(t)
	_, err := try(s.RestoreKey, &km.RestoreKeyRequest{KeyID: s.key(t, "ec_p256_sha256").ID})
	as[*scw.PreconditionFailedError](t, "restoring what is there", err)
}

func TestALockedKeyIsRefused(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.create(t, "ec_p256_sha256")
	done := s.work(t, k)
	// Only the service's own staff can lock a key, so the API has no operation for it.
	s.admin(t, "PUT", "/keys/"+k.ID+"/state", map[string]any{"state": "locked"}, nil)
	if !s.get(t, k.ID).Locked {
		t.Error("not locked")
	}
	done.fails(t, s, "locked", func(t *testing.T, what string, err error) {
		if e := as[*scw.ResourceLockedError](t, what, err); e.ResourceID != k.ID || e.Resource == "" {
			t.Errorf("%s: %+v", what, e)
		}
	})
}
