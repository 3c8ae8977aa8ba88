package sdk

import (
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
	"github.com/scwkms/scwkms/go/scwkmstest"
)

// service is an emulator and the SDK's client for it.
type service struct {
	*scwkmstest.Emulator
	*km.API
}

func newService(t *testing.T, e *scwkmstest.Emulator) *service {
	t.Helper()
	s := &service{Emulator: e}
	s.API = s.client(t, scw.WithAuth(e.AccessKey, e.SecretKey), scw.WithDefaultProjectID(e.ProjectID))
	return s
}

// client returns an SDK client with the emulator's URL and region, and with further options.
func (s *service) client(t *testing.T, opts ...scw.ClientOption) *km.API {
	t.Helper()
	opts = append([]scw.ClientOption{
		scw.WithAPIURL(s.URL), scw.WithHTTPClient(s.Client()), scw.WithDefaultRegion(scw.Region(s.Emulator.Region)),
	}, opts...)
	c, err := scw.NewClient(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return km.NewAPI(c)
}

// create creates an unprotected key. The edits change the request before it is sent.
func (s *service) create(t *testing.T, algorithm string, edits ...func(*km.CreateKeyRequest)) *km.Key {
	t.Helper()
	q := &km.CreateKeyRequest{
		// The names of subtests contain slashes.
		Name:        scw.StringPtr(strings.ReplaceAll(t.Name(), "/", "-")),
		Usage:       usageOf(t, algorithm),
		Unprotected: true,
	}
	for _, edit := range edits {
		edit(q)
	}
	return call(t, s.CreateKey, q)
}

func external(q *km.CreateKeyRequest) { q.Origin = km.KeyOriginExternal }

func (s *service) get(t *testing.T, id string) *km.Key {
	t.Helper()
	return call(t, s.GetKey, &km.GetKeyRequest{KeyID: id})
}

func (s *service) enable(t *testing.T, id string) *km.Key {
	t.Helper()
	return call(t, s.EnableKey, &km.EnableKeyRequest{KeyID: id})
}

func (s *service) disable(t *testing.T, id string) *km.Key {
	t.Helper()
	return call(t, s.DisableKey, &km.DisableKeyRequest{KeyID: id})
}

func (s *service) delete(t *testing.T, id string) {
	t.Helper()
	callEmpty(t, s.DeleteKey, &km.DeleteKeyRequest{KeyID: id})
}

// asError returns the error as the SDK's type E. The test fails if it has another type.
func asError[E error](t *testing.T, what string, err error) E {
	t.Helper()
	var e E
	if !errors.As(err, &e) {
		t.Fatalf("%s: the error is not %s but %T: %v %s", what, reflect.TypeFor[E](), err, err, body(err))
	}
	return e
}

// checkInvalid checks that the service rejected one argument, and its reason.
func checkInvalid(t *testing.T, what string, err error, name, reason string) {
	t.Helper()
	e := asError[*scw.InvalidArgumentsError](t, what, err)
	if len(e.Details) != 1 || e.Details[0].ArgumentName != name || e.Details[0].Reason != reason {
		t.Errorf("%s: want %s %s, got %+v", what, name, reason, e.Details)
	} else if e.Details[0].HelpMessage == "" && reason != "required" {
		t.Errorf("%s: the help message is empty", what)
	}
}

// checkPrecondition checks that the service rejected the request because of a precondition.
func checkPrecondition(t *testing.T, what string, err error, precondition string) {
	t.Helper()
	e := asError[*scw.PreconditionFailedError](t, what, err)
	if e.Precondition != precondition || e.HelpMessage == "" {
		t.Errorf("%s: want %s, got %+v", what, precondition, e)
	}
}

// checkEqual compares two lists in order.
func checkEqual[E comparable](t *testing.T, what string, got, want []E) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: want %v, got %v", what, want, got)
	}
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// uuid returns a random id.
func uuid() string {
	b := random(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
