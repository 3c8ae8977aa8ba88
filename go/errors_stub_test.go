//go:build !cgo || noscwkms

package scwkms_test

import (
	"errors"
	"fmt"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// A program that looks at the package's errors compiles whether the package is in it or not.
func TestErrorsAreInEveryBuild(t *testing.T) {
	err := fmt.Errorf("wrapped: %w", &scwkms.Error{Code: scwkms.CodeNotFound, Message: "no such key"})
	var e *scwkms.Error
	if !errors.As(err, &e) || !errors.Is(err, apiv1.NotFoundError{}) || errors.Is(err, scwkms.ErrClosed) {
		t.Errorf("%v is not what it was", err)
	}
}
