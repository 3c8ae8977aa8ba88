package sdk

import (
	"slices"
	"testing"
)

// same compares two lists in order.
func same[E comparable](t *testing.T, what string, got, want []E) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: want %v, got %v", what, want, got)
	}
}

// second is the error of a call whose answer does not matter.
func second[A any](_ A, err error) error { return err }
