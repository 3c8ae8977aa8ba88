//go:build cgo && !noscwkms

package scwkms_test

import (
	"context"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

func TestRegistration(t *testing.T) {
	for _, options := range []apiv1.Options{
		{Type: "scwkms", URI: clientURI()},
		{Type: "ScwKMS", URI: clientURI()},
		{URI: clientURI()},
		{URI: "SCWKMS:region=fr-par"},
	} {
		kind, err := options.GetType()
		if err != nil {
			t.Fatal(err)
		}
		if err := kind.Validate(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		open, ok := apiv1.LoadKeyManagerNewFunc(kind)
		if !ok {
			t.Fatalf("%s is not registered", kind)
		}
		manager, err := open(context.Background(), options)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := manager.(*scwkms.KMS); !ok {
			t.Errorf("%s opens a %T", kind, manager)
		}
		if err := manager.Close(); err != nil {
			t.Error(err)
		}
	}
}

// The interfaces that step-ca and step-kms-plugin use if a key manager has them.
func TestOptionalInterfaces(t *testing.T) {
	var manager any = open(t)
	if _, ok := manager.(apiv1.KeyManager); !ok {
		t.Error("no KeyManager")
	}
	if _, ok := manager.(apiv1.Decrypter); !ok {
		t.Error("no Decrypter")
	}
	if _, ok := manager.(apiv1.KeyDeleter); !ok {
		t.Error("no KeyDeleter")
	}
	if _, ok := manager.(apiv1.SearchableKeyManager); !ok {
		t.Error("no SearchableKeyManager")
	}
	if _, ok := manager.(apiv1.NameValidator); !ok {
		t.Error("no NameValidator")
	}
}
