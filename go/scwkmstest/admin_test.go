package scwkmstest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/scwkms/scwkms/go/scwkmstest"
)

func createKey(t *testing.T, e *scwkmstest.Emulator) (id string) {
	t.Helper()
	var key struct {
		ID string `json:"id"`
	}
	e.In(t).KeyManager(http.MethodPost, "", "/keys", map[string]any{
		"project_id": e.ProjectID, "name": "test", "usage": map[string]string{"asymmetric_signing": "ec_p256_sha256"},
	}, &key)
	return key.ID
}

func TestRequestsAreCountedAndListed(t *testing.T) {
	e := scwkmstest.New(t)
	id := createKey(t, e)
	e.In(t).ResetStats()
	e.In(t).KeyManager(http.MethodGet, e.Region, "/keys/"+id, nil, nil)
	stats := e.In(t).Stats()
	if stats.Requests != 1 || stats.Operations["GetKey"] != 1 || stats.MaxInFlight != 1 || stats.TokensSeen != 1 {
		t.Errorf("%+v", stats)
	}
	requests := e.In(t).Requests()
	if len(requests) != 1 {
		t.Fatalf("%+v", requests)
	}
	if r := requests[0]; r.Operation != "GetKey" || r.Method != http.MethodGet || !strings.HasSuffix(r.Path, id) || r.Status != 200 ||
		r.RequestID == "" || r.Ended < r.Started {
		t.Errorf("%+v", r)
	}
}

func TestFaultsEndWithTheTest(t *testing.T) {
	e := scwkmstest.New(t)
	id := createKey(t, e)
	get := func() error { return e.KeyManager(http.MethodGet, "", "/keys/"+id, nil, nil) }
	t.Run("fault", func(t *testing.T) {
		e.In(t).Fail("GetKey", 2, scwkmstest.Fault{"kind": "status", "status": 503})
		if err := get(); err == nil || !strings.Contains(err.Error(), "503") {
			t.Errorf("with a fault: %v", err)
		}
	})
	if err := get(); err != nil {
		t.Errorf("after the test with the fault: %v", err)
	}
	e.In(t).FailRandomly("*", 1, scwkmstest.Fault{"kind": "reset", "when": "before"})
	if err := get(); err == nil {
		t.Error("a fault with probability 1 did not happen")
	}
	e.In(t).ClearFaults()
	if err := get(); err != nil {
		t.Errorf("after ClearFaults: %v", err)
	}
}

func TestKeyStateIsForced(t *testing.T) {
	e := scwkmstest.New(t)
	id := createKey(t, e)
	e.In(t).SetKeyState(id, "locked")
	sign := e.KeyManagerURL("", "/keys/"+id+"/sign")
	if response := e.In(t).Send(http.MethodPost, sign, e.SecretKey, map[string]string{}); response.StatusCode/100 != 4 {
		t.Errorf("signing with a locked key: %s", response.Status)
	}
	if response := e.In(t).Send(http.MethodPost, sign, "", map[string]string{}); response.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a token: %s", response.Status)
	}
}

func TestIsolatedEnvironment(t *testing.T) {
	e := scwkmstest.New(t)
	environ := e.Isolate([]string{
		"PATH=/bin", "HOME=/root", "SCW_SECRET_KEY=the user's", "SCALEWAY_X=1", "https_proxy=http://proxy", "HTTPS_PROXY=http://proxy",
		"SCWKMS_CA_FILE=/another.pem",
	}, "/home/test")
	want := append([]string{"PATH=/bin", "HOME=/home/test", "XDG_CONFIG_HOME=/home/test/.config"}, e.Environ()...)
	if !slices.Equal(environ, want) {
		t.Errorf("%q, not %q", environ, want)
	}
}

func TestURI(t *testing.T) {
	if got, want := scwkmstest.URI("name", "a b;c", "algorithm", "ec"), "scwkms:algorithm=ec;name=a+b%3Bc"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
}
