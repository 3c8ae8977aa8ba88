package sdk

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scwkms/scwkms/go/scwkmstest"
)

// library is a process of scwkms-interop, which calls operations of scwkms.
type library struct {
	stdin  io.Writer
	stdout *bufio.Scanner
}

// arguments are those of an operation of scwkms. The names are those of the service.
type arguments map[string]any

// newLibrary starts scwkms-interop, whose binary is beside the emulator's. It ends with the test.
func newLibrary(t *testing.T, s *service) *library {
	t.Helper()
	program := filepath.Join(filepath.Dir(os.Getenv(scwkmstest.Variable)), "scwkms-interop")
	cmd := exec.Command(program, s.FullURI("timeout", "2m"))
	cmd.Env = s.Isolate(os.Environ(), t.TempDir())
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("scwkms-interop: %v", err)
		}
	})
	scanner := bufio.NewScanner(stdout)
	scanner.Buffer(nil, 1<<20)
	return &library{stdin, scanner}
}

// try calls an operation, and returns its result and the text of its error.
func (l *library) try(t *testing.T, operation string, args arguments) (json.RawMessage, string) {
	t.Helper()
	call := arguments{"operation": operation}
	for name, value := range args {
		call[name] = value
	}
	line, err := json.Marshal(call)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.stdin.Write(append(line, '\n')); err != nil {
		t.Fatal(err)
	}
	if !l.stdout.Scan() {
		t.Fatalf("%s: scwkms-interop ended: %v", operation, l.stdout.Err())
	}
	var response struct {
		Result json.RawMessage `json:"result"`
		Error  string          `json:"error"`
	}
	if err := json.Unmarshal(l.stdout.Bytes(), &response); err != nil {
		t.Fatal(err)
	}
	return response.Result, response.Error
}

// fromLibrary calls an operation that must succeed, and reads its result as the SDK reads a response.
func fromLibrary[R any](t *testing.T, l *library, operation string, args arguments) R {
	t.Helper()
	result, failure := l.try(t, operation, args)
	if failure != "" {
		t.Fatalf("%s: %s", operation, failure)
	}
	var r R
	if err := json.Unmarshal(result, &r); err != nil {
		t.Fatalf("%s: %v: %s", operation, err, result)
	}
	return r
}

// call calls an operation that must succeed and has no result.
func (l *library) call(t *testing.T, operation string, args arguments) {
	t.Helper()
	if _, failure := l.try(t, operation, args); failure != "" {
		t.Fatalf("%s: %s", operation, failure)
	}
}

// fail calls an operation that must fail.
func (l *library) fail(t *testing.T, operation string, args arguments) {
	t.Helper()
	if result, failure := l.try(t, operation, args); failure == "" {
		t.Errorf("%s succeeded: %s", operation, result)
	}
}

// checkSame checks that the library and the SDK read the same.
func checkSame(t *testing.T, what string, library, sdk any) {
	t.Helper()
	texts := [2]string{}
	for i, value := range []any{library, sdk} {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = string(text)
	}
	if texts[0] != texts[1] {
		t.Errorf("%s: the library read\n%s\nand the SDK\n%s", what, texts[0], texts[1])
	}
}

// withoutDifferences returns a key without the differences that the library makes: it has no srn, and reads a missing
// description as an empty one.
func withoutDifferences(k *km.Key) km.Key {
	c := *k
	c.Srn = ""
	if c.Description == nil {
		c.Description = new(string)
	}
	return c
}

// checkSameKey checks that a key of the library is as the SDK reads it now.
func (s *service) checkSameKey(t *testing.T, what string, k km.Key) {
	t.Helper()
	checkSame(t, what, withoutDifferences(&k), withoutDifferences(s.get(t, k.ID)))
}
