//go:build cgo && !noscwkms

package scwkms

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// A program whose header and library differ still starts, and learns why it cannot open a manager.
func TestAHeaderOfAnotherVersionThanTheLibrary(t *testing.T) {
	abiVersions = func() (header, library uint32) { return 7, 8 }
	defer func() { abiVersions = capi.ABIVersions }()
	_, err := New(context.Background(), apiv1.Options{})
	if !errors.Is(err, &Error{Code: CodeInternal}) {
		t.Fatalf("the error is %v", err)
	}
	for _, word := range []string{"version 7 of scwkms.h", "version 8", "same release", "build"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q is not in: %v", word, err)
		}
	}
	open, ok := apiv1.LoadKeyManagerNewFunc(Scheme)
	if !ok {
		t.Fatal("scwkms is not registered")
	}
	if manager, err := open(context.Background(), apiv1.Options{}); manager != nil || !errors.Is(err, &Error{Code: CodeInternal}) {
		t.Errorf("the registered function returns %v and %v", manager, err)
	}
}
