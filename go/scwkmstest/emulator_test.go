package scwkmstest_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/scwkms/scwkms/go/scwkmstest"
)

// parentVariable makes the test binary start an emulator, print its URL and die without stopping it.
const parentVariable = "SCWKMSTEST_PARENT"

func TestMain(m *testing.M) {
	if os.Getenv(parentVariable) == "" {
		os.Exit(m.Run())
	}
	e, err := scwkmstest.Start()
	if err != nil {
		panic(err)
	}
	fmt.Println(e.URL)
	panic("a crash of the parent")
}

func TestEmulatorStopsCleanly(t *testing.T) {
	e, err := scwkmstest.Start()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := e.Stop(); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(e.CAFile); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the certificate file still exists: %v", err)
	}
	if _, err := e.Stats(); err == nil {
		t.Error("the emulator responds after Stop")
	}
}

func TestEmulatorEndsWithItsParent(t *testing.T) {
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), parentVariable+"=1")
	// The emulator inherits the parent's standard error: Output returns when both have ended, or a
	// minute after the parent.
	parent.WaitDelay = time.Minute
	out, err := parent.Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !strings.Contains(string(exit.Stderr), "a crash of the parent") {
		t.Fatalf("the parent did not crash as intended: %v", err)
	}
	url := strings.TrimSpace(string(out))
	if _, err := http.Get(url); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("the emulator at %q did not end with its parent: %v", url, err)
	}
}

func TestTwoEmulatorsShareNothing(t *testing.T) {
	one, two := scwkmstest.New(t), scwkmstest.New(t)
	for field, values := range map[string][2]string{
		"URL": {one.URL, two.URL}, "SecretKey": {one.SecretKey, two.SecretKey},
		"AccessKey": {one.AccessKey, two.AccessKey}, "ProjectID": {one.ProjectID, two.ProjectID},
	} {
		if values[0] == values[1] {
			t.Errorf("both have the %s %s", field, values[0])
		}
	}
	if response, err := one.Client().Get(two.URL); err == nil {
		response.Body.Close()
		t.Error("the first client trusts the certificate of the second emulator")
	}
}

func TestStartErrors(t *testing.T) {
	t.Setenv(scwkmstest.Variable, "")
	if _, err := scwkmstest.Start(); err == nil || !strings.Contains(err.Error(), scwkmstest.Variable) {
		t.Errorf("without a binary: %v", err)
	}
	if _, err := scwkmstest.StartProgram("/nonexistent"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("with a file that does not exist: %v", err)
	}
	// A program that ends without a ready line.
	if _, err := scwkmstest.StartProgram("/bin/true"); err == nil || !strings.Contains(err.Error(), "ready line") {
		t.Errorf("with another program: %v", err)
	}
}

func TestPlainEmulator(t *testing.T) {
	e := scwkmstest.New(t, "--plain")
	if e.CAFile != "" || !strings.HasPrefix(e.URL, "http:") {
		t.Errorf("%+v", e)
	}
	if uri := e.ClientURI(); uri != "scwkms:" {
		t.Errorf("the client's URI is %q", uri)
	}
	e.In(t).Stats()
}
