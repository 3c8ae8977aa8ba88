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
			key := newKey(t, "ec_p256_sha256", nil)
			if err := manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: name(key)}); err != nil {
				t.Fatal(err)
			}
			if state := described(t, key.uri()).State; state != "scheduled_for_deletion" {
				t.Errorf("the key's state is %s", state)
			}
			if found := search(t, manager, "scwkms:name="+key.Name); len(found) != 0 {
				t.Errorf("the key is found still: %v", found)
			}
		})
	}
}

// A deleted key's name must not lead to it from the cache, since another key may take it over.
func TestADeletedKeyIsForgotten(t *testing.T) {
	manager := open(t)
	name := freshName(t)
	first := newKey(t, "ec_p256_sha256", map[string]any{"name": name})
	byName := "scwkms:name=" + name
	sameKey(t, signerOf(t, manager, byName).Public(), publicKey(t, first))
	if err := manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: byName}); err != nil {
		t.Fatal(err)
	}
	_, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: byName})
	refused(t, err, scwkms.CodeNotFound, name)
	second := newKey(t, "ec_p256_sha256", map[string]any{"name": name})
	sameKey(t, signerOf(t, manager, byName).Public(), publicKey(t, second))
}

func TestASignerOfADeletedKey(t *testing.T) {
	manager := open(t)
	key := newKey(t, "ec_p256_sha256", nil)
	signer := signerOf(t, manager, key.uri())
	if err := manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key.uri()}); err != nil {
		t.Fatal(err)
	}
	_, err := signer.Sign(nil, make([]byte, 32), hashOf("ec_p256_sha256"))
	refused(t, err, scwkms.CodeKeyState, key.ID)
}

func TestAProtectedKeyIsNotDeleted(t *testing.T) {
	manager := open(t)
	created, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: freshName(t)})
	if err != nil {
		t.Fatal(err)
	}
	refused(t, manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: created.Name}), scwkms.CodeKeyState, "protected", "unprotect")
	key := described(t, created.Name)
	if key.State != "enabled" {
		t.Errorf("the key's state is %s", key.State)
	}
	service.api(t, http.MethodPost, key.Region, "/"+key.ID+"/unprotect", map[string]any{}, nil)
	if err := manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: created.Name}); err != nil {
		t.Error(err)
	}
}

func TestDeletingWhatIsNotThere(t *testing.T) {
	manager := open(t)
	refused(t, manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: noKey}), scwkms.CodeNotFound, "delete key", noKey)
	name := freshName(t)
	refused(t, manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: "scwkms:name=" + name}), scwkms.CodeNotFound, "delete key", name)
}

// A deletion whose answer is lost is not repeated; what became of it is for the caller to see.
func TestALostDeletionIsNotRepeated(t *testing.T) {
	manager := open(t)
	key := newKey(t, "ec_p256_sha256", nil)
	service.order(t, "DeleteKey", 1, fault{"kind": "reset", "when": "after"})
	costs(t, map[string]int{"DeleteKey": 1}, func() {
		refused(t, manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key.uri()}), scwkms.CodeNetwork, key.ID)
	})
}
