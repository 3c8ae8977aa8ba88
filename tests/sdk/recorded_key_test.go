package sdk

import (
	"testing"
	"time"
)

func TestRecordedNewKey(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for usage, algorithm := range map[string]string{
		"symmetric_encryption": "aes_256_gcm", "asymmetric_signing": "rsa_pss_2048_sha256",
	} {
		k := s.made(t, usage, algorithm, nil)
		values(t, algorithm, k, map[string]any{
			"project_id": s.ProjectID, "name": "recorded", "state": "enabled", "rotation_count": 1.0, "protected": false,
			"locked": false, "description": nil, "rotation_policy": nil, "origin": "scaleway_kms",
			"deletion_requested_at": nil, "protection_level": "software", "region": s.Region,
		})
		if tags := k["tags"].([]any); len(tags) != 0 {
			t.Errorf("tags null became %v", tags)
		}
		if !lowercaseUUID.MatchString(k["id"].(string)) {
			t.Errorf("the id %v", k["id"])
		}
		// A new key counts as rotated when its material was made, a little after the key itself.
		created, updated := stamp(t, k, "created_at", microseconds), stamp(t, k, "updated_at", microseconds)
		if rotated := stamp(t, k, "rotated_at", microseconds); !rotated.Equal(updated) || created.After(rotated) {
			t.Errorf("created %v, rotated %v, updated %v", created, rotated, updated)
		}
		again := s.gotten(t, k)
		for name := range keyFields {
			if name != "usage" && name != "tags" && again[name] != k[name] {
				t.Errorf("asked for later, %s is %v, was %v", name, again[name], k[name])
			}
		}
	}
}

func TestRecordedDescriptionAndTags(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.made(t, "symmetric_encryption", "aes_256_gcm", map[string]any{
		"description": "a description", "tags": []string{"one", "two"},
	})
	values(t, "created", k, map[string]any{"description": "a description"})
	same(t, "created: tags", k["tags"].([]any), []any{"one", "two"})

	u := s.good(t, keyFields, "PATCH", path(k), map[string]any{
		"name": "renamed", "description": "another", "tags": []string{"three", "one"},
	})
	values(t, "updated", u, map[string]any{
		"id": k["id"], "name": "renamed", "description": "another", "state": "enabled", "rotation_count": 1.0,
		"created_at": k["created_at"], "rotated_at": k["rotated_at"],
	})
	same(t, "updated: tags", u["tags"].([]any), []any{"three", "one"})
	if !stamp(t, u, "updated_at", microseconds).After(stamp(t, k, "updated_at", microseconds)) {
		t.Error("an update should move updated_at")
	}
}

func TestRecordedRotationPolicy(t *testing.T) {
	t.Parallel()
	s := shared(t)
	next := time.Now().AddDate(0, 1, 0).UTC().Format("2006-01-02") + "T00:00:00Z"
	k := s.made(t, "symmetric_encryption", "aes_256_gcm", map[string]any{
		// Sent with nanoseconds, a period comes back without; a hundred years are allowed.
		"rotation_policy": map[string]any{"rotation_period": "3153600000.000000000s", "next_rotation_at": next},
	})
	s.gone(t, "DELETE", path(k), nil)
	for what, k := range map[string]map[string]any{"created": k, "deleted": s.gotten(t, k)} {
		p := fields{"rotation_period": "string", "next_rotation_at": "string"}.check(t, what, k["rotation_policy"])
		values(t, what, p, map[string]any{"rotation_period": "3153600000s", "next_rotation_at": next})
	}
}

// Left to itself, the service counts the period from the request that sets it, on update anew.
func TestRecordedRotationPolicyWithoutADate(t *testing.T) {
	t.Parallel()
	s := shared(t)
	policy := func(seconds string) map[string]any {
		return map[string]any{"rotation_policy": map[string]any{"rotation_period": seconds, "next_rotation_at": nil}}
	}
	check := func(what string, k map[string]any, period time.Duration, asked time.Time) {
		t.Helper()
		next := stamp(t, k["rotation_policy"].(map[string]any), "next_rotation_at", microseconds).Add(-period)
		if next.Before(asked.Truncate(time.Microsecond)) || next.After(stamp(t, k, "updated_at", microseconds)) {
			t.Errorf("%s: counted from %v, not from %v", what, next, k["updated_at"])
		}
	}
	asked := time.Now()
	k := s.made(t, "symmetric_encryption", "aes_256_gcm", policy("2592000.000000000s"))
	check("created", k, 2592000*time.Second, asked)
	asked = time.Now()
	k = s.good(t, keyFields, "PATCH", path(k), policy("31536000.000000000s"))
	values(t, "updated", k["rotation_policy"].(map[string]any), map[string]any{"rotation_period": "31536000s"})
	check("updated", k, 31536000*time.Second, asked)
}

func TestRecordedRotation(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.made(t, "symmetric_encryption", "aes_256_gcm", nil)
	r := s.good(t, keyFields, "POST", path(k)+"/rotate", map[string]any{})
	values(t, "rotated", r, map[string]any{
		"id": k["id"], "state": "enabled", "rotation_count": 2.0, "rotated_at": r["updated_at"], "created_at": k["created_at"],
	})
	if !stamp(t, r, "rotated_at", microseconds).After(stamp(t, k, "rotated_at", microseconds)) {
		t.Error("a rotation should move rotated_at")
	}
}

func TestRecordedProtectionLevel(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for asked, want := range map[string]string{"hsm": "hsm", "software": "software", "unknown_protection_level": "software"} {
		k := s.made(t, "symmetric_encryption", "aes_256_gcm", map[string]any{"protection_level": asked})
		values(t, asked, k, map[string]any{"protection_level": want, "state": "enabled"})
	}
}

func TestRecordedDeletion(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.made(t, "symmetric_encryption", "aes_256_gcm", nil)
	s.gone(t, "DELETE", path(k), nil)
	d := s.gotten(t, k)
	values(t, "deleted", d, map[string]any{
		"id": k["id"], "state": "scheduled_for_deletion", "rotation_count": 1.0, "protected": false, "locked": false,
		"created_at": k["created_at"], "rotated_at": k["rotated_at"], "deletion_requested_at": d["updated_at"],
	})
	if !stamp(t, d, "deletion_requested_at", microseconds).After(stamp(t, k, "updated_at", microseconds)) {
		t.Error("deletion was asked for later than the key was made")
	}
}

func TestRecordedExternalKey(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.made(t, "symmetric_encryption", "aes_256_gcm", map[string]any{"origin": "external"})
	values(t, "without material", k, map[string]any{
		"state": "pending_key_material", "origin": "external", "rotation_count": 0.0, "rotated_at": nil,
		"updated_at": k["created_at"],
	})
	i := s.good(t, keyFields, "POST", path(k)+"/import-key-material", map[string]any{"key_material": base64OfMaterial})
	values(t, "imported", i, map[string]any{"state": "enabled", "origin": "external", "rotation_count": 1.0})
	if rotated := stamp(t, i, "rotated_at", microseconds); rotated.After(stamp(t, i, "updated_at", microseconds)) {
		t.Error("rotated after the last update")
	}
	s.gone(t, "POST", path(k)+"/delete-key-material", map[string]any{})
	s.gone(t, "DELETE", path(k), nil)
	// Without its material a key counts no rotation, and still tells when it had one.
	values(t, "deleted", s.gotten(t, k), map[string]any{
		"state": "scheduled_for_deletion", "rotation_count": 0.0, "rotated_at": i["rotated_at"],
	})
}

func TestRecordedList(t *testing.T) {
	t.Parallel()
	s := shared(t)
	project := uuid()
	one := s.made(t, "symmetric_encryption", "aes_256_gcm", map[string]any{"project_id": project, "name": "listed-1"})
	s.made(t, "symmetric_encryption", "aes_256_gcm", map[string]any{"project_id": project, "name": "listed-2"})
	query := "&order_by=name_asc&page=1&project_id=" + project + "&scheduled_for_deletion=false&usage=unknown_usage"
	l := s.good(t, listFields, "GET", "/keys?name=listed-1"+query, nil)
	keys := l["keys"].([]any)
	if len(keys) != 1 || l["total_count"] != 1.0 {
		t.Fatalf("want the one key of that name: %v", l)
	}
	values(t, "listed", keyFields.check(t, "listed", keys[0]), map[string]any{"id": one["id"], "name": "listed-1"})
	l = s.good(t, listFields, "GET", "/keys?name=listed"+query, nil)
	if len(l["keys"].([]any)) != 0 || l["total_count"] != 0.0 {
		t.Errorf("a part of a name is no name: %v", l)
	}
}
