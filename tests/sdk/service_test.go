package sdk

import (
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

// service is an emulator as the SDK sees it.
type service struct {
	*emulator
	*km.API
}

func newService(t *testing.T, e *emulator) *service {
	t.Helper()
	return &service{e, e.client(t, scw.WithAuth(e.AccessKey, e.SecretKey), scw.WithDefaultProjectID(e.ProjectID))}
}

// client is an SDK client with the given options on top of what reaches the emulator.
func (e *emulator) client(t *testing.T, opts ...scw.ClientOption) *km.API {
	t.Helper()
	opts = append([]scw.ClientOption{
		scw.WithAPIURL(e.URL), scw.WithHTTPClient(e.http), scw.WithDefaultRegion(scw.Region(e.Region)),
	}, opts...)
	c, err := scw.NewClient(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return km.NewAPI(c)
}

// create makes an unprotected key of an algorithm; edits change the request before it is sent.
func (s *service) create(t *testing.T, algorithm string, edits ...func(*km.CreateKeyRequest)) *km.Key {
	t.Helper()
	q := &km.CreateKeyRequest{
		// A name has no slashes, as subtests' names have.
		Name:        scw.StringPtr(strings.ReplaceAll(t.Name(), "/", "-")),
		Usage:       usageOf(t, algorithm),
		Unprotected: true,
	}
	for _, edit := range edits {
		edit(q)
	}
	return call(t, s.CreateKey, q)
}

func (s *service) get(t *testing.T, id string) *km.Key {
	t.Helper()
	return call(t, s.GetKey, &km.GetKeyRequest{KeyID: id})
}

// disable makes a key refuse its work.
func (s *service) disable(t *testing.T, id string) *km.Key {
	t.Helper()
	return call(t, s.DisableKey, &km.DisableKeyRequest{KeyID: id})
}

func external(q *km.CreateKeyRequest) { q.Origin = km.KeyOriginExternal }

// as is the error as the type E that the SDK must have made of it.
func as[E error](t *testing.T, what string, err error) E {
	t.Helper()
	var e E
	if !errors.As(err, &e) {
		t.Fatalf("%s: want %s, got %T: %v %s", what, reflect.TypeFor[E](), err, err, body(err))
	}
	return e
}

// argument checks that the service blamed one argument for one reason.
func argument(t *testing.T, what string, err error, name, reason string) {
	t.Helper()
	e := as[*scw.InvalidArgumentsError](t, what, err)
	if len(e.Details) != 1 || e.Details[0].ArgumentName != name || e.Details[0].Reason != reason {
		t.Errorf("%s: want %s %s, got %+v", what, name, reason, e.Details)
	} else if e.Details[0].HelpMessage == "" && reason != "required" {
		t.Errorf("%s: a help message should say more", what)
	}
}

// random is n bytes that nothing else has.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// uuid is a random id that names nothing.
func uuid() string {
	b := random(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
