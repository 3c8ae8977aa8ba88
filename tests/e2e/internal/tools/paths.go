// Package tools finds and runs the programs that the end-to-end tests and the
// demo work with: those built by build.sh, and openssl and ssh-keygen.
package tools

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// Built is the path of a program that build.sh made, or an error that says
// how to make it.
func Built(name string) (string, error) {
	path := filepath.Join(Folder(), "bin", name)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s is not built: run `make test`, or tests/e2e/build.sh after `make`", path)
	}
	return path, nil
}

// Folder is where build.sh puts what it makes: SCWKMS_E2E_DIR, seen from the
// top of the clone, or target/e2e.
func Folder() string {
	folder := os.Getenv("SCWKMS_E2E_DIR")
	switch {
	case folder == "":
		return filepath.Join(Clone(), "target", "e2e")
	case filepath.IsAbs(folder):
		return folder
	default:
		return filepath.Join(Clone(), folder)
	}
}

// Clone is the top folder of the working tree.
func Clone() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..", "..")
}

// Plugin is the path of step-kms-plugin, or of its stand-in where build.sh
// could not fetch the plugin; KMS_PLUGIN names another one.
func Plugin() (string, error) {
	if path := os.Getenv("KMS_PLUGIN"); path != "" {
		return path, nil
	}
	return Built("kms-plugin")
}
