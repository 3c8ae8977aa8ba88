package e2e

import (
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.step.sm/crypto/pemutil"

	"github.com/scwkms/scwkms/tests/e2e/internal/pki"
	"github.com/scwkms/scwkms/tests/e2e/internal/stepca"
	"github.com/scwkms/scwkms/tests/e2e/internal/tools"
)

// builds are the builds of step-ca without scwkms, and the words that their error
// contains.
var builds = map[string][]string{
	"step-ca-nocgo":    {"scwkms", "CGO_ENABLED=1"},
	"step-ca-noscwkms": {"scwkms", "noscwkms"},
}

func TestBuildsWithoutScwkmsExplainIt(t *testing.T) {
	for name, words := range builds {
		t.Run(name, func(t *testing.T) {
			_, err := start(t, name, authority(t, "ec_p256_sha256", "ec_p256_sha256"))
			checkError(t, err, words...)
		})
	}
}

// TestBuildsWithoutScwkmsWork: a step-ca that does not use scwkms works in each
// build.
func TestBuildsWithoutScwkmsWork(t *testing.T) {
	for _, name := range []string{"step-ca", "step-ca-nocgo", "step-ca-noscwkms"} {
		t.Run(name, func(t *testing.T) {
			program, err := tools.Built(name)
			if err != nil {
				t.Fatal(err)
			}
			version, err := tools.Command{Path: program, Env: env}.Run(nil, "version")
			if err != nil || !strings.Contains(string(version), "Smallstep CA") {
				t.Errorf("version prints %q: %v", version, err)
			}
			config := fileAuthority(t)
			server, err := start(t, name, config)
			if err != nil {
				t.Fatal(err)
			}
			issue(t, connect(t, server), config)
		})
	}
}

// fileAuthority returns the configuration of a CA whose keys are in files.
func fileAuthority(t *testing.T) *stepca.Config {
	t.Helper()
	rootKey, intermediateKey := leafKey(t), leafKey(t)
	issuer, err := pki.NewRoot("Root in a file", rootKey)
	if err != nil {
		t.Fatal(err)
	}
	intermediate, err := issuer.NewIntermediate("Intermediate in a file", intermediateKey)
	if err != nil {
		t.Fatal(err)
	}
	block, err := pemutil.Serialize(intermediateKey)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "intermediate.key")
	if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	return &stepca.Config{
		Root:         issuer.Certificate,
		Intermediate: intermediate.Certificate,
		Key:          file,
		Provisioners: []string{provisioner},
	}
}
