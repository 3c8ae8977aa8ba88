//go:build cgo && !noscwkms

package scwkms_test

import (
	"net/http"
	"reflect"
	"slices"
	"testing"
	"time"

	scwkms "github.com/scwkms/scwkms/go"
)

// keyAttributes are all attributes of a key as the service returns them.
type keyAttributes struct {
	serviceKey
	ProjectID           string    `json:"project_id"`
	Origin              string    `json:"origin"`
	Locked              bool      `json:"locked"`
	CreatedAt           time.Time `json:"created_at"`
	UpdatedAt           time.Time `json:"updated_at"`
	RotatedAt           time.Time `json:"rotated_at"`
	DeletionRequestedAt time.Time `json:"deletion_requested_at"`
	RotationCount       uint64    `json:"rotation_count"`
	RotationPolicy      struct {
		Period string    `json:"rotation_period"`
		Next   time.Time `json:"next_rotation_at"`
	} `json:"rotation_policy"`
}

// attributesOf gets a key from the service, without the package under test.
func attributesOf(t *testing.T, info *scwkms.KeyInfo) (key keyAttributes) {
	t.Helper()
	service.In(t).KeyManager(http.MethodGet, info.Region, "/keys/"+info.ID, nil, &key)
	return key
}

// wantInfo checks metadata, without the public key, against that of the service.
func wantInfo(t *testing.T, info *scwkms.KeyInfo) {
	t.Helper()
	key := attributesOf(t, info)
	period, err := time.ParseDuration(key.RotationPolicy.Period)
	if key.RotationPolicy.Period == "" {
		period, err = 0, nil
	}
	if err != nil {
		t.Fatal(err)
	}
	want := scwkms.KeyInfo{
		URI: key.uri(), ID: key.ID, Region: key.Region, ProjectID: key.ProjectID, Name: key.Name, Description: key.Description,
		Usage: scwkms.KeyUsage(usageOf(key.algorithm())), Algorithm: key.algorithm(), State: scwkms.KeyState(key.State),
		Origin: scwkms.KeyOrigin(key.Origin), ProtectionLevel: scwkms.ProtectionLevel(key.ProtectionLevel),
		Protected: key.Protected, Locked: key.Locked, CreatedAt: key.CreatedAt, UpdatedAt: key.UpdatedAt,
		DeletionRequestedAt: key.DeletionRequestedAt, RotatedAt: key.RotatedAt, RotationCount: key.RotationCount,
		RotationPeriod: period, NextRotationAt: key.RotationPolicy.Next,
		PublicKey: info.PublicKey,
	}
	if len(key.Tags) > 0 {
		want.Tags = key.Tags
	}
	if !reflect.DeepEqual(*info, want) {
		t.Errorf("%+v\nis not\n%+v", *info, want)
	}
}

func TestGetKey(t *testing.T) {
	manager := open(t)
	signing := createOnService(t, "ec_p384_sha384", map[string]any{"unprotected": false, "tags": []string{"a", "b"}, "description": "d"})
	info, err := manager.GetKey(t.Context(), "scwkms:name="+signing.Name)
	if err != nil {
		t.Fatal(err)
	}
	wantInfo(t, info)
	wantSameKey(t, info.PublicKey, publicKey(t, signing))
	if !info.Protected || info.Usage != scwkms.UsageSigning || info.State != scwkms.StateEnabled || info.CreatedAt.IsZero() {
		t.Errorf("%+v", info)
	}
	for _, algorithm := range []string{"aes_256_gcm", "ml_kem_768", "rsa_oaep_2048_sha256"} {
		info, err := manager.GetKey(t.Context(), keyOf(t, algorithm).uri())
		if err != nil {
			t.Fatal(err)
		}
		wantInfo(t, info)
		if hasPublicKey := algorithm == "rsa_oaep_2048_sha256"; (info.PublicKey != nil) != hasPublicKey {
			t.Errorf("%s: the public key is %v", algorithm, info.PublicKey)
		}
	}
	wantError(t, failureOf(manager.GetKey(t.Context(), noKey)), scwkms.CodeNotFound, noKey)
}

// Keys of all algorithms can be created, with all parameters.
func TestNewKey(t *testing.T) {
	manager := open(t)
	name := freshName(t)
	info, err := manager.NewKey(t.Context(), "scwkms:algorithm=aes_256_gcm;unprotected=true;tags=a,b;description=d;"+
		"rotation-period=30d;region=nl-ams;protection-level=hsm;name="+name)
	if err != nil {
		t.Fatal(err)
	}
	wantInfo(t, info)
	if info.Name != name || info.Region != "nl-ams" || info.RotationPeriod != 30*24*time.Hour || info.Description != "d" ||
		info.Protected || !slices.Equal(info.Tags, []string{"a", "b"}) || info.ProtectionLevel != scwkms.ProtectionHSM ||
		info.Usage != scwkms.UsageSymmetricEncryption || time.Until(info.NextRotationAt) < 29*24*time.Hour {
		t.Errorf("%+v", info)
	}
	external, err := manager.NewKey(t.Context(), "scwkms:algorithm=aes_256_gcm;unprotected=true;origin=external;name="+name)
	if err != nil || external.Origin != scwkms.OriginExternal || external.State != scwkms.StatePendingKeyMaterial {
		t.Fatalf("%+v, %v", external, err)
	}
	wantInfo(t, external)
	plain, err := manager.NewKey(t.Context(), name)
	if err != nil || plain.Algorithm != "ec_p256_sha256" || !plain.Protected {
		t.Errorf("%+v, %v", plain, err)
	}
	wantNoRequests(t, func() {
		for _, name := range []string{"scwkms:algorithm=aes_256_gcm", "scwkms:name=x;rotation-period=1h", "scwkms:name=x;origin=mars"} {
			wantError(t, failureOf(manager.NewKey(t.Context(), name)), scwkms.CodeInvalidArgument)
		}
	})
}

func TestFindKeys(t *testing.T) {
	manager := open(t)
	tag := freshName(t)
	var want []string
	for _, algorithm := range []string{"ec_p256_sha256", "aes_256_gcm", "ml_kem_768"} {
		want = append(want, createOnService(t, algorithm, map[string]any{"tags": []string{tag}}).ID)
	}
	found, err := manager.FindKeys(t.Context(), "scwkms:tags="+tag)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, info := range found {
		got = append(got, info.ID)
		wantInfo(t, info)
		if info.PublicKey != nil {
			t.Errorf("%s has a public key", info.URI)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v is not %v", got, want)
	}
	none, err := manager.FindKeys(t.Context(), "scwkms:name="+freshName(t))
	if err != nil || none == nil || len(none) != 0 {
		t.Errorf("%v, %v", none, err)
	}
	wantNoRequests(t, func() {
		wantError(t, failureOf(manager.FindKeys(t.Context(), "scwkms:usage=x")), scwkms.CodeInvalidArgument, "usage")
	})
}

func TestListAlgorithms(t *testing.T) {
	manager := open(t)
	for query, usage := range map[string]string{"": "", "scwkms:usage=key_encapsulation": "?usages=key_encapsulation"} {
		var want struct {
			Algorithms []scwkms.AlgorithmInfo
		}
		service.In(t).KeyManager(http.MethodGet, "", "/algorithms"+usage, nil, &want)
		got, err := manager.ListAlgorithms(t.Context(), query)
		if err != nil || len(got) == 0 || !slices.Equal(got, want.Algorithms) {
			t.Errorf("%q: %v is not %v, %v", query, got, want.Algorithms, err)
		}
	}
	wantNoRequests(t, func() {
		wantError(t, failureOf(manager.ListAlgorithms(t.Context(), "scwkms:usage=x")), scwkms.CodeInvalidArgument, "usage")
	})
}
