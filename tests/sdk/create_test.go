package sdk

import (
	"testing"
	"time"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

func TestCreateKeyOfEveryAlgorithm(t *testing.T) {
	t.Parallel()
	for name := range algorithms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			k := s.key(t, name)
			if got := nameOf(t, k.Usage); got != name {
				t.Errorf("want %s, got %s", name, got)
			}
			if k.State != km.KeyStateEnabled || k.RotationCount != 1 || k.Protected || k.Locked ||
				k.Origin != km.KeyOriginScalewayKms || k.ProtectionLevel != km.KeyProtectionLevelSoftware ||
				k.ProjectID != s.ProjectID || k.Region.String() != s.Region || k.Name != "shared-"+name ||
				k.Srn != "srn://key-manager.scw.eu/regions/"+s.Region+"/keys/"+k.ID {
				t.Errorf("created: %+v", k)
			}
			got := s.get(t, k.ID)
			if got.ID != k.ID || got.Srn != k.Srn || nameOf(t, got.Usage) != name || !got.CreatedAt.Equal(*k.CreatedAt) {
				t.Errorf("created: %+v, later: %+v", k, got)
			}
		})
	}
}

func TestCreateKeyWithAttributes(t *testing.T) {
	t.Parallel()
	s := shared(t)
	project := uuid()
	next := time.Now().AddDate(0, 1, 0).UTC().Truncate(time.Second)
	k := s.create(t, "aes_256_gcm", func(q *km.CreateKeyRequest) {
		q.ProjectID = project
		q.Description = scw.StringPtr("a description")
		q.Tags = []string{"one", "two"}
		q.Unprotected = false
		q.Origin = km.KeyOriginScalewayKms
		q.ProtectionLevel = km.KeyProtectionLevelHsm
		q.RotationPolicy = &km.KeyRotationPolicy{RotationPeriod: &scw.Duration{Seconds: 86400}, NextRotationAt: &next}
	})
	if k.ProjectID != project || k.Description == nil || *k.Description != "a description" || !k.Protected ||
		k.ProtectionLevel != km.KeyProtectionLevelHsm || k.State != km.KeyStateEnabled {
		t.Errorf("created: %+v", k)
	}
	checkEqual(t, "tags", k.Tags, []string{"one", "two"})
	checkPolicy(t, k, 86400, next)
	checkPolicy(t, s.get(t, k.ID), 86400, next)
}

func checkPolicy(t *testing.T, k *km.Key, seconds int64, next time.Time) {
	t.Helper()
	p := k.RotationPolicy
	if p == nil || p.RotationPeriod == nil || *p.RotationPeriod != (scw.Duration{Seconds: seconds}) ||
		p.NextRotationAt == nil || !p.NextRotationAt.Equal(next) {
		t.Errorf("want every %d s from %v, got %+v", seconds, next, p)
	}
}

func TestProtectionLevels(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for sent, want := range map[km.KeyProtectionLevel]km.KeyProtectionLevel{
		km.KeyProtectionLevelHsm:                    km.KeyProtectionLevelHsm,
		km.KeyProtectionLevelSoftware:               km.KeyProtectionLevelSoftware,
		km.KeyProtectionLevelUnknownProtectionLevel: km.KeyProtectionLevelSoftware,
	} {
		k := s.create(t, "aes_256_gcm", func(q *km.CreateKeyRequest) { q.ProtectionLevel = sent })
		if k.ProtectionLevel != want {
			t.Errorf("%s: want %s, got %s", sent, want, k.ProtectionLevel)
		}
	}
}

func TestUpdateKey(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.create(t, "aes_256_gcm", func(q *km.CreateKeyRequest) { q.Tags = []string{"old"} })
	next := time.Now().AddDate(0, 2, 0).UTC().Truncate(time.Second)
	u := call(t, s.UpdateKey, &km.UpdateKeyRequest{
		KeyID: k.ID, Name: scw.StringPtr("renamed"), Description: scw.StringPtr("described"), Tags: &[]string{"new", "newer"},
		RotationPolicy: &km.KeyRotationPolicy{RotationPeriod: &scw.Duration{Seconds: 172800}, NextRotationAt: &next},
	})
	if u.Name != "renamed" || u.Description == nil || *u.Description != "described" || !u.UpdatedAt.After(*k.UpdatedAt) ||
		!u.CreatedAt.Equal(*k.CreatedAt) || !u.RotatedAt.Equal(*k.RotatedAt) || u.RotationCount != 1 {
		t.Errorf("updated: %+v", u)
	}
	checkEqual(t, "tags", u.Tags, []string{"new", "newer"})
	checkPolicy(t, u, 172800, next)

	// Attributes that an update does not name stay.
	u = call(t, s.UpdateKey, &km.UpdateKeyRequest{KeyID: k.ID, Tags: &[]string{}})
	if u.Name != "renamed" || u.Description == nil || *u.Description != "described" || len(u.Tags) != 0 {
		t.Errorf("updated tags: %+v", u)
	}
	checkPolicy(t, u, 172800, next)
	if got := s.get(t, k.ID); got.Name != "renamed" || len(got.Tags) != 0 || !got.UpdatedAt.Equal(*u.UpdatedAt) {
		t.Errorf("updated: %+v, later: %+v", u, got)
	}
}
