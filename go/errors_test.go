package scwkms_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// The tests of this file run in every build: a program that handles the package's errors compiles
// without cgo, too.

// codes are the classes of errors, by their names in the C header.
var codes = map[string]scwkms.Code{
	"INVALID_ARGUMENT":  scwkms.CodeInvalidArgument,
	"INVALID_HANDLE":    scwkms.CodeInvalidHandle,
	"CONFIGURATION":     scwkms.CodeConfiguration,
	"AUTHENTICATION":    scwkms.CodeAuthentication,
	"PERMISSION_DENIED": scwkms.CodePermissionDenied,
	"NOT_FOUND":         scwkms.CodeNotFound,
	"ALREADY_EXISTS":    scwkms.CodeAlreadyExists,
	"UNSUPPORTED":       scwkms.CodeUnsupported,
	"KEY_STATE":         scwkms.CodeKeyState,
	"RATE_LIMITED":      scwkms.CodeRateLimited,
	"UNAVAILABLE":       scwkms.CodeUnavailable,
	"TIMEOUT":           scwkms.CodeTimeout,
	"NETWORK":           scwkms.CodeNetwork,
	"PROTOCOL":          scwkms.CodeProtocol,
	"INTEGRITY":         scwkms.CodeIntegrity,
	"CANCELLED":         scwkms.CodeCancelled,
	"INTERNAL":          scwkms.CodeInternal,
}

// header returns the numbers of the C header whose names have a prefix.
func header(t *testing.T, prefix string) map[string]uint32 {
	t.Helper()
	folder := os.Getenv("SCWKMS_INCLUDE_DIR")
	if folder == "" {
		t.Fatal("SCWKMS_INCLUDE_DIR does not name the folder of scwkms.h: run `make test-go`")
	}
	text, err := os.ReadFile(filepath.Join(folder, "scwkms.h"))
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]uint32{}
	for _, match := range regexp.MustCompile(`(?m)^#define `+prefix+`(\w+) (\d+)$`).FindAllStringSubmatch(string(text), -1) {
		number, err := strconv.ParseUint(match[2], 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		numbers[match[1]] = uint32(number)
	}
	return numbers
}

func TestCodesAreThoseOfTheHeader(t *testing.T) {
	numbers := header(t, "SCWKMS_ERROR_")
	if len(numbers) != len(codes) {
		t.Errorf("the header has %d codes, and Go has %d", len(numbers), len(codes))
	}
	for name, code := range codes {
		if number, ok := numbers[name]; !ok || number != uint32(code) {
			t.Errorf("%s is %d in Go and %d in the header", name, code, number)
		}
	}
}

func TestErrorsOfEachClass(t *testing.T) {
	for name, code := range codes {
		t.Run(name, func(t *testing.T) {
			err := fmt.Errorf("more: %w", &scwkms.Error{Code: code, HTTPStatus: 418, RequestID: "r-1", Message: "because"})
			if err.Error() != "more: scwkms: because" {
				t.Error(err)
			}
			var own *scwkms.Error
			if !errors.As(err, &own) || own.HTTPStatus != 418 || own.RequestID != "r-1" {
				t.Errorf("%+v", own)
			}
			checkIs(t, err, code)
			checkAs(t, err, code)
		})
	}
}

// checkIs checks which errors an error of a class is.
func checkIs(t *testing.T, err error, code scwkms.Code) {
	t.Helper()
	for _, other := range codes {
		if errors.Is(err, &scwkms.Error{Code: other}) != (code == other) {
			t.Errorf("errors.Is is wrong for code %d", other)
		}
	}
	for target, class := range map[error]scwkms.Code{
		apiv1.NotFoundError{}:       scwkms.CodeNotFound,
		apiv1.AlreadyExistsError{}:  scwkms.CodeAlreadyExists,
		apiv1.NotImplementedError{}: scwkms.CodeUnsupported,
		scwkms.ErrClosed:            scwkms.CodeInvalidHandle,
		context.DeadlineExceeded:    scwkms.CodeTimeout,
		context.Canceled:            scwkms.CodeCancelled,
		os.ErrNotExist:              0,
	} {
		if errors.Is(err, target) != (code == class) {
			t.Errorf("errors.Is is wrong for %T %v", target, target)
		}
	}
}

// checkAs checks which types of other packages an error of a class can be read as. errors.As must
// not change a target that it does not match.
func checkAs(t *testing.T, err error, code scwkms.Code) {
	t.Helper()
	notFound, exists, unsupported := apiv1.NotFoundError{Message: "old"}, apiv1.AlreadyExistsError{Message: "old"}, apiv1.NotImplementedError{Message: "old"}
	for _, as := range []struct {
		target  any
		message *string
		class   scwkms.Code
	}{
		{&notFound, &notFound.Message, scwkms.CodeNotFound},
		{&exists, &exists.Message, scwkms.CodeAlreadyExists},
		{&unsupported, &unsupported.Message, scwkms.CodeUnsupported},
	} {
		want := "old"
		if code == as.class {
			want = "scwkms: because"
		}
		if found := errors.As(err, as.target); found != (code == as.class) || *as.message != want {
			t.Errorf("errors.As(%T) is %v and leaves %q", as.target, found, *as.message)
		}
	}
	var netError net.Error
	if !errors.As(err, &netError) || netError.Timeout() != (code == scwkms.CodeTimeout) {
		t.Error("it is not a net.Error, or its Timeout() is wrong")
	}
}
