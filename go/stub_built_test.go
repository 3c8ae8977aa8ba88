//go:build !cgo || noscwkms

package scwkms_test

import (
	"context"
	"strings"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

func TestStub(t *testing.T) {
	options := apiv1.Options{URI: "scwkms:region=fr-par"}
	kind, err := options.GetType()
	if err != nil {
		t.Fatal(err)
	}
	open, ok := apiv1.LoadKeyManagerNewFunc(kind)
	if !ok || kind != scwkms.Scheme {
		t.Fatalf("%s is not registered", kind)
	}
	manager, err := open(context.Background(), options)
	if manager != nil || err == nil {
		t.Fatalf("the stub opens a %T", manager)
	}
	for _, word := range stubWords[stub] {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q is not in: %v", word, err)
		}
	}
}
