//go:build cgo && !noscwkms

package scwkms_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// service is the emulator of Key Manager that all tests share. They run one after the other, so
// that each can count its own requests.
var service *emulator

// ownEnvironment is the environment that the tests were started with, for the go commands that
// they run.
var ownEnvironment = os.Environ()

func TestMain(m *testing.M) {
	code, err := withEmulator(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, "FAIL:", err)
		code = 1
	}
	os.Exit(code)
}

func withEmulator(run func() int) (code int, err error) {
	folder, err := os.MkdirTemp("", "scwkms-go-")
	if err != nil {
		return 0, err
	}
	defer func() { err = firstOf(err, os.RemoveAll(folder)) }()
	if service, err = startEmulator(); err != nil {
		return 0, err
	}
	defer func() { err = firstOf(err, service.stop()) }()
	if err := setEnvironment(folder); err != nil {
		return 0, err
	}
	code = run()
	if code == 0 {
		err = goroutinesLeft()
	}
	return code, err
}

// setEnvironment puts the emulator in the place of the service, for clients whose URI says
// nothing, as those of the examples. What the user has set up for the real one is put aside.
func setEnvironment(folder string) error {
	for _, entry := range ownEnvironment {
		name, _, _ := strings.Cut(entry, "=")
		upper := strings.ToUpper(name)
		if strings.HasPrefix(upper, "SCW_") || strings.HasPrefix(upper, "SCALEWAY_") || strings.HasSuffix(upper, "_PROXY") {
			if err := os.Unsetenv(name); err != nil {
				return err
			}
		}
	}
	for name, value := range map[string]string{
		"HOME":                   folder,
		"XDG_CONFIG_HOME":        filepath.Join(folder, ".config"),
		"SSL_CERT_FILE":          service.CAFile,
		"SCW_API_URL":            service.URL,
		"SCW_ACCESS_KEY":         service.AccessKey,
		"SCW_SECRET_KEY":         service.SecretKey,
		"SCW_DEFAULT_PROJECT_ID": service.ProjectID,
		"SCW_DEFAULT_REGION":     service.Region,
	} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}

func firstOf(first, second error) error {
	if first != nil {
		return first
	}
	return second
}
