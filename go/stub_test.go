//go:build !cgo || noscwkms

package scwkms_test

import (
	"context"
	"errors"
	"runtime/debug"
	"strings"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// reasonWords are the words with which the error explains why this build lacks the package, and how
// to build a program that has it.
func reasonWords(t *testing.T) []string {
	t.Helper()
	info, ok := debug.ReadBuildInfo()
	if !ok {
		t.Fatal("the test has no build information")
	}
	for _, setting := range info.Settings {
		if setting.Key == "-tags" && strings.Contains(setting.Value, "noscwkms") {
			return []string{"scwkms", "build tag noscwkms", "without that tag"}
		}
	}
	return []string{"scwkms", "without cgo", "CGO_ENABLED=1", "C compiler", "static library", "make"}
}

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
	wantReason(t, err)
	typed, err := scwkms.New(context.Background(), options)
	if typed != nil {
		t.Error("New returns a key manager")
	}
	wantReason(t, err)
	wantReason(t, new(scwkms.KMS).ValidateName("scwkms:name=my-key"))
}

// wantReason checks that an error explains why this build lacks the package.
func wantReason(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, &scwkms.Error{Code: scwkms.CodeInternal}) {
		t.Fatalf("the error is %v", err)
	}
	for _, word := range reasonWords(t) {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q is not in: %v", word, err)
		}
	}
}
