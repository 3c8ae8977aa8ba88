//go:build cgo && !noscwkms

package scwkms_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// capiFolder is where `go mod vendor` copies the package that links the library.
const capiFolder = "vendor/github.com/scwkms/scwkms/go/internal/capi"

// vendored returns the folder of a module that has vendored this one.
func vendored(t *testing.T) (folder string) {
	t.Helper()
	folder = newModule(t, typedProgram)
	goCommand(t, folder, "mod", "vendor")
	return folder
}

// `go mod vendor` copies the library and its header, too.
func TestAVendoredProgram(t *testing.T) {
	skipInShortRun(t, buildsPrograms)
	folder := vendored(t)
	program := filepath.Join(folder, "program")
	goCommand(t, folder, "CGO_ENABLED=1", "build", "-mod=vendor", "-o", program, ".")
	wantSignature(t, program, keyOf(t, signingAlgorithms[0].name))
}

// The compiler prints one sentence if the library is not there: a module was vendored before `make`
// ran, or the library was built for another platform.
func TestABuildWithoutTheLibrary(t *testing.T) {
	skipInShortRun(t, buildsPrograms)
	folder := vendored(t)
	libraries, err := filepath.Glob(filepath.Join(folder, capiFolder, "lib", "*", "libscwkms.a"))
	if err != nil || len(libraries) == 0 {
		t.Fatalf("no library was vendored: %v", err)
	}
	for _, library := range libraries {
		for _, name := range []string{library, filepath.Join(filepath.Dir(library), "scwkms.h")} {
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	command := exec.Command("go", "build", "-mod=vendor", "-o", os.DevNull, ".")
	command.Dir = folder
	command.Env = append(ownEnvironment, "GOWORK=off", "CGO_ENABLED=1")
	out, err := command.CombinedOutput()
	if err == nil {
		t.Fatal("the program compiles")
	}
	if n := strings.Count(string(out), "error:"); n != 1 || strings.Contains(string(out), "No such file") {
		t.Errorf("%d errors: %s", n, out)
	}
	for _, part := range []string{"static library for this platform is missing", "run make", "go mod vendor again", "-tags scwkms_system"} {
		if !strings.Contains(string(out), part) {
			t.Errorf("%q is not in: %s", part, out)
		}
	}
}
