//go:build cgo && !noscwkms

package scwkms_test

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"net/http"
	"slices"
	"testing"
	"time"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// wantChange checks the metadata that a change returns.
func wantChange(t *testing.T, info *scwkms.KeyInfo, err error) *scwkms.KeyInfo {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	wantInfo(t, info)
	return info
}

// A key's whole life: each change is visible on the service, and in the returned metadata.
func TestTheLifeOfAKey(t *testing.T) {
	manager := open(t)
	ctx := t.Context()
	key := "scwkms:name=" + createOnService(t, "aes_256_gcm", nil).Name
	wantState := func(info *scwkms.KeyInfo, want scwkms.KeyState) {
		t.Helper()
		if info.State != want {
			t.Errorf("the state is %s, not %s", info.State, want)
		}
	}
	info, err := manager.DisableKey(ctx, key)
	wantState(wantChange(t, info, err), scwkms.StateDisabled)
	wantError(t, failureOf(manager.Encrypt(ctx, key, []byte("x"))), scwkms.CodeKeyState)
	info, err = manager.EnableKey(ctx, key)
	wantState(wantChange(t, info, err), scwkms.StateEnabled)
	if _, err := manager.Encrypt(ctx, key, []byte("x")); err != nil {
		t.Error(err)
	}

	info, err = manager.ProtectKey(ctx, key)
	if !wantChange(t, info, err).Protected {
		t.Error("the key is not protected")
	}
	wantError(t, manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key}), scwkms.CodeKeyState, "protected")
	info, err = manager.UnprotectKey(ctx, key)
	if wantChange(t, info, err).Protected {
		t.Error("the key is protected")
	}

	wantError(t, failureOf(manager.RestoreKey(ctx, info.URI)), scwkms.CodeKeyState, info.ID)
	if err := manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key}); err != nil {
		t.Fatal(err)
	}
	wantError(t, failureOf(manager.EnableKey(ctx, info.URI)), scwkms.CodeKeyState, info.ID)
	wantError(t, failureOf(manager.DisableKey(ctx, info.URI)), scwkms.CodeKeyState, info.ID)
	info, err = manager.RestoreKey(ctx, info.URI)
	if wantChange(t, info, err).State == scwkms.StateScheduledForDeletion {
		t.Error("the key is still scheduled for deletion")
	}
}

// Rotations are listed, the oldest first, as the service lists them.
func TestRotations(t *testing.T) {
	manager := open(t)
	ctx := t.Context()
	key := createOnService(t, "aes_256_gcm", nil)
	for range 2 {
		info, err := manager.RotateKey(ctx, key.uri())
		wantChange(t, info, err)
	}
	var want struct {
		Rotations []struct {
			Index     uint32    `json:"index"`
			Status    string    `json:"status"`
			Manual    bool      `json:"manually_rotated"`
			CreatedAt time.Time `json:"created_at"`
			UpdatedAt time.Time `json:"updated_at"`
		}
	}
	service.In(t).KeyManager(http.MethodGet, key.Region, "/keys/"+key.ID+"/rotations?order_by=created_at_asc", nil, &want)
	rotations, err := manager.ListRotations(ctx, key.uri())
	if err != nil || len(rotations) != 3 || len(want.Rotations) != 3 {
		t.Fatalf("%v, %v; the service has %v", rotations, err, want)
	}
	for i, r := range rotations {
		w := want.Rotations[i]
		if r != (scwkms.KeyRotation{Index: w.Index, Status: scwkms.RotationStatus(w.Status), Manual: w.Manual,
			CreatedAt: w.CreatedAt, UpdatedAt: w.UpdatedAt}) {
			t.Errorf("%+v is not %+v", r, w)
		}
		if r.Status != scwkms.RotationEnabled || r.Manual != (i > 0) || r.CreatedAt.IsZero() {
			t.Errorf("%d: %+v", i, r)
		}
	}
	single, err := manager.ListRotations(ctx, keyOf(t, "ec_p256_sha256").uri())
	if err != nil || len(single) != 1 {
		t.Errorf("%v, %v", single, err)
	}
	wantError(t, failureOf(manager.RotateKey(ctx, keyOf(t, "ec_p256_sha256").uri())), scwkms.CodeInvalidArgument, "rotate")
}

// Each field of an update changes one attribute.
func TestUpdateKey(t *testing.T) {
	manager := open(t)
	key := createOnService(t, "aes_256_gcm", map[string]any{"tags": []string{"old"}, "description": "old"})
	update := func(changes scwkms.KeyUpdate) *scwkms.KeyInfo {
		t.Helper()
		info, err := manager.UpdateKey(t.Context(), key.uri(), changes)
		return wantChange(t, info, err)
	}
	name, description, none := freshName(t)+" é", "a description", ""
	info := update(scwkms.KeyUpdate{Name: &name})
	if info.Name != name || info.Description != "old" || !slices.Equal(info.Tags, []string{"old"}) || info.RotationPeriod != 0 {
		t.Errorf("%+v", info)
	}
	if info = update(scwkms.KeyUpdate{Description: &description}); info.Name != name || info.Description != description {
		t.Errorf("%+v", info)
	}
	tags := []string{"one", "two", "three"}
	if info = update(scwkms.KeyUpdate{Tags: tags}); info.Description != description || !slices.Equal(info.Tags, tags) {
		t.Errorf("%+v", info)
	}
	if info = update(scwkms.KeyUpdate{RotationPeriod: 24 * time.Hour}); info.RotationPeriod != 24*time.Hour ||
		time.Until(info.NextRotationAt) > 24*time.Hour || !slices.Equal(info.Tags, tags) {
		t.Errorf("%+v", info)
	}
	next := time.Now().Add(90 * time.Hour).In(time.FixedZone("", 7200))
	if info = update(scwkms.KeyUpdate{RotationPeriod: 48 * time.Hour, NextRotationAt: next}); info.RotationPeriod != 48*time.Hour ||
		info.NextRotationAt.Sub(next).Abs() > time.Second {
		t.Errorf("%+v; the next rotation should be at %s", info, next)
	}
	if info = update(scwkms.KeyUpdate{Description: &none, Tags: []string{}}); info.Description != "" || len(info.Tags) != 0 ||
		info.Name != name || info.RotationPeriod != 48*time.Hour {
		t.Errorf("%+v", info)
	}
}

func TestInvalidUpdatesSendNothing(t *testing.T) {
	manager := open(t)
	key := keyOf(t, "aes_256_gcm").uri()
	empty, withNUL := "", "x\x00y"
	wantNoRequests(t, func() {
		for word, update := range map[string]scwkms.KeyUpdate{
			"changes nothing":          {},
			"empty":                    {Name: &empty},
			"argument name holds":      {Name: &withNUL},
			"argument description":     {Description: &withNUL},
			"argument tags":            {Tags: []string{"x", withNUL, "y"}},
			"UTF-8":                    {Tags: []string{"\xff"}},
			"minimum":                  {RotationPeriod: time.Hour},
			"whole seconds":            {RotationPeriod: 24*time.Hour + time.Millisecond},
			"positive number":          {RotationPeriod: -24 * time.Hour},
			"needs a rotation period":  {NextRotationAt: time.Now().Add(time.Hour)},
			"the rotation period -1ns": {RotationPeriod: -1},
		} {
			info, err := manager.UpdateKey(t.Context(), key, update)
			wantError(t, err, scwkms.CodeInvalidArgument, word)
			if info != nil {
				t.Errorf("%s: there is a result with the error", word)
			}
		}
	})
}

// External key material: each import is a rotation, and the material of each can be deleted.
func TestKeyMaterial(t *testing.T) {
	manager := open(t)
	ctx := t.Context()
	key := createOnService(t, "aes_256_gcm", map[string]any{"origin": "external"})
	var ciphertexts [][]byte
	for _, salt := range [][]byte{nil, []byte("salt")} {
		info, err := manager.ImportKeyMaterial(ctx, key.uri(), []byte("material"), salt)
		if wantChange(t, info, err).State != scwkms.StateEnabled {
			t.Errorf("%+v", info)
		}
		ciphertexts = append(ciphertexts, onService(t, key, "encrypt", payload{Plaintext: []byte("x")}).Ciphertext)
	}
	rotations, err := manager.ListRotations(ctx, key.uri())
	if err != nil || len(rotations) != 2 {
		t.Fatalf("%+v, %v", rotations, err)
	}
	if err := manager.DeleteKeyMaterial(ctx, key.uri(), int64(rotations[0].Index)); err != nil {
		t.Fatal(err)
	}
	wantError(t, failureOf(manager.Decrypt(ctx, key.uri(), ciphertexts[0])), scwkms.CodeInvalidArgument)
	plaintext, err := manager.Decrypt(ctx, key.uri(), ciphertexts[1])
	wantBytes(t, "with the newest material", plaintext, err, []byte("x"))
	if rotations, err = manager.ListRotations(ctx, key.uri()); err != nil || rotations[0].Status != scwkms.RotationDeleted ||
		rotations[0].DeletedAt.IsZero() || rotations[1].Status != scwkms.RotationEnabled || !rotations[1].DeletedAt.IsZero() {
		t.Errorf("%+v, %v", rotations, err)
	}
	if err := manager.DeleteKeyMaterial(ctx, key.uri(), scwkms.NewestRotation); err != nil {
		t.Fatal(err)
	}
	if state := describe(t, key.uri()).State; state != "pending_key_material" {
		t.Errorf("without material the state is %s", state)
	}
}

func TestImportParameters(t *testing.T) {
	manager := open(t)
	key := createOnService(t, "aes_256_gcm", map[string]any{"origin": "external"})
	parameters, err := manager.GetImportParameters(t.Context(), key.uri(), scwkms.WrappingRSAAESKeyWrap2048SHA256)
	if err != nil || len(parameters.ImportToken) == 0 {
		t.Fatalf("%+v, %v", parameters, err)
	}
	public, err := x509.ParsePKIXPublicKey(parameters.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	if bits := public.(*rsa.PublicKey).N.BitLen(); bits != 2048 {
		t.Errorf("the public key has %d bits", bits)
	}
}

func TestKeyMaterialThatCannotBeImportedOrDeleted(t *testing.T) {
	manager := open(t)
	ctx := t.Context()
	own := keyOf(t, "aes_256_gcm").uri()
	for _, err := range []error{
		failureOf(manager.ImportKeyMaterial(ctx, own, []byte("material"), nil)),
		manager.DeleteKeyMaterial(ctx, own, scwkms.NewestRotation),
		failureOf(manager.GetImportParameters(ctx, own, scwkms.WrappingRSAOAEP2048SHA256)),
	} {
		wantError(t, err, scwkms.CodeInvalidArgument, "external")
	}
	wantNoRequests(t, func() {
		wantError(t, failureOf(manager.ImportKeyMaterial(ctx, own, nil, nil)), scwkms.CodeInvalidArgument, "empty")
		wantError(t, manager.DeleteKeyMaterial(ctx, own, -2), scwkms.CodeInvalidArgument, "rotation")
		wantError(t, manager.DeleteKeyMaterial(ctx, own, 1<<32), scwkms.CodeInvalidArgument, "rotation")
		for _, wrapping := range []scwkms.WrappingAlgorithm{0, 7} {
			wantError(t, failureOf(manager.GetImportParameters(ctx, own, wrapping)), scwkms.CodeInvalidArgument, "wrapping")
		}
	})
}

// Changes whose response is lost are not repeated if a repetition would change more than was requested.
func TestLostChanges(t *testing.T) {
	manager := open(t)
	aes := createOnService(t, "aes_256_gcm", nil)
	external := createOnService(t, "aes_256_gcm", map[string]any{"origin": "external"})
	deleted := createOnService(t, "aes_256_gcm", nil)
	service.In(t).KeyManager(http.MethodDelete, deleted.Region, "/keys/"+deleted.ID, nil, nil)
	for operation, run := range map[string]func(context.Context) error{
		"RotateKey":  func(ctx context.Context) error { return failureOf(manager.RotateKey(ctx, aes.uri())) },
		"RestoreKey": func(ctx context.Context) error { return failureOf(manager.RestoreKey(ctx, deleted.uri())) },
		"ImportKeyMaterial": func(ctx context.Context) error {
			return failureOf(manager.ImportKeyMaterial(ctx, external.uri(), []byte("x"), nil))
		},
	} {
		service.In(t).Fail(operation, 1, fault{"kind": "reset", "when": "after"})
		wantRequests(t, map[string]int{operation: 1}, func() {
			wantError(t, run(t.Context()), scwkms.CodeNetwork, "may have been")
		})
	}
	service.In(t).Fail("DisableKey", 1, fault{"kind": "reset", "when": "after"})
	wantRequests(t, map[string]int{"DisableKey": 2}, func() {
		if _, err := manager.DisableKey(t.Context(), aes.uri()); err != nil {
			t.Error(err)
		}
	})
}
