package e2e

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/smallstep/certificates/authority/config"

	"github.com/scwkms/scwkms/go/scwkmstest"
	"github.com/scwkms/scwkms/tests/e2e/internal/stepca"
	"github.com/scwkms/scwkms/tests/e2e/internal/tools"
)

// documented returns the block of docs/step-ca.md below a comment.
func documented(t *testing.T, comment string) string {
	t.Helper()
	return block(t, "step-ca.md", comment)
}

// block returns the block of a page of docs/ below a comment.
func block(t *testing.T, page, comment string) string {
	t.Helper()
	found := regexp.MustCompile("(?s)<!-- " + regexp.QuoteMeta(comment) + " -->\n```[a-z]*\n(.*?)\n```\n").
		FindStringSubmatch(readFile(t, "docs", page))
	if found == nil {
		t.Fatalf("docs/%s has no block below <!-- %s -->", page, comment)
	}
	return found[1]
}

// shell is a shell in an empty folder outside of the clone.
func shell(t *testing.T, env []string) tools.Command {
	t.Helper()
	return tools.Command{Path: find(t, "bash"), Dir: t.TempDir(), Env: env}
}

// goShell is a shell for documented go commands.
func goShell(t *testing.T) tools.Command {
	t.Helper()
	clone, err := filepath.Abs(tools.Clone())
	if err != nil {
		t.Fatal(err)
	}
	return shell(t, slices.Concat(os.Environ(), goSettings, []string{"SCWKMS=" + clone, "GOWORK=off"}))
}

// stepShell is a shell for documented commands of step and its plugin. The commands need no ca-file
// in their URIs, because the emulator's certificate authority is the only one that they trust.
func stepShell(t *testing.T, emulator *scwkmstest.Emulator, variables ...string) tools.Command {
	t.Helper()
	env := append(tools.CleanEnv(emulator, t.TempDir()), "SSL_CERT_FILE="+emulator.CAFile,
		"PATH="+programs(t)+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return shell(t, append(env, variables...))
}

// programs returns a folder with step, and with the plugin under the name that step searches.
func programs(t *testing.T) string {
	t.Helper()
	step, err := tools.Built("step")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for name, path := range map[string]string{"step": step, "step-kms-plugin": plugin(t).Path} {
		if err := os.Symlink(path, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// run runs a documented block.
func run(shell tools.Command, block string) ([]byte, error) {
	return shell.Run(nil, "-euo", "pipefail", "-c", block)
}

func mustRun(t *testing.T, shell tools.Command, block string) []byte {
	t.Helper()
	out, err := run(shell, block)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return out
}

// createKeys runs the documented commands that create the keys, and returns the root's and the
// intermediate's.
func createKeys(t *testing.T, shell tools.Command) (root, intermediate tools.Key) {
	t.Helper()
	printed := json.NewDecoder(bytes.NewReader(mustRun(t, shell, documented(t, "run: keys"))))
	for _, key := range []*tools.Key{&root, &intermediate} {
		if err := printed.Decode(key); err != nil {
			t.Fatal(err)
		}
	}
	return root, intermediate
}

func TestDocumentedBuildOfStepCA(t *testing.T) {
	shell := goShell(t)
	mustRun(t, shell, documented(t, "run: step-ca"))
	config := authority(t, "ec_p256_sha256", "ec_p256_sha256")
	server, err := stepca.Start(filepath.Join(shell.Dir, "step-ca", "bin", "step-ca"), env, t.TempDir(), config)
	if err != nil {
		t.Fatal(err)
	}
	issue(t, connect(t, server), config)
	if err := server.Stop(); err != nil {
		t.Error(err)
	}
}

// TestDocumentedAuthority follows the page from the keys to a certificate.
func TestDocumentedAuthority(t *testing.T) {
	emulator := scwkmstest.New(t)
	shell := stepShell(t, emulator)
	root, intermediate := createKeys(t, shell)
	shell.Env = append(shell.Env, "ROOT="+root.Name, "INTERMEDIATE="+intermediate.Name)
	mustRun(t, shell, documented(t, "run: certificates"))

	config := stepAuthority(t, shell.Dir, intermediate.Name)
	config.KMS = documentedConfig(t).KMS.URI
	program, err := tools.Built("step-ca")
	if err != nil {
		t.Fatal(err)
	}
	server, err := stepca.Start(program, shell.Env, t.TempDir(), config)
	if err != nil {
		t.Fatal(err)
	}
	issue(t, connect(t, server), config)
	if err := server.Stop(); err != nil {
		t.Error(err)
	}
}

func TestDocumentedPluginCommands(t *testing.T) {
	emulator := scwkmstest.New(t)
	shell := stepShell(t, emulator)
	root, _ := createKeys(t, shell)
	emulator.In(t).ResetStats()
	out := string(mustRun(t, shell, documented(t, "run: plugin")))
	if !strings.HasPrefix(out, root.PublicKey) {
		t.Error("the key command does not print the public key of create")
	}
	if !strings.Contains(out, root.Name) {
		t.Error("the search command does not print the URI of create")
	}
	if !strings.HasSuffix(out, "\nhello\n") {
		t.Error("the decrypt command does not print the plaintext")
	}
	for _, operation := range []string{"Sign", "Decrypt", "DeleteKey"} {
		if n := emulator.In(t).Stats().Operations[operation]; n != 1 {
			t.Errorf("%d %s requests were sent, not 1", n, operation)
		}
	}
	if t.Failed() {
		t.Logf("the commands print:\n%s", out)
	}
}

// documentedConfig parses the documented ca.json.
func documentedConfig(t *testing.T) *config.Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.json")
	if err := os.WriteFile(file, []byte(documented(t, "check: ca.json")), 0o600); err != nil {
		t.Fatal(err)
	}
	parsed, err := config.LoadConfiguration(file)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestDocumentedConfigurationIsValid(t *testing.T) {
	parsed := documentedConfig(t)
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

func TestDocumentedProgram(t *testing.T) {
	building := goShell(t)
	mustRun(t, building, documented(t, "run: program"))
	running := stepShell(t, scwkmstest.New(t))
	_, key := createKeys(t, running)
	running.Dir = filepath.Join(building.Dir, "hello")
	out := mustRun(t, running, documented(t, "run: hello"))
	signature, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	h := crypto.SHA256.New()
	h.Write([]byte("hello"))
	if _, err := openssl(t).VerifyDigest([]byte(key.PublicKey), h.Sum(nil), signature, "digest:sha256"); err != nil {
		t.Errorf("openssl does not accept the signature: %v", err)
	}
}

func TestDocumentedVersions(t *testing.T) {
	page := strings.Join(strings.Fields(readFile(t, "docs", "step-ca.md")), " ")
	oldest, newest := modules(t, "step-ca"), modules(t, "step-ca-newest")
	goPackage := regexp.MustCompile(`go\.step\.sm/crypto (\S+)`).FindStringSubmatch(readFile(t, "scripts", "check", "go-step-crypto.mod"))
	for _, sentence := range []string{
		"tested with step-ca " + oldest["github.com/smallstep/certificates"],
		"tested with step-ca " + newest["github.com/smallstep/certificates"],
		"two versions of it: " + oldest["go.step.sm/crypto"] + ", which this step-ca requires, and " + newest["go.step.sm/crypto"] + ", the newest",
		"The Go package alone is also tested with " + goPackage[1],
	} {
		if !strings.Contains(page, sentence) {
			t.Errorf("docs/step-ca.md does not contain %q", sentence)
		}
	}
}

// readFile reads a file of the clone.
func readFile(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{tools.Clone()}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
