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

// calls holds the names of the SDK's operations that were called with success.
var calls sync.Map

func record(method any, err error) {
	if err == nil {
		calls.Store(operation(method), true)
	}
}

// operation is the name of a method value such as api.Sign.
func operation(method any) string {
	name := runtime.FuncForPC(reflect.ValueOf(method).Pointer()).Name()
	return strings.TrimSuffix(name[strings.LastIndex(name, ".")+1:], "-fm")
}

// try calls an operation and leaves the judgement of its outcome to the caller.
func try[Q, A any](method func(*Q, ...scw.RequestOption) (A, error), q *Q, opts ...scw.RequestOption) (A, error) {
	a, err := method(q, opts...)
	record(method, err)
	return a, err
}

// call calls an operation that must succeed.
func call[Q, A any](t *testing.T, method func(*Q, ...scw.RequestOption) (A, error), q *Q, opts ...scw.RequestOption) A {
	t.Helper()
	a, err := try(method, q, opts...)
	if err != nil {
		t.Fatalf("%s: %v\n%s", operation(method), err, body(err))
	}
	return a
}

// tell is try for the operations that answer with nothing.
func tell[Q any](method func(*Q, ...scw.RequestOption) error, q *Q) error {
	err := method(q)
	record(method, err)
	return err
}

// do is call for the operations that answer with nothing.
func do[Q any](t *testing.T, method func(*Q, ...scw.RequestOption) error, q *Q) {
	t.Helper()
	if err := tell(method, q); err != nil {
		t.Fatalf("%s: %v\n%s", operation(method), err, body(err))
	}
}

// body is the answer's text that an error of the SDK was made from.
func body(err error) string {
	var raw interface{ GetRawBody() json.RawMessage }
	if errors.As(err, &raw) {
		return string(raw.GetRawBody())
	}
	return ""
}

// operations are the names of the SDK's methods that speak to the service.
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

func uncalled(called *sync.Map) []string {
	var names []string
	for _, name := range operations() {
		if _, ok := called.Load(name); !ok {
			names = append(names, name)
		}
	}
	return names
}

// The guard itself: it must see all operations, and miss each one that was not called.
func TestUncalledOperationsAreNoticed(t *testing.T) {
	all := operations()
	if len(all) < 24 {
		t.Fatalf("only %d operations found: %v", len(all), all)
	}
	var called sync.Map
	var api *km.API
	called.Store(operation(api.Sign), true)
	missing := uncalled(&called)
	if len(missing) != len(all)-1 {
		t.Errorf("one of %d was called, %d are missing", len(all), len(missing))
	}
	for _, name := range missing {
		if name == "Sign" {
			t.Error("Sign was called")
		}
	}
}
