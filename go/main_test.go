//go:build cgo && !noscwkms

package scwkms_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/scwkms/scwkms/go/scwkmstest"
)

// service is the emulator of Key Manager that all tests share. Its URL contains a host name. The tests run one after the other, so
// that each can count its own requests.
var service *scwkmstest.Emulator

// fault describes how a request fails; see docs/emulator.md.
type fault = scwkmstest.Fault

// ownEnvironment is the environment in which the tests were started. The go commands that tests run
// need it.
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
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if service, err = scwkmstest.Start("--listen", "localhost:0"); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, service.Stop()) }()
	if err := setEnvironment(folder); err != nil {
		return 0, err
	}
	code = run()
	if code == 0 {
		err = checkGoroutines()
	}
	return code, err
}

// setEnvironment makes the emulator the service of clients whose URI has no settings, as in the
// examples. It removes what the user has configured for the real service.
func setEnvironment(folder string) error {
	os.Clearenv()
	for _, entry := range service.Isolate(ownEnvironment, folder) {
		name, value, _ := strings.Cut(entry, "=")
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}
