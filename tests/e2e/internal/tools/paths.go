// Package tools finds and runs the programs that the end-to-end tests and the
// demo use: those of build.sh, and openssl.
package tools

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// Built returns the path of a program that build.sh has built.
func Built(name string) (string, error) {
	path := filepath.Join(Folder(), "bin", name)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s is not built: run `make test`, or tests/e2e/build.sh after `make`", path)
	}
	return path, nil
}

// Folder returns the output folder of build.sh: SCWKMS_E2E_DIR, relative to the
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

// Clone returns the top folder of the clone.
func Clone() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..", "..")
}

// Plugin returns the path of step-kms-plugin, or of kmstool if build.sh could
// not download the plugin. The variable KMS_PLUGIN can name another one.
func Plugin() (string, error) {
	if path := os.Getenv("KMS_PLUGIN"); path != "" {
		return path, nil
	}
	return Built("kms-plugin")
}
