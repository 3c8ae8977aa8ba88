package sdk

import (
	"encoding/json"
	"errors"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

// succeeded holds the names of the SDK's operations that succeeded at least once.
var succeeded sync.Map

func record(method any, err error) {
	if err == nil {
		succeeded.Store(operation(method), true)
	}
}

// operation returns the name of a method value such as api.Sign.
func operation(method any) string {
	name := runtime.FuncForPC(reflect.ValueOf(method).Pointer()).Name()
	return strings.TrimSuffix(name[strings.LastIndex(name, ".")+1:], "-fm")
}

// try calls an operation that may fail.
func try[Q, R any](method func(*Q, ...scw.RequestOption) (R, error), q *Q, opts ...scw.RequestOption) (R, error) {
	r, err := method(q, opts...)
	record(method, err)
	return r, err
}

// call calls an operation that must succeed.
func call[Q, R any](t *testing.T, method func(*Q, ...scw.RequestOption) (R, error), q *Q, opts ...scw.RequestOption) R {
	t.Helper()
	r, err := try(method, q, opts...)
	if err != nil {
		t.Fatalf("%s: %v\n%s", operation(method), err, body(err))
	}
	return r
}

// tryEmpty is try for an operation whose response has no body.
func tryEmpty[Q any](method func(*Q, ...scw.RequestOption) error, q *Q) error {
	err := method(q)
	record(method, err)
	return err
}

// callEmpty is call for an operation whose response has no body.
func callEmpty[Q any](t *testing.T, method func(*Q, ...scw.RequestOption) error, q *Q) {
	t.Helper()
	if err := tryEmpty(method, q); err != nil {
		t.Fatalf("%s: %v\n%s", operation(method), err, body(err))
	}
}

// errorOf drops the response of an operation.
func errorOf[R any](_ R, err error) error { return err }

// body returns the text of the response that the SDK converted to an error.
func body(err error) string {
	var raw interface{ GetRawBody() json.RawMessage }
	if errors.As(err, &raw) {
		return string(raw.GetRawBody())
	}
	return ""
}

// operations returns the names of the SDK's methods that send requests.
func operations() []string {
	var names []string
	option := reflect.TypeFor[[]scw.RequestOption]()
	for m := range reflect.TypeFor[*km.API]().Methods() {
		if n := m.Type.NumIn(); m.Type.In(n-1) == option {
			names = append(names, m.Name)
		}
	}
	return names
}

func withoutSuccess(succeeded *sync.Map) []string {
	var names []string
	for _, name := range operations() {
		if _, ok := succeeded.Load(name); !ok {
			names = append(names, name)
		}
	}
	return names
}

// TestOperationsWithoutSuccessAreDetected tests the check of TestMain.
func TestOperationsWithoutSuccessAreDetected(t *testing.T) {
	all := operations()
	if len(all) < 24 {
		t.Fatalf("only %d operations found: %v", len(all), all)
	}
	var succeeded sync.Map
	var api *km.API
	succeeded.Store(operation(api.Sign), true)
	missing := withoutSuccess(&succeeded)
	if len(missing) != len(all)-1 {
		t.Errorf("1 of %d operations succeeded, but %d are missing", len(all), len(missing))
	}
	for _, name := range missing {
		if name == "Sign" {
			t.Error("Sign succeeded, but it is missing")
		}
	}
}
