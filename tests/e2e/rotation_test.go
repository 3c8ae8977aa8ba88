package e2e

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	"github.com/scwkms/scwkms/go/scwkmstest"
	"github.com/scwkms/scwkms/tests/e2e/internal/stepca"
	"github.com/scwkms/scwkms/tests/e2e/internal/tools"

	scwkms "github.com/scwkms/scwkms/go"
)

// newSecretKey is the secret key after a rotation.
const newSecretKey = "5f0c2a76-7f0c-4b43-9d3c-6a4d1f6f3b10"

// deployment is a CA with an emulator of its own, whose secret key can be replaced.
type deployment struct {
	emulator *scwkmstest.Emulator
	folder   string
	config   *stepca.Config
}

func deploy(t *testing.T) *deployment {
	t.Helper()
	d := &deployment{folder: t.TempDir()}
	d.startEmulator(t, "127.0.0.1:0")
	t.Cleanup(func() {
		if err := d.emulator.Stop(); err != nil {
			t.Error(err)
		}
	})
	manager, err := scwkms.New(context.Background(), apiv1.Options{URI: d.emulator.FullURI()})
	if err != nil {
		t.Fatal(err)
	}
	defer manager.Close()
	created, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: "intermediate"})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := manager.CreateSigner(&created.CreateSignerRequest)
	if err != nil {
		t.Fatal(err)
	}
	issuer := root(t, "ec_p256_sha256")
	intermediate, err := issuer.NewIntermediate("Intermediate", signer)
	if err != nil {
		t.Fatal(err)
	}
	d.config = &stepca.Config{
		Root: issuer.Certificate, Intermediate: intermediate.Certificate,
		KMS: "scwkms:", Key: created.Name, Provisioners: []string{provisioner},
	}
	return d
}

func (d *deployment) startEmulator(t *testing.T, address string) {
	t.Helper()
	var err error
	if d.emulator, err = scwkmstest.Start("--data-dir", d.folder, "--listen", address); err != nil {
		t.Fatal(err)
	}
}

// start starts step-ca with the settings of the emulator, but without its credentials.
func (d *deployment) start(t *testing.T, variables ...string) *stepca.Server {
	t.Helper()
	program, err := tools.Built("step-ca")
	if err != nil {
		t.Fatal(err)
	}
	settings := slices.DeleteFunc(tools.CleanEnv(d.emulator, t.TempDir()), func(entry string) bool {
		return strings.HasPrefix(entry, "SCW_ACCESS_KEY=") || strings.HasPrefix(entry, "SCW_SECRET_KEY=")
	})
	server, err := stepca.Start(program, append(settings, variables...), t.TempDir(), d.config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
		if strings.Contains(server.Log(), newSecretKey) {
			t.Error("the secret key is in the log of step-ca")
		}
	})
	return server
}

// rotate makes Key Manager accept the new secret key instead of the old one.
func (d *deployment) rotate(t *testing.T) {
	t.Helper()
	old := d.emulator
	if err := old.Stop(); err != nil {
		t.Fatal(err)
	}
	identity := filepath.Join(d.folder, "identity.json")
	text, err := os.ReadFile(identity)
	if err != nil {
		t.Fatal(err)
	}
	write(t, identity, strings.ReplaceAll(string(text), old.SecretKey, newSecretKey))
	address, err := url.Parse(old.URL)
	if err != nil {
		t.Fatal(err)
	}
	d.startEmulator(t, address.Host)
	if d.emulator.SecretKey != newSecretKey {
		t.Fatalf("the secret key is %s", d.emulator.SecretKey)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// checkRefused checks that step-ca cannot issue a certificate now.
func checkRefused(t *testing.T, server *stepca.Server) {
	t.Helper()
	if _, _, err := connect(t, server).Certificate("refused.example.com"); err == nil {
		t.Error("step-ca issued a certificate")
	}
}

// TestSecretKeyFileNeedsNoReload: docs/operations.md. The file is read again when Key Manager
// no longer accepts the old secret key.
func TestSecretKeyFileNeedsNoReload(t *testing.T) {
	for name, beforehand := range map[string]bool{"the file first": true, "the file later": false} {
		t.Run(name, func(t *testing.T) {
			d := deploy(t)
			file := filepath.Join(t.TempDir(), "scw-secret-key")
			write(t, file, d.emulator.SecretKey+"\n")
			server := d.start(t, "SCW_ACCESS_KEY="+d.emulator.AccessKey, "SCWKMS_SECRET_KEY_FILE="+file)
			issue(t, connect(t, server), d.config)
			if beforehand {
				write(t, file, newSecretKey+"\n")
				d.rotate(t)
			} else {
				d.rotate(t)
				checkRefused(t, server)
				write(t, file, newSecretKey+"\n")
			}
			issue(t, connect(t, server), d.config)
		})
	}
}

// TestConfigFileNeedsAReload: the config file is read when step-ca starts or reloads.
func TestConfigFileNeedsAReload(t *testing.T) {
	d := deploy(t)
	file := filepath.Join(t.TempDir(), "config.yaml")
	configure := func() {
		write(t, file, fmt.Sprintf("access_key: %s\nsecret_key: %s\n", d.emulator.AccessKey, d.emulator.SecretKey))
	}
	configure()
	server := d.start(t, "SCW_CONFIG_PATH="+file)
	issue(t, connect(t, server), d.config)
	d.rotate(t)
	configure()
	checkRefused(t, server)
	reload(t, server, "added")
	issue(t, connect(t, server), d.config)
}
