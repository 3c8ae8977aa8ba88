//go:build cgo && !noscwkms

package scwkms_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// wantError checks an error: its class, the words that it must contain, which errors of other
// packages it is, and that it contains no secret.
func wantError(t *testing.T, err error, code scwkms.Code, words ...string) *scwkms.Error {
	t.Helper()
	if err == nil {
		t.Fatalf("there is no error; one with %q was expected", words)
	}
	wantNoSecret(t, err)
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
	wantSameMeaning(t, err, code)
	return e
}

// wantSameMeaning checks whether an error is the errors of other packages that mean the same as its
// class, and no others.
func wantSameMeaning(t *testing.T, err error, code scwkms.Code) {
	t.Helper()
	for target, expected := range map[error]bool{
		&scwkms.Error{Code: code}:   true,
		apiv1.NotFoundError{}:       code == scwkms.CodeNotFound,
		apiv1.AlreadyExistsError{}:  code == scwkms.CodeAlreadyExists,
		apiv1.NotImplementedError{}: code == scwkms.CodeUnsupported,
		scwkms.ErrClosed:            code == scwkms.CodeInvalidHandle,
		context.DeadlineExceeded:    code == scwkms.CodeTimeout,
		context.Canceled:            code == scwkms.CodeCancelled,
	} {
		if errors.Is(err, target) != expected {
			t.Errorf("errors.Is(%v, %T) is not %v", err, target, expected)
		}
	}
	var netError net.Error
	if !errors.As(err, &netError) || netError.Timeout() != (code == scwkms.CodeTimeout) {
		t.Errorf("%v is not a net.Error, or its Timeout() is wrong", err)
	}
}

// wantNoSecret checks all forms in which programs print an error.
func wantNoSecret(t *testing.T, err error, more ...string) {
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
