//go:build cgo && !noscwkms

package scwkms_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// refused checks an error: its class, the words that it must hold, that apiv1's errors are found
// in it where they fit, and that it holds no secret.
func refused(t *testing.T, err error, code scwkms.Code, words ...string) *scwkms.Error {
	t.Helper()
	if err == nil {
		t.Fatalf("there is no error, but one with %q was expected", words)
	}
	holdsNoSecret(t, err)
	var e *scwkms.Error
	if !errors.As(err, &e) {
		t.Fatalf("%T is not a *scwkms.Error: %v", err, err)
	}
	if e.Code != code {
		t.Errorf("the error's code is %d, not %d: %v", e.Code, code, err)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q is not in: %v", word, err)
		}
	}
	for target, expected := range map[error]bool{
		&scwkms.Error{Code: code}:   true,
		apiv1.NotFoundError{}:       code == scwkms.CodeNotFound,
		apiv1.AlreadyExistsError{}:  code == scwkms.CodeAlreadyExists,
		apiv1.NotImplementedError{}: code == scwkms.CodeUnsupported,
		scwkms.ErrClosed:            code == scwkms.CodeInvalidHandle,
	} {
		if errors.Is(err, target) != expected {
			t.Errorf("errors.Is(%v, %T) is not %v", err, target, expected)
		}
	}
	return e
}

// holdsNoSecret checks all the ways in which programs print an error.
func holdsNoSecret(t *testing.T, err error, more ...string) {
	t.Helper()
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		text := fmt.Sprintf("%v %+v %#v", cause, cause, cause)
		for _, secret := range append(more, service.SecretKey) {
			if strings.Contains(text, secret) {
				t.Errorf("a secret is in the error: %s", strings.ReplaceAll(text, secret, "[secret]"))
			}
		}
	}
}
