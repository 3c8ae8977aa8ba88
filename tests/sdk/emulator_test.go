package sdk

import (
	"sync"
	"testing"

	"github.com/scwkms/scwkms/go/scwkmstest"
)

// sharedEmulator is the emulator that most tests share. Each test uses its own keys. Its URL contains a
// host name; the URLs of the other emulators contain an address.
var sharedEmulator struct {
	sync.Mutex
	*scwkmstest.Emulator
	err error
}

func shared(t *testing.T) *service {
	t.Helper()
	sharedEmulator.Lock()
	defer sharedEmulator.Unlock()
	if sharedEmulator.Emulator == nil && sharedEmulator.err == nil {
		sharedEmulator.Emulator, sharedEmulator.err = scwkmstest.Start("--listen", "localhost:0")
	}
	if sharedEmulator.err != nil {
		t.Fatal(sharedEmulator.err)
	}
	return newService(t, sharedEmulator.Emulator)
}

// private starts an emulator for one test, which needs to know all keys and requests.
func private(t *testing.T, args ...string) *service {
	t.Helper()
	return newService(t, scwkmstest.New(t, args...))
}
