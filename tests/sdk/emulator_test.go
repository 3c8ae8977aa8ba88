package sdk

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// The emulator's answer to a working command is quick; this only bounds a broken one.
const patience = time.Minute

// emulator is a running scwkms-emulator and what it said about itself when it was ready.
type emulator struct {
	URL            string `json:"url"`
	CAFile         string `json:"ca_file"`
	AccessKey      string `json:"access_key"`
	SecretKey      string `json:"secret_key"`
	ProjectID      string `json:"project_id"`
	OrganizationID string `json:"organization_id"`
	Region         string `json:"region"`
	AdminURL       string `json:"admin_url"`

	http  *http.Client
	stdin io.Closer
	ended chan error
	end   func() error
}

func startEmulator(options ...string) (*emulator, error) {
	path := os.Getenv("SCWKMS_EMULATOR")
	if path == "" {
		return nil, errors.New("SCWKMS_EMULATOR is not set: it names the emulator to test. " +
			"`make test` sets it; by hand, build it with `cargo build --release -p scwkms-emulator` and run " +
			"`SCWKMS_EMULATOR=/path/to/target/release/scwkms-emulator go test -count=1 ./...`")
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("the emulator that SCWKMS_EMULATOR names: %w", err)
	}
	// The pipe on its standard input ends the emulator with this process, however that ends.
	cmd := exec.Command(path, append([]string{"--exit-on-stdin-close"}, options...)...)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the emulator: %w", err)
	}
	e := &emulator{stdin: stdin, ended: make(chan error, 1)}
	e.end = sync.OnceValue(e.closeAndWait)
	ready := make(chan error, 1)
	go func() {
		line, err := bufio.NewReader(stdout).ReadBytes('\n')
		if err == nil {
			err = json.Unmarshal(line, e)
		}
		ready <- err
		_, _ = io.Copy(io.Discard, stdout)
		e.ended <- cmd.Wait()
	}()
	select {
	case err = <-ready:
	case <-time.After(patience):
		err = errors.New("not ready in time")
	}
	if err == nil {
		err = e.connect()
	}
	if err != nil {
		_ = cmd.Process.Kill()
		return nil, fmt.Errorf("the emulator's first line: %w", err)
	}
	return e, nil
}

func (e *emulator) connect() error {
	u, err := url.Parse(e.URL)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%s is not on loopback", e.URL)
	}
	var roots *x509.CertPool
	if e.CAFile != "" {
		pem, err := os.ReadFile(e.CAFile)
		if err != nil {
			return err
		}
		roots = x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return fmt.Errorf("%s holds no certificate", e.CAFile)
		}
	} else if u.Scheme != "http" {
		return fmt.Errorf("no ca_file for %s", e.URL)
	}
	e.http = &http.Client{
		Timeout: patience,
		// No Proxy: nothing here may leave the machine.
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true},
	}
	return nil
}

// stop ends the emulator the way a dying parent does and tells how it ended.
func (e *emulator) stop() error { return e.end() }

func (e *emulator) closeAndWait() error {
	e.http.CloseIdleConnections()
	_ = e.stdin.Close()
	select {
	case err := <-e.ended:
		return err
	case <-time.After(patience):
		return errors.New("the emulator did not end when its standard input was closed")
	}
}

// The one emulator that most tests share, since each key is its own world.
var common struct {
	sync.Mutex
	*emulator
	err error
}

func shared(t *testing.T) *service {
	t.Helper()
	common.Lock()
	defer common.Unlock()
	if common.emulator == nil && common.err == nil {
		common.emulator, common.err = startEmulator()
	}
	if common.err != nil {
		t.Fatal(common.err)
	}
	return newService(t, common.emulator)
}

// private starts an emulator for one test that needs to know all that is in it.
func private(t *testing.T, options ...string) *service {
	t.Helper()
	e, err := startEmulator(options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.stop(); err != nil {
			t.Error(err)
		}
	})
	return newService(t, e)
}

func TestTheEmulatorEndsWithItsParent(t *testing.T) {
	t.Parallel()
	e, err := startEmulator()
	if err != nil {
		t.Fatal(err)
	}
	if err := e.stop(); err != nil {
		t.Errorf("it should end cleanly: %v", err)
	}
	if _, err := os.Stat(e.CAFile); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its certificate file should be gone, but: %v", err)
	}
}

func TestTwoEmulatorsShareNothing(t *testing.T) {
	t.Parallel()
	one, two := private(t), private(t)
	for what, pair := range map[string][2]string{
		"url": {one.URL, two.URL}, "secret_key": {one.SecretKey, two.SecretKey},
		"access_key": {one.AccessKey, two.AccessKey}, "project_id": {one.ProjectID, two.ProjectID},
	} {
		if pair[0] == pair[1] {
			t.Errorf("both have the %s %s", what, pair[0])
		}
	}
	if resp, err := one.http.Get(two.URL); err == nil {
		resp.Body.Close()
		t.Error("the second one's certificate passes under the first one's authority")
	}
}
