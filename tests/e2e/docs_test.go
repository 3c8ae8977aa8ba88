package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/smallstep/certificates/authority/config"

	"github.com/scwkms/scwkms/tests/e2e/internal/stepca"
	"github.com/scwkms/scwkms/tests/e2e/internal/tools"
)

// documented is the block of docs/step-ca.md below a comment.
func documented(t *testing.T, comment string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(tools.Clone(), "docs", "step-ca.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)<!-- " + regexp.QuoteMeta(comment) + " -->\n```[a-z]*\n(.*?)\n```\n").FindSubmatch(page)
	if block == nil {
		t.Fatalf("docs/step-ca.md has no block below <!-- %s -->", comment)
	}
	return string(block[1])
}

// follow runs documented steps as a newcomer would type them, in an empty
// folder outside of the clone.
func follow(t *testing.T, steps string) (folder string) {
	t.Helper()
	clone, err := filepath.Abs(tools.Clone())
	if err != nil {
		t.Fatal(err)
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	folder = t.TempDir()
	shell := tools.Command{Path: bash, Dir: folder, Env: slices.Concat(os.Environ(), goSettings, []string{"SCWKMS=" + clone, "GOWORK=off"})}
	if out, err := shell.Run(nil, "-euc", steps); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return folder
}

func TestDocumentedBuildOfStepCA(t *testing.T) {
	folder := follow(t, documented(t, "run: step-ca"))
	built := filepath.Join(folder, "step-ca", "bin", "step-ca")
	caConfig := authority(t, "ec_p256_sha256", "ec_p256_sha256")
	server, err := stepca.Start(built, env, t.TempDir(), caConfig)
	if err != nil {
		t.Fatal(err)
	}
	issue(t, connect(t, server), caConfig)
	if err := server.Stop(); err != nil {
		t.Error(err)
	}
}

func TestDocumentedConfigurationIsOne(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ca.json")
	if err := os.WriteFile(file, []byte(documented(t, "check: ca.json")), 0o600); err != nil {
		t.Fatal(err)
	}
	parsed, err := config.LoadConfiguration(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := parsed.Validate(); err != nil {
		t.Error(err)
	}
	manager := open(t)
	for _, uri := range []string{parsed.IntermediateKey, parsed.KMS.URI} {
		validator := manager.(interface{ ValidateName(string) error })
		if err := validator.ValidateName(uri); err != nil {
			t.Error(err)
		}
	}
}
