package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/smallstep/certificates/api/render"

	"github.com/scwkms/scwkms/tests/e2e/internal/emulator"
	"github.com/scwkms/scwkms/tests/e2e/internal/stepca"
)

const certificates, requesters = 2000, 32

// strike has each of the faults strike with a probability, until the test ends.
func strike(t *testing.T, operation string, probability float64, faults ...emulator.Fault) {
	t.Helper()
	t.Cleanup(func() {
		if err := service.NoFaults(); err != nil {
			t.Error(err)
		}
	})
	if err := service.AtRandom(operation, probability, faults...); err != nil {
		t.Fatal(err)
	}
}

// report prints figures, for which somebody may look in the output of a run in
// which all went well.
func report(t *testing.T, format string, arguments ...any) {
	fmt.Printf("%s: %s\n", t.Name(), fmt.Sprintf(format, arguments...))
}

// TestStepCAIssuesWhileTheServiceFails has one call in twenty fail, in ways
// that pass with another try, and some come late, while step-ca opens the key
// manager anew twice. No request is lost that four attempts could save.
func TestStepCAIssuesWhileTheServiceFails(t *testing.T) {
	config := authority(t, "ec_p256_sha256", "ec_p256_sha256")
	server := mustStart(t, config)
	c := connect(t, server)
	passing := []emulator.Fault{
		{"kind": "status", "status": 503},
		{"kind": "status", "status": 429, "retry_after": "0"},
		{"kind": "reset", "when": "before"},
		{"kind": "reset", "when": "during"},
		{"kind": "reset", "when": "after"},
		{"kind": "truncate"},
	}
	late := emulator.Fault{"kind": "delay", "milliseconds": 100}
	strike(t, "*", 0.05/float64(len(passing)), append(passing, late)...)

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
		t.Errorf("only %d signatures were retried: the service did not fail as ordered", retried)
	}
	// A reset ends all that is under way on its connection, so that it strikes
	// more than one in twenty; four times in a row it rarely does.
	if most := certificates / 100; len(load.failed) > most {
		t.Errorf("%d requests failed, more than %d", len(load.failed), most)
	}
	for _, line := range failures(t, server, load) {
		if !strings.Contains(line, "4 attempts were made") {
			t.Errorf("another attempt could have saved a request: %s", line)
		}
	}
}

// TestStepCAIssuesNothingWrong has one signature in twenty be wrong. Clients
// get an error instead, whose reason is in step-ca's log.
func TestStepCAIssuesNothingWrong(t *testing.T) {
	config := authority(t, "ec_p256_sha256", "ec_p256_sha256")
	server := mustStart(t, config)
	c := connect(t, server)
	strike(t, "Sign", 0.05/3, emulator.Fault{"kind": "flip"}, emulator.Fault{"kind": "other_key"}, emulator.Fault{"kind": "key_id"})
	sentBefore := requests(t, "Sign")
	load := startLoad(c, requesters, certificates)
	load.wait()
	sent := requests(t, "Sign") - sentBefore
	load.check(t, config)
	if sent != certificates {
		t.Errorf("%d Sign requests were sent for %d certificates: a wrong signature is not asked for again", sent, certificates)
	}
	if least := certificates / 40; len(load.failed) < least {
		t.Errorf("only %d requests failed, less than %d: the service did not answer wrongly as ordered", len(load.failed), least)
	}
	reasons := map[string]int{"not a signature of the digest by the key": 0, "the service's answer is about another key": 0}
	for _, line := range failures(t, server, load) {
		known := false
		for reason := range reasons {
			if strings.Contains(line, reason) {
				reasons[reason]++
				known = true
			}
		}
		if !known {
			t.Errorf("a request failed for a reason that was not ordered: %s", line)
		}
	}
	report(t, "%d issued, %d failed: %v", len(load.issued), len(load.failed), reasons)
	for reason, times := range reasons {
		if times == 0 {
			t.Errorf("no request failed since it was %q", reason)
		}
	}
}

// failures are the lines of step-ca's log that tell why the load's requests
// failed, a line for each. It ends step-ca: only then has it surely written all.
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
		var answer render.StatusCodedError
		if !errors.As(err, &answer) || answer.StatusCode() != http.StatusInternalServerError {
			t.Errorf("a client got another error than that of step-ca: %v", err)
		}
	}
	return lines
}
