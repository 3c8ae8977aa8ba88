//go:build cgo && !noscwkms

package scwkms_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
	"github.com/scwkms/scwkms/go/scwkmstest"
)

// clientURI returns the URI of a client that takes nothing from the environment, with further
// parameters as alternating names and values. An empty value removes a parameter.
func clientURI(parameters ...string) string {
	all := strings.Split(strings.TrimPrefix(service.FullURI(parameters...), "scwkms:"), ";")
	return "scwkms:" + strings.Join(slices.DeleteFunc(all, func(p string) bool { return strings.HasSuffix(p, "=") }), ";")
}

// open opens a manager with clientURI.
func open(t *testing.T, parameters ...string) *scwkms.KMS {
	t.Helper()
	return openWith(t, apiv1.Options{URI: clientURI(parameters...)})
}

func openWith(t *testing.T, options apiv1.Options) *scwkms.KMS {
	t.Helper()
	manager, err := scwkms.New(context.Background(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := manager.Close(); err != nil {
			t.Error(err)
		}
	})
	return manager
}

// openUnclosed opens a manager that is not closed at the end of the test.
func openUnclosed(t *testing.T) *scwkms.KMS {
	t.Helper()
	manager, err := scwkms.New(t.Context(), apiv1.Options{URI: clientURI()})
	if err != nil {
		t.Fatal(err)
	}
	return manager
}

// useOwnService gives a test its own emulator. A test that cancels operations needs it: requests that
// are still in flight, or that arrive late, would count in the next test. The arguments are those of
// the emulator.
func useOwnService(t *testing.T, args ...string) {
	t.Helper()
	shared, keys := service, sharedKeys
	service, sharedKeys = scwkmstest.New(t, args...), map[string]serviceKey{}
	t.Cleanup(func() { service, sharedKeys = shared, keys })
}

// wantRequests runs an action that must send these requests, counted by operation, and no others.
func wantRequests(t *testing.T, want map[string]int, action func()) {
	t.Helper()
	service.In(t).ResetStats()
	action()
	if got := service.In(t).Stats().Operations; !maps.Equal(got, want) {
		t.Errorf("the requests were %v, not %v", got, want)
	}
}

// wantNoRequests runs an action that must send no request.
func wantNoRequests(t *testing.T, action func()) {
	t.Helper()
	wantRequests(t, nil, action)
}
