//go:build cgo && !noscwkms

package scwkms_test

import (
	"bytes"
	"strings"
	"testing"
)

// Programs are built without cgo, or without scwkms, and say so once they need it.
func TestStubs(t *testing.T) {
	for _, test := range []struct {
		name     string
		settings []string
		words    []string
	}{
		{"without cgo", []string{"CGO_ENABLED=0"}, stubWords["no cgo"]},
		{"without scwkms", []string{"CGO_ENABLED=1", "GOFLAGS=-tags=noscwkms"}, stubWords["noscwkms"]},
		{"without both", []string{"CGO_ENABLED=0", "GOFLAGS=-tags=noscwkms"}, stubWords["noscwkms"]},
	} {
		t.Run(test.name, func(t *testing.T) {
			program := buildProgram(t, test.settings...)
			var stderr bytes.Buffer
			sendsNothing(t, func() {
				if out, err := runProgram(t, program, &stderr, clientURI(), noKey); err == nil {
					t.Errorf("the program succeeds: %s", out)
				}
			})
			for _, word := range test.words {
				if !strings.Contains(stderr.String(), word) {
					t.Errorf("%q is not in: %s", word, &stderr)
				}
			}
			// The tests of the stubs themselves, which this build leaves out.
			if out := goCommand(t, ".", append(test.settings, "test", "-v", ".")...); !strings.Contains(out, "--- PASS: TestStub") {
				t.Errorf("no test of the stub was run: %s", out)
			}
		})
	}
}
