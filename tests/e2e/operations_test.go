package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/scwkms/scwkms/go/scwkmstest"
	"github.com/scwkms/scwkms/tests/e2e/internal/stepca"
	"github.com/scwkms/scwkms/tests/e2e/internal/tools"
)

const unitPath = "packaging/systemd/step-ca.service"

// TestUnitIsValid has systemd check the unit. The tests cannot start it, since that needs a
// machine whose init system is systemd.
func TestUnitIsValid(t *testing.T) {
	program, err := tools.Built("step-ca")
	if err != nil {
		t.Fatal(err)
	}
	unit := filepath.Join(t.TempDir(), "step-ca.service")
	write(t, unit, strings.ReplaceAll(readFile(t, unitPath), "/usr/local/bin/step-ca", program))
	analyze := tools.Command{Path: find(t, "systemd-analyze"), Dir: t.TempDir(), Env: os.Environ()}
	if out, stderr, err := analyze.Both(nil, "verify", "--man=no", unit); err != nil || len(out)+len(stderr) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s%s", err, out, stderr)
	}
}

// TestUnitIsDocumented: each setting in the page's table is a line of the unit.
func TestUnitIsDocumented(t *testing.T) {
	unit := "\n" + readFile(t, unitPath)
	rows := regexp.MustCompile("(?m)^\\| `([A-Za-z]+=[^`]*)`(?:, `([A-Za-z]+=[^`]*)`)? \\|").
		FindAllStringSubmatch(readFile(t, "docs", "operations.md"), -1)
	if len(rows) < 5 {
		t.Fatalf("docs/operations.md explains %d settings", len(rows))
	}
	for _, row := range rows {
		for _, setting := range row[1:] {
			if setting != "" && !strings.Contains(unit, "\n"+setting+"\n") {
				t.Errorf("the unit does not contain %s", setting)
			}
		}
	}
}

// TestUnitProvidesTheCredentials starts step-ca with the variables of the unit and of its
// environment file, as the page shows it.
func TestUnitProvidesTheCredentials(t *testing.T) {
	d := deploy(t)
	credentials := t.TempDir()
	write(t, filepath.Join(credentials, "scw-secret-key"), d.emulator.SecretKey+"\n")
	variable := regexp.MustCompile(`(?m)^Environment=(.*)$`).FindStringSubmatch(readFile(t, unitPath))
	file := strings.NewReplacer("SCWXXXXXXXXXXXXXXXXX", d.emulator.AccessKey, "fr-par", d.emulator.Region).
		Replace(block(t, "operations.md", "check: scaleway.env"))
	variables := append(strings.Split(strings.TrimSpace(file), "\n"), strings.ReplaceAll(variable[1], "%d", credentials))
	issue(t, connect(t, d.start(t, variables...)), d.config)
}

// monitored is a running CA with metrics.
type monitored struct {
	t      *testing.T
	server *stepca.Server
	client *http.Client
	config *stepca.Config
}

func startMonitored(t *testing.T) monitored {
	t.Helper()
	config := authority(t, "ec_p256_sha256", "ec_p256_sha256")
	config.KMS += ";timeout=2s"
	var err error
	if config.Metrics, err = stepca.FreeAddress(); err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(config.Root)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}}
	return monitored{t, mustStart(t, config), client, config}
}

func (m monitored) get(url string) string {
	m.t.Helper()
	response, err := m.client.Get(url)
	if err != nil {
		m.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		m.t.Fatalf("%s: status %d, %v", url, response.StatusCode, err)
	}
	return string(body)
}

// check checks that the metrics have these lines, and that step-ca says that it is healthy.
func (m monitored) check(when string, lines ...string) {
	m.t.Helper()
	if health := m.get(m.server.URL + "/health"); strings.TrimSpace(health) != `{"status":"ok"}` {
		m.t.Errorf("%s /health is %s", when, health)
	}
	metrics := "\n" + m.get("http://"+m.config.Metrics+"/metrics")
	for _, line := range lines {
		if !strings.Contains(metrics, "\n"+line+"\n") {
			m.t.Errorf("%s the metrics do not contain %q:%s", when, line, metrics)
		}
	}
}

// TestHealthAndMetrics: docs/operations.md states these values.
func TestHealthAndMetrics(t *testing.T) {
	m := startMonitored(t)
	certificates := func(success bool) string {
		return fmt.Sprintf(`step_ca_x509_signed_total{provisioner=%q,success="%t"} 1`, provisioner, success)
	}
	m.check("after the start", "step_ca_kms_signed 1", "step_ca_kms_errors 0")
	c := connect(t, m.server)
	issue(t, c, m.config)
	m.check("after a certificate", "step_ca_kms_signed 2", "step_ca_kms_errors 0", certificates(true))

	service.In(t).FailRandomly("*", 1, scwkmstest.Fault{"kind": "status", "status": 503})
	if _, _, err := c.Certificate("during.example.com"); err == nil {
		t.Error("step-ca issued a certificate without Key Manager")
	}
	m.check("during an outage", "step_ca_kms_signed 2", "step_ca_kms_errors 1", certificates(true), certificates(false))
	if err := service.ClearFaults(); err != nil {
		t.Fatal(err)
	}
	reload(t, m.server, "added")
	m.check("after a reload", "step_ca_kms_signed 1", "step_ca_kms_errors 0")
}
