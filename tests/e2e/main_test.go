package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/scwkms/scwkms/tests/e2e/internal/emulator"
	"github.com/scwkms/scwkms/tests/e2e/internal/tools"
)

// service is the emulator that all tests share.
var service *emulator.Emulator

// env is the environment of the programs: Scaleway's variables for the
// emulator, a home folder of its own, and nothing else of the user's.
var env []string

// goSettings are Go's own, which a home folder of our own would hide.
var goSettings []string

func TestMain(m *testing.M) {
	code, err := runAll(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func runAll(m *testing.M) (code int, err error) {
	home, err := os.MkdirTemp("", "scwkms-e2e-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(home)
	for _, name := range []string{"GOENV", "GOPATH", "GOMODCACHE", "GOCACHE"} {
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			return 0, fmt.Errorf("go env: %w", err)
		}
		goSettings = append(goSettings, name+"="+strings.TrimSpace(string(value)))
	}
	// Nothing of the user's is read in this process either.
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "STEPPATH"} {
		os.Setenv(name, home)
	}
	if service, err = emulator.Start(); err != nil {
		return 0, err
	}
	defer service.Close()
	env = tools.CleanEnv(home, service.Env()...)
	return m.Run(), nil
}

func plugin(t *testing.T) tools.KMSPlugin {
	t.Helper()
	path, err := tools.Plugin()
	if err != nil {
		t.Fatal(err)
	}
	return tools.KMSPlugin{Command: tools.Command{Path: path, Env: env}}
}

func openssl(t *testing.T) *tools.OpenSSL {
	t.Helper()
	o, err := tools.NewOpenSSL(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// requests is how many requests of an operation the emulator has answered.
func requests(t *testing.T, operation string) int {
	t.Helper()
	n, err := service.Requests(operation)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
