package sdk

import (
	"regexp"
	"testing"
	"time"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

// found returns a key as the library finds it. It is not cached.
func (l *library) found(t *testing.T, name string) km.Key {
	t.Helper()
	keys := fromLibrary[[]km.Key](t, l, "find_keys", arguments{"query": "scwkms:name=" + name})
	if len(keys) != 1 {
		t.Fatalf("%d keys are named %s", len(keys), name)
	}
	return keys[0]
}

// slowToCreate matches the algorithms of large RSA keys.
var slowToCreate = regexp.MustCompile("rsa.*_(3072|4096)_")

func TestNewKeysOfLibraryAndSDK(t *testing.T) {
	t.Parallel()
	s := shared(t)
	l := newLibrary(t, s)
	for name := range algorithms {
		sdk := s.key(t, name)
		s.checkSameKey(t, name+", created by the SDK", l.found(t, sdk.Name))
		s.checkSameKey(t, name+", loaded by its id", fromLibrary[km.Key](t, l, "key_info", arguments{"key": sdk.ID}))
		if slowToCreate.MatchString(name) {
			continue
		}
		k := fromLibrary[km.Key](t, l, "create_key", arguments{
			"key": "scwkms:name=of-library;unprotected=true;tags=a,b;description=text;algorithm=" + name,
		})
		s.checkSameKey(t, name+", created by the library", k)
		if k.Protected || len(k.Tags) != 2 || *k.Description != "text" || nameOf(t, k.Usage) != name {
			t.Errorf("%s: %+v", name, k)
		}
	}
}

func TestRotationPoliciesOfLibraryAndSDK(t *testing.T) {
	t.Parallel()
	s := shared(t)
	l := newLibrary(t, s)
	k := fromLibrary[km.Key](t, l, "create_key", arguments{
		"key": "scwkms:name=policy-of-library;unprotected=true;algorithm=aes_256_gcm;rotation-period=24h",
	})
	s.checkSameKey(t, "created by the library", k)
	if period := s.get(t, k.ID).RotationPolicy.RotationPeriod; *period.ToTimeDuration() != 24*time.Hour {
		t.Errorf("the period is %v", period)
	}
	next := "2100-01-01T00:00:00Z"
	k = fromLibrary[km.Key](t, l, "update_key", arguments{"key": k.ID, "rotation_period": 100000, "next_rotation_at": next})
	s.checkSameKey(t, "updated by the library", k)
	if policy := s.get(t, k.ID).RotationPolicy; policy.RotationPeriod.Seconds != 100000 || policy.NextRotationAt.Format(time.RFC3339) != next {
		t.Errorf("the policy is %+v", policy)
	}
	// The SDK writes a period with nine decimal places.
	s.create(t, "aes_256_gcm", func(q *km.CreateKeyRequest) {
		q.Name = scw.StringPtr("policy-of-sdk")
		q.RotationPolicy = &km.KeyRotationPolicy{RotationPeriod: scw.NewDurationFromTimeDuration(48 * time.Hour)}
	})
	found := l.found(t, "policy-of-sdk")
	s.checkSameKey(t, "created by the SDK", found)
	if found.RotationPolicy.RotationPeriod.Seconds != 48*60*60 {
		t.Errorf("the library read %+v", found.RotationPolicy)
	}
}

// Each operation of the library changes a key as the SDK's does, and the library reads the SDK's changes.
func TestChangesOfLibraryAndSDK(t *testing.T) {
	t.Parallel()
	s := shared(t)
	l := newLibrary(t, s)
	id := s.create(t, "aes_256_gcm").ID
	tags := []string{"x"}
	for _, c := range []struct {
		operation string
		args      arguments
		sdk       func() *km.Key
	}{
		{"update_key", arguments{"description": "one", "tags": []string{"y", "z"}}, func() *km.Key {
			return call(t, s.UpdateKey, &km.UpdateKeyRequest{KeyID: id, Description: scw.StringPtr("two"), Tags: &tags})
		}},
		{"rotate_key", nil, func() *km.Key { return call(t, s.RotateKey, &km.RotateKeyRequest{KeyID: id}) }},
		{"protect_key", nil, func() *km.Key { return call(t, s.ProtectKey, &km.ProtectKeyRequest{KeyID: id}) }},
		{"unprotect_key", nil, func() *km.Key { return call(t, s.UnprotectKey, &km.UnprotectKeyRequest{KeyID: id}) }},
		{"disable_key", nil, func() *km.Key { return s.disable(t, id) }},
		{"enable_key", nil, func() *km.Key { return s.enable(t, id) }},
	} {
		args := arguments{"key": id}
		for name, value := range c.args {
			args[name] = value
		}
		s.checkSameKey(t, c.operation, fromLibrary[km.Key](t, l, c.operation, args))
		changed := c.sdk()
		found := l.found(t, changed.Name)
		checkSame(t, c.operation+" by the SDK", withoutDifferences(&found), withoutDifferences(changed))
	}
	l.call(t, "delete_key", arguments{"key": id})
	if state := s.get(t, id).State; state != km.KeyStateScheduledForDeletion {
		t.Errorf("after a deletion by the library: %s", state)
	}
	s.checkSameKey(t, "restore_key", fromLibrary[km.Key](t, l, "restore_key", arguments{"key": id}))
	s.delete(t, id)
	l.fail(t, "encrypt", arguments{"key": id, "plaintext": random(1)})
	call(t, s.RestoreKey, &km.RestoreKeyRequest{KeyID: id})
	l.call(t, "encrypt", arguments{"key": id, "plaintext": random(1)})
}

func TestRotationsOfLibraryAndSDK(t *testing.T) {
	t.Parallel()
	s := shared(t)
	l := newLibrary(t, s)
	id := s.create(t, "aes_256_gcm", external).ID
	for range 3 {
		call(t, s.ImportKeyMaterial, &km.ImportKeyMaterialRequest{KeyID: id, KeyMaterial: random(32)})
	}
	index := uint32(2)
	l.call(t, "delete_key_material", arguments{"key": id, "key_rotation_index": index})
	rotations := fromLibrary[[]*km.KeyRotation](t, l, "list_rotations", arguments{"key": id})
	for _, r := range rotations {
		r.KeyID = id
	}
	sdk := call(t, s.ListKeyRotations, &km.ListKeyRotationsRequest{
		KeyID: id, OrderBy: km.ListKeyRotationsRequestOrderByCreatedAtAsc,
	})
	checkSame(t, "rotations", rotations, sdk.Rotations)
	if len(rotations) != 3 || rotations[1].Index != index || rotations[1].Status != km.KeyRotationStatusDeleted {
		t.Errorf("rotations: %+v", rotations)
	}
}

// Two keys with the same material and salt decrypt the same ciphertexts.
func TestKeyMaterialOfLibraryAndSDK(t *testing.T) {
	t.Parallel()
	s := shared(t)
	l := newLibrary(t, s)
	material, salt, plaintext := random(32), random(16), []byte("a text")
	created := fromLibrary[km.Key](t, l, "create_key", arguments{
		"key": "scwkms:name=material-of-library;unprotected=true;algorithm=aes_256_gcm;origin=external",
	})
	s.checkSameKey(t, "created by the library", created)
	if created.State != km.KeyStatePendingKeyMaterial || created.Origin != km.KeyOriginExternal {
		t.Errorf("created by the library: %+v", created)
	}
	one, two := created.ID, s.create(t, "aes_256_gcm", external).ID
	imported := fromLibrary[km.Key](t, l, "import_key_material", arguments{"key": one, "key_material": material, "salt": salt})
	s.checkSameKey(t, "imported by the library", imported)
	call(t, s.ImportKeyMaterial, &km.ImportKeyMaterialRequest{KeyID: two, KeyMaterial: material, Salt: &salt})
	c := fromLibrary[[]byte](t, l, "encrypt", arguments{"key": one, "plaintext": plaintext})
	if got := s.decrypt(t, two, c, nil).Plaintext; string(got) != string(plaintext) {
		t.Errorf("decrypted with the SDK's key: %q", got)
	}
	l.call(t, "delete_key_material", arguments{"key": two})
	if state := s.get(t, two).State; state != km.KeyStatePendingKeyMaterial {
		t.Errorf("after a deletion by the library: %s", state)
	}
}

func TestImportParametersOfLibraryAndSDK(t *testing.T) {
	t.Parallel()
	s := shared(t)
	l := newLibrary(t, s)
	id := s.create(t, "aes_256_gcm", external).ID
	for _, a := range new(km.GenerateKeyMaterialImportParametersRequestWrappingAlgorithm).Values() {
		if a == km.GenerateKeyMaterialImportParametersRequestWrappingAlgorithmUnknownWrappingAlgorithm {
			continue
		}
		sdk := call(t, s.GenerateKeyMaterialImportParameters, &km.GenerateKeyMaterialImportParametersRequest{
			KeyID: id, WrappingAlgorithm: a,
		})
		p := fromLibrary[km.GenerateKeyMaterialImportParametersResponse](t, l, "import_parameters", arguments{
			"key": id, "wrapping_algorithm": a.String(),
		})
		// Each request gets another public key of the same size.
		if len(p.PublicKey) != len(sdk.PublicKey) || len(p.ImportToken) != len(sdk.ImportToken) {
			t.Errorf("%s: the library read %d and %d bytes", a, len(p.PublicKey), len(p.ImportToken))
		}
	}
}

func TestListOfAlgorithmsOfLibraryAndSDK(t *testing.T) {
	t.Parallel()
	s := shared(t)
	l := newLibrary(t, s)
	for _, usage := range []string{"", "asymmetric_signing", "asymmetric_encryption", "symmetric_encryption", "key_encapsulation"} {
		q, query := &km.ListAlgorithmsRequest{}, "scwkms:"
		if usage != "" {
			q.Usages = []km.ListAlgorithmsRequestUsage{km.ListAlgorithmsRequestUsage(usage)}
			query += "usage=" + usage
		}
		listed := fromLibrary[[]*km.ListAlgorithmsResponseAlgorithm](t, l, "list_algorithms", arguments{"query": query})
		checkSame(t, "algorithms of usage "+usage, listed, call(t, s.ListAlgorithms, q).Algorithms)
	}
}
