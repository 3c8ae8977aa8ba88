//go:build cgo && !noscwkms

package scwkms_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"
)

// patience only bounds what is broken.
const patience = time.Minute

// emulator is a running scwkms-emulator and what it said about itself when it was ready.
type emulator struct {
	URL       string `json:"url"`
	CAFile    string `json:"ca_file"`
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
	ProjectID string `json:"project_id"`
	Region    string `json:"region"`
	AdminURL  string `json:"admin_url"`

	command *exec.Cmd
	stdin   io.Closer
	http    *http.Client
}

// startEmulator starts the emulator. It ends with stop, or with this process, whose pipe it reads.
func startEmulator() (*emulator, error) {
	path := os.Getenv("SCWKMS_EMULATOR")
	if path == "" {
		return nil, errors.New("SCWKMS_EMULATOR does not name the emulator's binary: run `make test-go`, " +
			"or `make emulator` and set it to target/debug/scwkms-emulator")
	}
	command := exec.Command(path, "--exit-on-stdin-close")
	command.Stderr = os.Stderr
	stdin, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("starting the emulator: %w", err)
	}
	e := &emulator{command: command, stdin: stdin}
	if err := e.ready(stdout); err != nil {
		return nil, errors.Join(err, e.stop())
	}
	return e, nil
}

func (e *emulator) ready(stdout io.Reader) error {
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("the emulator printed no line: %w", err)
	}
	if err := json.Unmarshal(line, e); err != nil {
		return fmt.Errorf("the emulator printed %q: %w", line, err)
	}
	pem, err := os.ReadFile(e.CAFile)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return fmt.Errorf("%s holds no certificate", e.CAFile)
	}
	// No Proxy: nothing here may leave the machine.
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	e.http = &http.Client{Timeout: patience, Transport: transport}
	return nil
}

func (e *emulator) stop() error {
	if err := e.stdin.Close(); err != nil {
		return err
	}
	return e.command.Wait()
}

// statistics are the emulator's counts since they were last reset.
type statistics struct {
	Requests        int            `json:"requests"`
	Operations      map[string]int `json:"operations"`
	OpenConnections int            `json:"open_connections"`
	MaxInFlight     int            `json:"max_in_flight"`
}

func (e *emulator) statistics(t *testing.T) (s statistics) {
	t.Helper()
	e.admin(t, http.MethodGet, "/stats", nil, &s)
	return s
}

func (e *emulator) resetStatistics(t *testing.T) {
	t.Helper()
	e.admin(t, http.MethodDelete, "/stats", nil, nil)
}

// request is one that the emulator remembers. The times are in microseconds.
type request struct {
	Operation string `json:"operation"`
	Path      string `json:"path"`
	RequestID string `json:"request_id"`
	Started   int64  `json:"started_at_us"`
	Ended     int64  `json:"ended_at_us"`
}

// requests are those since the statistics were last reset, the earliest to end first.
func (e *emulator) requests(t *testing.T) (all []request) {
	t.Helper()
	e.admin(t, http.MethodGet, "/requests", nil, &all)
	return all
}

// fault is what goes wrong with a request, in the emulator's words.
type fault map[string]any

// order makes the next requests of an operation go wrong, until the test's end at most.
func (e *emulator) order(t *testing.T, operation string, times int, what fault) {
	t.Helper()
	t.Cleanup(func() { e.admin(t, http.MethodDelete, "/faults", nil, nil) })
	e.admin(t, http.MethodPost, "/faults", map[string]any{"operation": operation, "times": times, "fault": what}, nil)
}

// orderChance makes requests of an operation go wrong by chance, until the test's end.
func (e *emulator) orderChance(t *testing.T, operation string, probability float64, seed int, what fault) {
	t.Helper()
	t.Cleanup(func() { e.admin(t, http.MethodDelete, "/faults", nil, nil) })
	e.admin(t, http.MethodPost, "/faults", map[string]any{
		"operation": operation, "times": nil, "probability": probability, "seed": seed, "fault": what,
	}, nil)
}

// admin calls one of the emulator's endpoints for tests.
func (e *emulator) admin(t *testing.T, method, path string, body, answer any) {
	t.Helper()
	e.call(t, method, e.AdminURL+path, body, answer)
}

// api calls an endpoint of Key Manager, without the package under test.
func (e *emulator) api(t *testing.T, method, region, path string, body, answer any) {
	t.Helper()
	e.call(t, method, e.URL+"/key-manager/v1alpha1/regions/"+region+"/keys"+path, body, answer)
}

func (e *emulator) call(t *testing.T, method, address string, body, answer any) {
	t.Helper()
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		content = bytes.NewReader(text)
	}
	r, err := http.NewRequest(method, address, content)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Auth-Token", e.SecretKey)
	response, err := e.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s: %s", method, address, response.Status, text)
	}
	if answer == nil {
		return
	}
	if err := json.Unmarshal(text, answer); err != nil {
		t.Fatalf("%s %s: %v: %s", method, address, err, text)
	}
}
