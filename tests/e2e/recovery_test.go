package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/scwkms/scwkms/go/scwkmstest"
	"github.com/scwkms/scwkms/tests/e2e/internal/stepca"
	"github.com/scwkms/scwkms/tests/e2e/internal/tools"
)

// TestDocumentedMigration gives an existing CA an intermediate in Key Manager.
func TestDocumentedMigration(t *testing.T) {
	emulator := scwkmstest.New(t)
	shell := stepShell(t, emulator)
	_, intermediate := createKeys(t, shell)
	shell.Env = append(shell.Env, "INTERMEDIATE="+intermediate.Name)
	mustRun(t, shell, "step certificate create --profile root-ca --no-password --insecure 'Old Root' root_ca.crt root_ca.key")
	mustRun(t, shell, block(t, "operations.md", "run: migration"))

	config := stepAuthority(t, shell.Dir, intermediate.Name)
	config.KMS = "scwkms:"
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

// TestDocumentedRestoration restores the key of a running step-ca.
func TestDocumentedRestoration(t *testing.T) {
	d := deploy(t)
	file := filepath.Join(t.TempDir(), "scw-secret-key")
	write(t, file, d.emulator.SecretKey)
	server := d.start(t, "SCW_ACCESS_KEY="+d.emulator.AccessKey, "SCWKMS_SECRET_KEY_FILE="+file)
	id, _, _ := strings.Cut(strings.TrimPrefix(d.config.Key, "scwkms:key-id="), ";")
	env := append(tools.CleanEnv(d.emulator, t.TempDir()), "CURL_CA_BUNDLE="+d.emulator.CAFile, "KEY_ID="+id)
	restore := func() { mustRun(t, shell(t, env), block(t, "operations.md", "run: restore")) }
	enable := func() { d.emulator.In(t).SetKeyState(id, "enabled") }
	for state, recover := range map[string]func(){"scheduled_for_deletion": restore, "disabled": enable} {
		d.emulator.In(t).SetKeyState(id, state)
		checkRefused(t, server)
		recover()
		issue(t, connect(t, server), d.config)
	}
}
