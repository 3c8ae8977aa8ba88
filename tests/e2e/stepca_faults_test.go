package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/smallstep/certificates/api/render"

	"github.com/scwkms/scwkms/go/scwkmstest"
	"github.com/scwkms/scwkms/tests/e2e/internal/stepca"
)

const certificates, requesters = 2000, 32

// report prints the figures of a test, even if the test passes.
func report(t *testing.T, format string, arguments ...any) {
	fmt.Printf("%s: %s\n", t.Name(), fmt.Sprintf(format, arguments...))
}

// failTransiently makes one request in twenty fail or arrive late until the end of
// the test; a retry can succeed.
func failTransiently(t *testing.T) {
	t.Helper()
	transient := []scwkmstest.Fault{
		{"kind": "status", "status": 503},
		{"kind": "status", "status": 429, "retry_after": "0"},
		{"kind": "reset", "when": "before"},
		{"kind": "reset", "when": "during"},
		{"kind": "reset", "when": "after"},
		{"kind": "truncate"},
	}
	late := scwkmstest.Fault{"kind": "delay", "milliseconds": 100}
	service.In(t).FailRandomly("*", 0.05/float64(len(transient)), append(transient, late)...)
}

// TestStepCAIssuesWhileTheServiceFails makes step-ca reload twice while requests
// fail. A certificate may only be lost after four attempts.
func TestStepCAIssuesWhileTheServiceFails(t *testing.T) {
	config := authority(t, "ec_p256_sha256", "ec_p256_sha256")
	server := mustStart(t, config)
	c := connect(t, server)
	failTransiently(t)

	begun, sentBefore := time.Now(), requests(t, "Sign")
	load := startLoad(c, requesters, certificates)
	defer load.stop()
	const reloads = 2
	for n := range reloads {
		load.more(certificates / (reloads + 1))
		reload(t, server, fmt.Sprintf("added-%d", n))
	}
	load.wait()
	took := time.Since(begun)
	retried := requests(t, "Sign") - sentBefore - len(load.issued) - len(load.failed) - reloads
	report(t, "%d issued, %d signatures retried, %d requests to step-ca cut off and retried, %d failed, in %.1f s",
		len(load.issued), retried, load.cut, len(load.failed), took.Seconds())
	load.check(t, config)

	if retried < certificates/40 {
		t.Errorf("only %d signatures were retried, which is too few for the ordered faults", retried)
	}
	// A reset fails all requests in flight on its connection, thus more than one in
	// twenty. Four failures in a row are rare.
	if limit := certificates / 100; len(load.failed) > limit {
		t.Errorf("%d requests failed, more than %d", len(load.failed), limit)
	}
	for _, line := range failures(t, server, load) {
		if !strings.Contains(line, "4 attempts were made") {
			t.Errorf("a request failed with attempts left: %s", line)
		}
	}
}

// TestStepCAIssuesNothingWrong makes one signature in twenty invalid. A client
// gets an error, and step-ca's log contains the reason.
func TestStepCAIssuesNothingWrong(t *testing.T) {
	config := authority(t, "ec_p256_sha256", "ec_p256_sha256")
	server := mustStart(t, config)
	c := connect(t, server)
	service.In(t).FailRandomly("Sign", 0.05/3,
		scwkmstest.Fault{"kind": "flip"}, scwkmstest.Fault{"kind": "other_key"}, scwkmstest.Fault{"kind": "key_id"})
	sentBefore := requests(t, "Sign")
	load := startLoad(c, requesters, certificates)
	load.wait()
	sent := requests(t, "Sign") - sentBefore
	load.check(t, config)
	if sent != certificates {
		t.Errorf("%d Sign requests were sent for %d certificates: an invalid signature must not be retried", sent, certificates)
	}
	if limit := certificates / 40; len(load.failed) < limit {
		t.Errorf("only %d requests failed, fewer than %d, which is too few for the ordered faults", len(load.failed), limit)
	}
	reasons := map[string]int{"not a signature of the digest by the key": 0, "is about another key": 0}
	for _, line := range failures(t, server, load) {
		known := false
		for reason := range reasons {
			if strings.Contains(line, reason) {
				reasons[reason]++
				known = true
			}
		}
		if !known {
			t.Errorf("a request failed for another reason: %s", line)
		}
	}
	report(t, "%d issued, %d failed: %v", len(load.issued), len(load.failed), reasons)
	for reason, times := range reasons {
		if times == 0 {
			t.Errorf("no request failed with %q", reason)
		}
	}
}

// failures returns the lines of step-ca's log about the load's failed requests, one
// line for each. It stops step-ca, because its log is complete only then.
func failures(t *testing.T, server *stepca.Server, l *load) []string {
	t.Helper()
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(server.Log()) {
		if strings.Contains(line, "level=error") {
			lines = append(lines, line)
		}
	}
	if len(lines) != len(l.failed) {
		t.Errorf("%d requests failed, and step-ca logged %d errors", len(l.failed), len(lines))
	}
	for _, err := range l.failed {
		var response render.StatusCodedError
		if !errors.As(err, &response) || response.StatusCode() != http.StatusInternalServerError {
			t.Errorf("a client got an error that is not a response of step-ca: %v", err)
		}
	}
	return lines
}
