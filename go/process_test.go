//go:build cgo && !noscwkms

package scwkms_test

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

// ownProcess is the variable that names the test for which a process was started.
const ownProcess = "SCWKMS_TEST_OF_ITS_OWN"

// inOwnProcess runs a test in a process of its own, with an emulator of its own, so that threads
// which other tests have left behind do not count.
func inOwnProcess(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	if os.Getenv(ownProcess) == t.Name() {
		test(t)
		return
	}
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(path, "-test.run=^"+t.Name()+"$", "-test.count=1")
	// The scheduler may have as many threads as there are processors, at least.
	command.Env = append(append([]string{}, ownEnvironment...), ownProcess+"="+t.Name(), "GOMAXPROCS=2")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

var threadsLine = regexp.MustCompile(`(?m)^Threads:\s*(\d+)$`)

// threads is how many threads this process has. Go keeps those that it has started, so it tells how
// many were ever needed.
func threads(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	line := threadsLine.FindSubmatch(status)
	if line == nil {
		t.Fatalf("no number of threads in %s", status)
	}
	count, err := strconv.Atoi(string(line[1]))
	if err != nil {
		t.Fatal(err)
	}
	return count
}
