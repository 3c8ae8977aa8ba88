//go:build cgo && !noscwkms

package scwkms_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// codes are named as in the C header, but for the case.
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

// header is a list of the numbers that the C header gives to names of a prefix.
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
		err := fmt.Errorf("more: %w", &scwkms.Error{Code: code, HTTPStatus: 418, RequestID: "r-1", Message: "because"})
		if err.Error() != "more: scwkms: because" {
			t.Errorf("%s: %v", name, err)
		}
		for other, otherCode := range codes {
			if errors.Is(err, &scwkms.Error{Code: otherCode}) != (code == otherCode) {
				t.Errorf("%s is or is not %s", name, other)
			}
		}
		var own *scwkms.Error
		if !errors.As(err, &own) || own.HTTPStatus != 418 || own.RequestID != "r-1" {
			t.Errorf("%s: %+v", name, own)
		}
		// What does not fit is left as it is.
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
				t.Errorf("%s: errors.As(%T) is %v and leaves %q", name, as.target, found, *as.message)
			}
		}
		if errors.Is(err, scwkms.ErrClosed) != (code == scwkms.CodeInvalidHandle) {
			t.Errorf("%s is or is not ErrClosed", name)
		}
		if errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is os.ErrNotExist", name)
		}
	}
}

// An error must tell a person what failed, on which key, what the service said and whom to ask.
func TestWhatAnErrorSays(t *testing.T) {
	_, err := open(t).GetPublicKey(&apiv1.GetPublicKeyRequest{Name: "nl-ams/" + noKey})
	e := refused(t, err, scwkms.CodeNotFound, "public key of key "+noKey+" in nl-ams", "not_found", "check the id", "404")
	if e.HTTPStatus != 404 || e.RequestID == "" || !strings.Contains(err.Error(), e.RequestID) {
		t.Errorf("%+v", e)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("it has more than one line: %q", err)
	}
}
