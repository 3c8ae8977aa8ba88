// Package emulator runs scwkms-emulator, the Key Manager on loopback.
package emulator

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
	"net/url"
	"os"
	"os/exec"

	"go.step.sm/crypto/kms/uri"
)

// Emulator is one that runs.
type Emulator struct {
	URL       string `json:"url"`
	CAFile    string `json:"ca_file"`
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
	ProjectID string `json:"project_id"`
	Region    string `json:"region"`
	AdminURL  string `json:"admin_url"`

	command *exec.Cmd
	stdin   io.Closer
	admin   *http.Client
}

// Start starts the emulator that SCWKMS_EMULATOR names. It ends with Close,
// or with this process, whose pipe it reads.
func Start() (*Emulator, error) {
	path := os.Getenv("SCWKMS_EMULATOR")
	if path == "" {
		return nil, errors.New("SCWKMS_EMULATOR does not name the emulator's binary: run `make test` or `make demo`")
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
	e := &Emulator{command: command, stdin: stdin}
	if err := e.ready(stdout); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

func (e *Emulator) ready(stdout io.Reader) error {
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("the emulator printed no address: %w", err)
	}
	if err := json.Unmarshal(line, e); err != nil {
		return fmt.Errorf("the emulator printed %q: %w", line, err)
	}
	pem, err := os.ReadFile(e.CAFile)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	e.admin = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	return nil
}

// Close ends the emulator.
func (e *Emulator) Close() error {
	e.stdin.Close()
	return e.command.Wait()
}

// Env are the settings that every Scaleway client reads.
func (e *Emulator) Env() []string {
	return []string{
		"SCW_API_URL=" + e.URL,
		"SCW_ACCESS_KEY=" + e.AccessKey,
		"SCW_SECRET_KEY=" + e.SecretKey,
		"SCW_DEFAULT_PROJECT_ID=" + e.ProjectID,
		"SCW_DEFAULT_REGION=" + e.Region,
	}
}

// ClientURI is a client's URI with the setting that the environment cannot
// give, the emulator's own certificate authority, and the given ones.
func (e *Emulator) ClientURI(values ...string) string {
	return URI(append(values, "ca-file", e.CAFile)...)
}

// FullURI holds all settings, the secret among them: for programs that are to
// work without any environment.
func (e *Emulator) FullURI() string {
	return e.ClientURI("api-url", e.URL, "access-key", e.AccessKey, "secret-key", e.SecretKey,
		"project-id", e.ProjectID, "region", e.Region)
}

// URI writes a scwkms URI of names and values in turn.
func URI(values ...string) string {
	parts := url.Values{}
	for i := 0; i < len(values); i += 2 {
		parts.Set(values[i], values[i+1])
	}
	return uri.New("scwkms", parts).String()
}

// Requests is how many requests of an operation the emulator has answered
// since it started; "" counts all.
func (e *Emulator) Requests(operation string) (int, error) {
	var stats struct {
		Requests   int            `json:"requests"`
		Operations map[string]int `json:"operations"`
	}
	if err := e.call(http.MethodGet, "/stats", nil, &stats); err != nil {
		return 0, err
	}
	if operation == "" {
		return stats.Requests, nil
	}
	return stats.Operations[operation], nil
}

// Fault is what goes wrong with an answer, as docs/emulator.md describes it.
type Fault map[string]any

// Delay makes the next answers of an operation late.
func (e *Emulator) Delay(operation string, times, milliseconds int) error {
	return e.order(operation, map[string]any{"times": times, "fault": Fault{"kind": "delay", "milliseconds": milliseconds}})
}

// AtRandom has each of the faults strike a request of an operation with a
// probability, until NoFaults.
func (e *Emulator) AtRandom(operation string, probability float64, faults ...Fault) error {
	for seed, fault := range faults {
		if err := e.order(operation, map[string]any{
			"times": nil, "probability": probability, "seed": seed, "fault": fault,
		}); err != nil {
			return err
		}
	}
	return nil
}

// NoFaults ends all faults.
func (e *Emulator) NoFaults() error {
	return e.call(http.MethodDelete, "/faults", nil, nil)
}

func (e *Emulator) order(operation string, order map[string]any) error {
	order["operation"] = operation
	return e.call(http.MethodPost, "/faults", order, nil)
}

// CreateSymmetricKey makes a key that step's tools know no word for.
func (e *Emulator) CreateSymmetricKey(name, tag string) error {
	path := e.URL + "/key-manager/v1alpha1/regions/" + e.Region + "/keys"
	return e.request(http.MethodPost, path, map[string]any{
		"project_id": e.ProjectID,
		"name":       name,
		"usage":      map[string]string{"symmetric_encryption": "aes_256_gcm"},
		"tags":       []string{tag},
	}, nil)
}

func (e *Emulator) call(method, path string, body, answer any) error {
	return e.request(method, e.AdminURL+path, body, answer)
}

func (e *Emulator) request(method, address string, body, answer any) error {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, address, content)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Auth-Token", e.SecretKey)
	response, err := e.admin.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", method, address, response.Status, text)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(text, answer)
}
