//go:build cgo && !noscwkms

package scwkms_test

import (
	"net/http"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

func TestDeleteKey(t *testing.T) {
	manager := open(t)
	for form, name := range map[string]func(serviceKey) string{
		"uri":  serviceKey.uri,
		"id":   func(key serviceKey) string { return key.ID },
		"name": func(key serviceKey) string { return "scwkms:name=" + key.Name },
		"both": func(key serviceKey) string { return clientURI("key-id", key.ID) },
	} {
		t.Run(form, func(t *testing.T) {
			key := createOnService(t, "ec_p256_sha256", nil)
			if err := manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: name(key)}); err != nil {
				t.Fatal(err)
			}
			if state := describe(t, key.uri()).State; state != "scheduled_for_deletion" {
				t.Errorf("the key's state is %s", state)
			}
			if found := search(t, manager, "scwkms:name="+key.Name); len(found) != 0 {
				t.Errorf("the key is still found: %v", found)
			}
		})
	}
}

// The cache must not lead from a deleted key's name to the key: a new key may have the name.
func TestADeletedKeyIsForgotten(t *testing.T) {
	manager := open(t)
	name := freshName(t)
	first := createOnService(t, "ec_p256_sha256", map[string]any{"name": name})
	byName := "scwkms:name=" + name
	wantSameKey(t, signerOf(t, manager, byName).Public(), publicKey(t, first))
	if err := manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: byName}); err != nil {
		t.Fatal(err)
	}
	_, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: byName})
	wantError(t, err, scwkms.CodeNotFound, name)
	second := createOnService(t, "ec_p256_sha256", map[string]any{"name": name})
	wantSameKey(t, signerOf(t, manager, byName).Public(), publicKey(t, second))
}

func TestASignerOfADeletedKey(t *testing.T) {
	manager := open(t)
	key := createOnService(t, "ec_p256_sha256", nil)
	signer := signerOf(t, manager, key.uri())
	if err := manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key.uri()}); err != nil {
		t.Fatal(err)
	}
	_, err := signer.Sign(nil, make([]byte, 32), hashOf("ec_p256_sha256"))
	wantError(t, err, scwkms.CodeKeyState, key.ID)
}

func TestAProtectedKeyIsNotDeleted(t *testing.T) {
	manager := open(t)
	created, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: freshName(t)})
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: created.Name}), scwkms.CodeKeyState, "protected", "unprotect")
	key := describe(t, created.Name)
	if key.State != "enabled" {
		t.Errorf("the key's state is %s", key.State)
	}
	service.In(t).KeyManager(http.MethodPost, key.Region, "/keys/"+key.ID+"/unprotect", map[string]any{}, nil)
	if err := manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: created.Name}); err != nil {
		t.Error(err)
	}
}

func TestDeletingAKeyThatDoesNotExist(t *testing.T) {
	manager := open(t)
	wantError(t, manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: noKey}), scwkms.CodeNotFound, "delete key", noKey)
	name := freshName(t)
	wantError(t, manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: "scwkms:name=" + name}), scwkms.CodeNotFound, "delete key", name)
}

// A deletion whose response is lost is not repeated. The caller decides.
func TestALostDeletionIsNotRepeated(t *testing.T) {
	manager := open(t)
	key := createOnService(t, "ec_p256_sha256", nil)
	service.In(t).Fail("DeleteKey", 1, fault{"kind": "reset", "when": "after"})
	wantRequests(t, map[string]int{"DeleteKey": 1}, func() {
		wantError(t, manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key.uri()}), scwkms.CodeNetwork, key.ID)
	})
}
