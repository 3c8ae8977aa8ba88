package sdk

import (
	"net/http"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

// replaceFields replaces fields of a key in all responses.
func (s *service) replaceFields(t *testing.T, id string, fields map[string]any) {
	t.Helper()
	s.In(t).Admin(http.MethodPut, "/keys/"+id+"/fields", fields, nil)
}

// listed returns a key as ListKeys describes it. The list contains another key, too.
func (s *service) listed(t *testing.T, id string) *km.Key {
	t.Helper()
	a := call(t, s.ListKeys, &km.ListKeysRequest{OrganizationID: &s.OrganizationID})
	if len(a.Keys) != 2 {
		t.Fatalf("%d keys", len(a.Keys))
	}
	for _, k := range a.Keys {
		if k.ID == id {
			return k
		}
	}
	t.Fatal("the key is not in the list")
	return nil
}

// TestNullFields checks that the SDK reads keys whose optional fields are null.
func TestNullFields(t *testing.T) {
	t.Parallel()
	s := private(t)
	id := s.create(t, "ec_p256_sha256", func(q *km.CreateKeyRequest) { q.Tags = []string{"red"} }).ID
	s.create(t, "aes_256_gcm")
	null := map[string]any{}
	for _, name := range []string{
		"srn", "project_id", "name", "state", "rotation_count", "created_at", "updated_at", "protected", "locked", "description",
		"tags", "rotated_at", "rotation_policy", "origin", "deletion_requested_at", "protection_level", "region",
	} {
		null[name] = nil
	}
	s.replaceFields(t, id, null)
	for what, k := range map[string]*km.Key{"fetched": s.get(t, id), "listed": s.listed(t, id)} {
		if k.ID != id || k.Name != "" || k.ProjectID != "" || k.State != km.KeyStateUnknownState || k.CreatedAt != nil || k.Tags != nil || k.Region != "" {
			t.Errorf("%s: %+v", what, k)
		}
		if k.Usage == nil || k.Usage.AsymmetricSigning == nil || *k.Usage.AsymmetricSigning != km.KeyAlgorithmAsymmetricSigningEcP256Sha256 {
			t.Errorf("%s: the usage is %+v", what, k.Usage)
		}
	}
	// Only responses change.
	s.sign(t, id, random(32))
}

// TestUnknownUsagesAndAlgorithms checks that the SDK reads keys of a newer service.
func TestUnknownUsagesAndAlgorithms(t *testing.T) {
	t.Parallel()
	s := private(t)
	id := s.create(t, "ec_p256_sha256").ID
	s.create(t, "aes_256_gcm")
	s.replaceFields(t, id, map[string]any{"usage": map[string]any{"asymmetric_signing": "ec_p521_sha512"}, "state": "archived"})
	for what, k := range map[string]*km.Key{"fetched": s.get(t, id), "listed": s.listed(t, id)} {
		if signing := k.Usage.AsymmetricSigning; signing == nil || *signing != "ec_p521_sha512" || k.State != "archived" {
			t.Errorf("%s, with an unknown algorithm: %+v %s", what, k.Usage, k.State)
		}
	}
	s.replaceFields(t, id, map[string]any{"usage": map[string]any{"sealing": "ascon_128"}})
	for what, k := range map[string]*km.Key{"fetched": s.get(t, id), "listed": s.listed(t, id)} {
		if *k.Usage != (km.KeyUsage{}) || k.State != km.KeyStateEnabled {
			t.Errorf("%s, with an unknown usage: %+v %s", what, k.Usage, k.State)
		}
	}
	s.replaceFields(t, id, map[string]any{})
	if signing := s.get(t, id).Usage.AsymmetricSigning; signing == nil || *signing != km.KeyAlgorithmAsymmetricSigningEcP256Sha256 {
		t.Errorf("the usage is not restored")
	}
}
