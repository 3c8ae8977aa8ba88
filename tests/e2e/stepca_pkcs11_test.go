//go:build pkcs11

package e2e

import (
	"context"
	"crypto"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.step.sm/crypto/kms"
	"go.step.sm/crypto/kms/apiv1"
	"golang.org/x/crypto/ssh"

	"github.com/scwkms/scwkms/tests/e2e/internal/client"
	"github.com/scwkms/scwkms/tests/e2e/internal/pki"
	"github.com/scwkms/scwkms/tests/e2e/internal/stepca"

	// Enables PKCS#11.
	_ "go.step.sm/crypto/kms/pkcs11"
)

// published is step-ca as its authors build it with cgo: without scwkms.
const published = "step-ca-published"

// pkcs11URI returns the URI of the module. The test's process and step-ca load it with the emulator's settings, and may
// create keys.
func pkcs11URI(t *testing.T) string {
	t.Helper()
	module := os.Getenv("SCWKMS_PKCS11_MODULE")
	if module == "" {
		t.Fatal("SCWKMS_PKCS11_MODULE is not set: run `make test-pkcs11`")
	}
	configuration := filepath.Join(t.TempDir(), "pkcs11.toml")
	text := "[[token]]\nlabel = \"scwkms\"\nread-only = false\nprotect = false\n"
	if err := os.WriteFile(configuration, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SCWKMS_PKCS11_CONFIG", configuration)
	for _, entry := range env {
		if name, value, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "SCW") {
			t.Setenv(name, value)
		}
	}
	return "pkcs11:module-path=" + module + ";token=scwkms"
}

// openModule opens the module as step does.
func openModule(t *testing.T, uri string) apiv1.KeyManager {
	t.Helper()
	manager, err := kms.New(context.Background(), apiv1.Options{Type: apiv1.PKCS11, URI: uri})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := manager.Close(); err != nil {
			t.Error(err)
		}
	})
	return manager
}

// createPKCS11 creates a key with a chosen ID and label.
func createPKCS11(t *testing.T, manager apiv1.KeyManager, name string, algorithm apiv1.SignatureAlgorithm) crypto.Signer {
	t.Helper()
	response, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: name, SignatureAlgorithm: algorithm, Bits: 2048})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := manager.CreateSigner(&response.CreateSignerRequest)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// pkcs11Authority returns the configuration of a CA whose keys were created through the module.
func pkcs11Authority(t *testing.T, uri string, algorithm apiv1.SignatureAlgorithm) *stepca.Config {
	t.Helper()
	manager := openModule(t, uri)
	issuer, err := pki.NewRoot("Root", createPKCS11(t, manager, "pkcs11:id=7001;object=root", algorithm))
	if err != nil {
		t.Fatal(err)
	}
	const key = "pkcs11:id=7002;object=intermediate"
	intermediate, err := issuer.NewIntermediate("Intermediate", createPKCS11(t, manager, key, algorithm))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { deletePKCS11(t, uri, "pkcs11:id=7001", key) })
	return &stepca.Config{
		Root:         issuer.Certificate,
		Intermediate: intermediate.Certificate,
		KMSType:      "pkcs11",
		KMS:          uri,
		Key:          key,
		Provisioners: []string{provisioner},
	}
}

func deletePKCS11(t *testing.T, uri string, names ...string) {
	t.Helper()
	manager := openModule(t, uri)
	for _, name := range names {
		if err := manager.(interface{ DeleteKey(string) error }).DeleteKey(name); err != nil {
			t.Error(err)
		}
	}
}

// startPublished starts the published step-ca. The module writes its log into the returned file.
func startPublished(t *testing.T, config *stepca.Config) (server *stepca.Server, log string) {
	t.Helper()
	log = filepath.Join(t.TempDir(), "module.log")
	variables := append(env[:len(env):len(env)], "SCWKMS_PKCS11_LOG="+log,
		"SCWKMS_PKCS11_CONFIG="+os.Getenv("SCWKMS_PKCS11_CONFIG"))
	server, err := startIn(t, published, variables, config)
	if err != nil {
		t.Fatal(err)
	}
	return server, log
}

// TestPKCS11StepCAIssues creates the keys through the module by step's own code, finds them by ID and by label, and issues
// X.509 and SSH certificates.
func TestPKCS11StepCAIssues(t *testing.T) {
	uri := pkcs11URI(t)
	for name, algorithm := range map[string]apiv1.SignatureAlgorithm{
		"ECDSA P-256": apiv1.ECDSAWithSHA256,
		"ECDSA P-384": apiv1.ECDSAWithSHA384,
		"RSA":         apiv1.SHA256WithRSA,
	} {
		t.Run(name, func(t *testing.T) {
			config := pkcs11Authority(t, uri, algorithm)
			manager := openModule(t, uri)
			user := createPKCS11(t, manager, "pkcs11:id=7003;object=ssh-user", algorithm)
			createPKCS11(t, manager, "pkcs11:id=7004;object=ssh-host", algorithm)
			t.Cleanup(func() { deletePKCS11(t, uri, "pkcs11:id=7003", "pkcs11:object=ssh-host") })
			config.SSHUserKey, config.SSHHostKey = "pkcs11:id=7003", "pkcs11:object=ssh-host"
			server, _ := startPublished(t, config)
			c := connect(t, server)
			issue(t, c, config)
			checkSSHUser(t, c, user)
		})
	}
}

func checkSSHUser(t *testing.T, c *client.Client, authority crypto.Signer) {
	t.Helper()
	certificate, err := c.SSHCertificate("user", sshKey(t), principal)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(authority.Public())
	if err != nil {
		t.Fatal(err)
	}
	checkSSH(t, certificate, key, principal)
}

var documentedModule = regexp.MustCompile("module-path=[^;]*")

// TestPKCS11DocumentedCommands creates the keys and certificates with the documented programs.
func TestPKCS11DocumentedCommands(t *testing.T) {
	uri := pkcs11URI(t)
	commands := shell(t, append(os.Environ(), "MODULE="+os.Getenv("SCWKMS_PKCS11_MODULE")))
	t.Cleanup(func() { deletePKCS11(t, uri, "pkcs11:object=root", "pkcs11:object=intermediate") })
	mustRun(t, commands, block(t, "pkcs11-programs.md", "run: step-ca"))
	var documented struct {
		KMS       struct{ Type, URI string }
		Root, Crt string
		Key       string
	}
	if err := json.Unmarshal([]byte(block(t, "pkcs11-programs.md", "run: step-ca.json")), &documented); err != nil {
		t.Fatal(err)
	}
	config := &stepca.Config{
		Root:         readCertificate(t, commands.Dir, documented.Root),
		Intermediate: readCertificate(t, commands.Dir, documented.Crt),
		KMSType:      documented.KMS.Type,
		KMS:          documentedModule.ReplaceAllString(documented.KMS.URI, "module-path="+os.Getenv("SCWKMS_PKCS11_MODULE")),
		Key:          documented.Key,
		Provisioners: []string{provisioner},
	}
	server, _ := startPublished(t, config)
	issue(t, connect(t, server), config)
}

// TestPKCS11CreateKeyReportsAnExistingKey: step looks for the ID and the label before it creates a key.
func TestPKCS11CreateKeyReportsAnExistingKey(t *testing.T) {
	uri := pkcs11URI(t)
	manager := openModule(t, uri)
	const name = "pkcs11:id=7005;object=existing"
	createPKCS11(t, manager, name, apiv1.ECDSAWithSHA256)
	t.Cleanup(func() { deletePKCS11(t, uri, name) })
	_, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: name})
	if err == nil || !strings.Contains(err.Error(), "already exists") {
		t.Errorf("the error is %v", err)
	}
}

// TestPKCS11StepCAIssuesWhileTheServiceFails makes one request in twenty fail or arrive late, as
// TestStepCAIssuesWhileTheServiceFails does.
func TestPKCS11StepCAIssuesWhileTheServiceFails(t *testing.T) {
	config := pkcs11Authority(t, pkcs11URI(t), apiv1.ECDSAWithSHA256)
	server, log := startPublished(t, config)
	c := connect(t, server)
	sentBefore := requests(t, "Sign")
	failTransiently(t)
	load := startLoad(c, requesters, certificates)
	load.wait()
	retried := requests(t, "Sign") - sentBefore - len(load.issued) - len(load.failed)
	report(t, "%d issued, %d signatures retried, %d failed", len(load.issued), retried, len(load.failed))
	load.check(t, config)
	if retried < certificates/40 {
		t.Errorf("only %d signatures were retried, which is too few for the ordered faults", retried)
	}
	if limit := certificates / 100; len(load.failed) > limit {
		t.Errorf("%d requests failed, more than %d", len(load.failed), limit)
	}
	failures(t, server, load)
	checkModuleLog(t, log, len(load.failed))
}

// checkModuleLog checks that the module's log has the cause of each failure.
func checkModuleLog(t *testing.T, path string, failures int) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if causes := strings.Count(string(text), "4 attempts were made"); causes < failures {
		t.Errorf("%d requests failed, and the module's log has %d causes:\n%s", failures, causes, text)
	}
	if strings.Contains(string(text), service.SecretKey) {
		t.Error("the secret key is in the module's log")
	}
}
