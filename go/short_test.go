//go:build cgo && !noscwkms

package scwkms_test

import "testing"

// Reasons for which a test does not run with -short.
const (
	manyCalls      = "with a garbage collection at each call it would take minutes"
	longWaits      = "it waits many seconds for the rate limit, which does not depend on this run"
	buildsPrograms = "it compiles all packages again for other settings; they do not depend on those of this run"
)

// skipInShortRun skips a test with -short. make test runs all tests without
// -short first. Its further runs, with other settings and dependencies, are
// short.
func skipInShortRun(t *testing.T, reason string) {
	t.Helper()
	if testing.Short() {
		t.Skip(reason)
	}
}
