package e2e

import (
	"debug/buildinfo"
	"os/exec"
	"testing"

	"github.com/scwkms/scwkms/tests/e2e/internal/tools"
)

// find returns the path of a program on PATH.
func find(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// modules returns the version of each module in a program of build.sh.
func modules(t *testing.T, program string) map[string]string {
	t.Helper()
	path, err := tools.Built(program)
	if err != nil {
		t.Fatal(err)
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	versions := map[string]string{info.Main.Path: info.Main.Version}
	for _, module := range info.Deps {
		versions[module.Path] = module.Version
	}
	return versions
}
