package sdk

import (
	"slices"
	"strings"
	"testing"
	"time"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

func TestEveryAlgorithmMakesAKey(t *testing.T) {
	t.Parallel()
	for name := range algorithms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			k := s.key(t, name)
			if got := nameOf(t, k.Usage); got != name {
				t.Errorf("asked for %s, got %s", name, got)
			}
			if k.State != km.KeyStateEnabled || k.RotationCount != 1 || k.Protected || k.Locked ||
				k.Origin != km.KeyOriginScalewayKms || k.ProtectionLevel != km.KeyProtectionLevelSoftware ||
				k.ProjectID != s.ProjectID || k.Region.String() != s.Region || k.Name != "constant-"+name {
				t.Errorf("the key made: %+v", k)
			}
			if got := s.get(t, k.ID); got.ID != k.ID || nameOf(t, got.Usage) != name || !got.CreatedAt.Equal(*k.CreatedAt) {
				t.Errorf("asked for later, the key is %+v", got)
			}
		})
	}
}

func TestAKeyIsMadeAsAskedFor(t *testing.T) {
	t.Parallel()
	s := shared(t)
	project := uuid()
	next := time.Now().AddDate(0, 1, 0).UTC().Truncate(time.Second)
	k := s.create(t, "aes_256_gcm", func(q *km.CreateKeyRequest) {
		q.ProjectID = project
		q.Description = scw.StringPtr("what it is for")
		q.Tags = []string{"one", "two"}
		q.Unprotected = false
		q.Origin = km.KeyOriginScalewayKms
		q.ProtectionLevel = km.KeyProtectionLevelHsm
		q.RotationPolicy = &km.KeyRotationPolicy{RotationPeriod: &scw.Duration{Seconds: 86400}, NextRotationAt: &next}
	})
	if k.ProjectID != project || k.Description == nil || *k.Description != "what it is for" || !k.Protected ||
		k.ProtectionLevel != km.KeyProtectionLevelHsm {
		t.Errorf("the key made: %+v", k)
	}
	same(t, "tags", k.Tags, []string{"one", "two"})
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

func TestAKeyMayHaveNoNameGiven(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.create(t, "aes_256_gcm", func(q *km.CreateKeyRequest) { q.Name = nil })
	if s.get(t, k.ID).Name != k.Name {
		t.Errorf("the name changes: %q", k.Name)
	}
}

func TestKeysThatCannotBe(t *testing.T) {
	t.Parallel()
	s := shared(t)
	refused := func(argumentName, reason string, edit func(*km.CreateKeyRequest)) {
		t.Helper()
		q := &km.CreateKeyRequest{Usage: usageOf(t, "aes_256_gcm"), Unprotected: true}
		edit(q)
		_, err := try(s.CreateKey, q)
		argument(t, "create", err, argumentName, reason)
	}
	refused("project_id", "format", func(q *km.CreateKeyRequest) { q.ProjectID = "not-an-id" })
	refused("usage", "required", func(q *km.CreateKeyRequest) { q.Usage = nil })
	refused("usage", "required", func(q *km.CreateKeyRequest) { q.Usage = &km.KeyUsage{} })
	refused("usage", "constraint", func(q *km.CreateKeyRequest) {
		q.Usage.AsymmetricSigning = usageOf(t, "ec_p256_sha256").AsymmetricSigning
	})
	refused("name", "constraint", func(q *km.CreateKeyRequest) { q.Name = scw.StringPtr(strings.Repeat("n", 256)) })
	without := s.client(t, scw.WithAuth(s.AccessKey, s.SecretKey))
	_, err := try(without.CreateKey, &km.CreateKeyRequest{Usage: usageOf(t, "aes_256_gcm")})
	argument(t, "create without a project", err, "project_id", "required")
}

// The SDK documents 24 hours and 876000 hours as a period's bounds.
func TestRotationPoliciesThatCannotBe(t *testing.T) {
	t.Parallel()
	s := shared(t)
	past := time.Now().Add(-time.Hour)
	k := s.create(t, "aes_256_gcm")
	for what, p := range map[string]*km.KeyRotationPolicy{
		"too often":   {RotationPeriod: &scw.Duration{Seconds: 86399}},
		"too seldom":  {RotationPeriod: &scw.Duration{Seconds: 876000*3600 + 1}},
		"backwards":   {RotationPeriod: &scw.Duration{Seconds: -86400}},
		"no period":   {},
		"in the past": {RotationPeriod: &scw.Duration{Seconds: 86400}, NextRotationAt: &past},
	} {
		_, err := try(s.CreateKey, &km.CreateKeyRequest{Usage: usageOf(t, "aes_256_gcm"), RotationPolicy: p})
		blamed(t, "create "+what, err, "rotation_policy")
		_, err = try(s.UpdateKey, &km.UpdateKeyRequest{KeyID: k.ID, RotationPolicy: p})
		blamed(t, "update "+what, err, "rotation_policy")
	}
	if p := s.get(t, k.ID).RotationPolicy; p != nil {
		t.Errorf("a refused policy was kept: %+v", p)
	}
}

// blamed checks which argument was refused, down to a field of it or not.
func blamed(t *testing.T, what string, err error, name string) {
	t.Helper()
	e := as[*scw.InvalidArgumentsError](t, what, err)
	if len(e.Details) == 0 || slices.ContainsFunc(e.Details, func(d scw.InvalidArgumentsErrorDetail) bool {
		return d.ArgumentName != name && !strings.HasPrefix(d.ArgumentName, name+".")
	}) {
		t.Errorf("%s: %s should be blamed: %+v", what, name, e.Details)
	}
}

func TestAnUnknownAlgorithmIsRefused(t *testing.T) {
	t.Parallel()
	s := shared(t)
	sym, asym := km.KeyAlgorithmSymmetricEncryption("rot13"), km.KeyAlgorithmAsymmetricEncryption("rsa_oaep_512_md5")
	sig, kem := km.KeyAlgorithmAsymmetricSigning("dsa"), km.KeyAlgorithmKeyEncapsulation("sike")
	for _, usage := range []*km.KeyUsage{
		{SymmetricEncryption: &sym}, {AsymmetricEncryption: &asym}, {AsymmetricSigning: &sig}, {KeyEncapsulation: &kem},
	} {
		_, err := try(s.CreateKey, &km.CreateKeyRequest{Usage: usage})
		blamed(t, nameOf(t, usage), err, "usage")
	}
}

func TestUpdating(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.create(t, "aes_256_gcm", func(q *km.CreateKeyRequest) { q.Tags = []string{"old"} })
	next := time.Now().AddDate(0, 2, 0).UTC().Truncate(time.Second)
	u := call(t, s.UpdateKey, &km.UpdateKeyRequest{
		KeyID: k.ID, Name: scw.StringPtr("renamed"), Description: scw.StringPtr("described"), Tags: &[]string{"new", "newer"},
		RotationPolicy: &km.KeyRotationPolicy{RotationPeriod: &scw.Duration{Seconds: 172800}, NextRotationAt: &next},
	})
	if u.Name != "renamed" || u.Description == nil || *u.Description != "described" || !u.UpdatedAt.After(*k.UpdatedAt) ||
		!u.CreatedAt.Equal(*k.CreatedAt) || u.RotationCount != 1 {
		t.Errorf("updated: %+v", u)
	}
	same(t, "tags", u.Tags, []string{"new", "newer"})
	checkPolicy(t, u, 172800, next)

	// What an update does not name stays.
	u = call(t, s.UpdateKey, &km.UpdateKeyRequest{KeyID: k.ID, Tags: &[]string{}})
	if u.Name != "renamed" || u.Description == nil || *u.Description != "described" || len(u.Tags) != 0 {
		t.Errorf("only the tags should go: %+v", u)
	}
	checkPolicy(t, u, 172800, next)
	if got := s.get(t, k.ID); got.Name != "renamed" || len(got.Tags) != 0 || !got.UpdatedAt.Equal(*u.UpdatedAt) {
		t.Errorf("asked for later: %+v", got)
	}
	_, err := try(s.UpdateKey, &km.UpdateKeyRequest{KeyID: k.ID, Name: scw.StringPtr(strings.Repeat("n", 256))})
	argument(t, "a long name", err, "name", "constraint")
}
