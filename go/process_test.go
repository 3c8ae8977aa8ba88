//go:build cgo && !noscwkms

package scwkms_test

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

// ownProcess is the environment variable that names the test for which a process was started.
const ownProcess = "SCWKMS_TEST_OF_ITS_OWN"

// inOwnProcess runs a test in a new process with its own emulator, so that it sees no threads and no
// memory of other tests.
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
	// The scheduler may use at least as many threads as there are processors.
	command.Env = append(append([]string{}, ownEnvironment...), ownProcess+"="+t.Name(), "GOMAXPROCS=2")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// maxThreads is the number of threads that a process may have, however many calls wait: those of
// the Go runtime, those of a few blocking calls, and the library's.
const maxThreads = 32

var threadsLine = regexp.MustCompile(`(?m)^Threads:\s*(\d+)$`)

// countThreads returns the number of threads of this process. Go keeps the threads that it has
// started, so this is also the largest number so far.
func countThreads(t *testing.T) int {
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
