package scwkmstest

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// Variable is the environment variable that names the emulator's binary.
const Variable = "SCWKMS_EMULATOR"

// maxWait bounds the time that a working emulator needs for anything: to start, to respond, to stop.
const maxWait = time.Minute

// Emulator is a running scwkms-emulator. The exported fields are those of its JSON ready line.
type Emulator struct {
	URL string `json:"url"`
	// CAFile holds the certificate authority of the emulator's certificate. It is empty with --plain.
	CAFile         string `json:"ca_file"`
	AccessKey      string `json:"access_key"`
	SecretKey      string `json:"secret_key"`
	ProjectID      string `json:"project_id"`
	OrganizationID string `json:"organization_id"`
	Region         string `json:"region"`
	// AdminURL is the prefix of the endpoints that control the emulator.
	AdminURL string `json:"admin_url"`

	command *exec.Cmd
	stdin   io.Closer
	stdout  io.Reader
	client  *http.Client
	stop    func() error
}

// New starts an emulator for a test, with further arguments such as "--plain". It stops when the
// test ends. If it does not start, or does not stop cleanly, the test fails.
func New(t testing.TB, args ...string) *Emulator {
	t.Helper()
	e, err := Start(args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Stop(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// Start starts the emulator that SCWKMS_EMULATOR names, with further arguments, and returns when it
// is ready. It runs until Stop is called or this process ends, even if this process crashes.
func Start(args ...string) (*Emulator, error) {
	path := os.Getenv(Variable)
	if path == "" {
		return nil, errors.New(Variable + " is not set: it names the binary of the emulator. `make test` sets it; " +
			"without make, build the emulator with `make emulator` and set the variable to the absolute path of " +
			"target/debug/scwkms-emulator")
	}
	return StartProgram(path, args...)
}

// StartProgram is Start for the binary at a path.
func StartProgram(path string, args ...string) (*Emulator, error) {
	args = append([]string{"--exit-on-stdin-close", "--rate-limit", "0"}, args...)
	e := &Emulator{command: exec.Command(path, args...)}
	e.stop = sync.OnceValue(e.stopProcess)
	if err := e.startProcess(); err != nil {
		return nil, fmt.Errorf("starting the emulator: %w", err)
	}
	if err := e.ready(); err != nil {
		return nil, errors.Join(fmt.Errorf("starting the emulator: %w", err), e.Stop())
	}
	return e, nil
}

func (e *Emulator) startProcess() (err error) {
	e.command.Stderr = os.Stderr
	if e.stdin, err = e.command.StdinPipe(); err != nil {
		return err
	}
	if e.stdout, err = e.command.StdoutPipe(); err != nil {
		return err
	}
	return e.command.Start()
}

func (e *Emulator) ready() error {
	timer := time.AfterFunc(maxWait, e.kill)
	line, err := bufio.NewReader(e.stdout).ReadBytes('\n')
	if !timer.Stop() {
		return fmt.Errorf("it is not ready after %s", maxWait)
	}
	if err != nil {
		return fmt.Errorf("it printed no ready line: %w", err)
	}
	if err := json.Unmarshal(line, e); err != nil {
		return fmt.Errorf("it printed %q: %w", line, err)
	}
	e.client, err = newClient(e.URL, e.CAFile)
	return err
}

// Stop stops the emulator and returns an error if it does not end cleanly. Further calls return the
// result of the first.
func (e *Emulator) Stop() error { return e.stop() }

func (e *Emulator) stopProcess() error {
	if e.client != nil {
		e.client.CloseIdleConnections()
	}
	closed := e.stdin.Close()
	timer := time.AfterFunc(maxWait, e.kill)
	// Wait closes the pipe, so the output is read first.
	_, read := io.Copy(io.Discard, e.stdout)
	ended := e.command.Wait()
	if !timer.Stop() {
		ended = fmt.Errorf("it did not end within %s after its standard input was closed", maxWait)
	}
	if err := errors.Join(closed, read, ended); err != nil {
		return fmt.Errorf("stopping the emulator: %w", err)
	}
	return nil
}

func (e *Emulator) kill() { _ = e.command.Process.Kill() }
