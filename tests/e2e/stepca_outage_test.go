package e2e

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scwkms/scwkms/go/scwkmstest"
	"github.com/scwkms/scwkms/tests/e2e/internal/pki"
	"github.com/scwkms/scwkms/tests/e2e/internal/stepca"
)

// withPublicKeyFile returns the configuration with the public key in a file: the
// certificate of the intermediate.
func withPublicKeyFile(t *testing.T, config *stepca.Config) *stepca.Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "intermediate_ca.crt")
	if err := os.WriteFile(file, pki.PEM(config.Intermediate), 0o600); err != nil {
		t.Fatal(err)
	}
	changed := *config
	changed.Key += ";public-key=" + file
	if config.Intermediate.PublicKeyAlgorithm == x509.RSA {
		changed.Key += ";algorithm=rsa_pkcs1_2048_sha256"
	}
	return &changed
}

// TestStepCAWithPublicKeyFile counts requests: docs/step-ca.md has the numbers.
func TestStepCAWithPublicKeyFile(t *testing.T) {
	for _, algorithm := range []string{"ec_p256_sha256", "rsa_pkcs1_2048_sha256"} {
		t.Run(algorithm, func(t *testing.T) {
			config := authority(t, algorithm, algorithm)
			countRequests(t, config, 3)
			countRequests(t, withPublicKeyFile(t, config), 1)
		})
	}
}

// countRequests checks the number of requests when step-ca starts. Each certificate
// costs one more.
func countRequests(t *testing.T, config *stepca.Config, atStart int) {
	t.Helper()
	const certificates = 3
	before := requests(t, "")
	server := mustStart(t, config)
	if sent := requests(t, "") - before; sent != atStart {
		t.Errorf("step-ca sent %d requests when it started, not %d", sent, atStart)
	}
	c := connect(t, server)
	before = requests(t, "")
	for range certificates {
		issue(t, c, config)
	}
	if sent := requests(t, "") - before; sent != certificates {
		t.Errorf("step-ca sent %d requests for %d certificates", sent, certificates)
	}
	report(t, "%d requests when step-ca starts, %d for %d certificates", atStart, certificates, certificates)
}

// TestStepCAWithAWrongPublicKeyFile: the certificate of another key is found when
// step-ca signs its own certificate.
func TestStepCAWithAWrongPublicKeyFile(t *testing.T) {
	config := authority(t, "ec_p256_sha256", "ec_p256_sha256")
	config.Key = strings.ReplaceAll(withPublicKeyFile(t, config).Key, ";public-key=", ";verify=true;public-key=")
	other, err := root(t, "ec_p256_sha256").NewIntermediate("Another", leafKey(t))
	if err != nil {
		t.Fatal(err)
	}
	_, file, _ := strings.Cut(config.Key, "public-key=")
	if err := os.WriteFile(file, pki.PEM(other.Certificate), 0o600); err != nil {
		t.Fatal(err)
	}
	// step-ca compares the public key of its signer with its own certificate.
	config.Intermediate = other.Certificate
	_, err = start(t, "step-ca", config)
	checkError(t, err, "may belong to another key")
}

// TestStepCAWithoutKeyManager: Key Manager fails when step-ca starts, during a
// reload, and later.
func TestStepCAWithoutKeyManager(t *testing.T) {
	config := withPublicKeyFile(t, authority(t, "ec_p256_sha256", "ec_p256_sha256"))
	config.KMS += ";timeout=2s"
	outage := func() {
		service.In(t).FailRandomly("*", 1, scwkmstest.Fault{"kind": "status", "status": 503})
	}
	end := func() {
		if err := service.ClearFaults(); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(end)

	outage()
	_, err := start(t, "step-ca", config)
	checkError(t, err, "503")
	end()

	server := mustStart(t, config)
	c := connect(t, server)
	issue(t, c, config)

	// A reload that fails leaves the old configuration in use.
	outage()
	if err := server.Reload(func(*stepca.Config) {}); err == nil {
		t.Error("step-ca reloaded without Key Manager")
	}
	if _, _, err := c.Certificate("during.example.com"); err == nil {
		t.Error("step-ca issued a certificate without Key Manager")
	}
	end()
	issue(t, c, config)
	reload(t, server, "added")
	issue(t, connect(t, server), config)
}
