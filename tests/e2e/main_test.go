package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/scwkms/scwkms/go/scwkmstest"
	"github.com/scwkms/scwkms/tests/e2e/internal/tools"
)

// service is the emulator of Key Manager, which all tests share.
var service *scwkmstest.Emulator

// env is the environment of the programs: the settings of the emulator, and none
// of the user's settings.
var env []string

// goSettings are the settings of Go that depend on the home folder.
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
	// This process reads none of the user's settings either.
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "STEPPATH"} {
		os.Setenv(name, home)
	}
	if service, err = scwkmstest.Start(); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, service.Stop()) }()
	env = tools.CleanEnv(service, home)
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

// requests is the number of requests of an operation that the emulator has received; "" is any
// operation.
func requests(t *testing.T, operation string) int {
	t.Helper()
	stats := service.In(t).Stats()
	if operation == "" {
		return stats.Requests
	}
	return stats.Operations[operation]
}
