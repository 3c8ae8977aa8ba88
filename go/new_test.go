//go:build cgo && !noscwkms

package scwkms_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// withoutEnvironment unsets Scaleway's variables for the duration of a test.
func withoutEnvironment(t *testing.T) {
	t.Helper()
	for _, name := range []string{
		"SCW_API_URL", "SCW_ACCESS_KEY", "SCW_SECRET_KEY", "SCW_DEFAULT_PROJECT_ID", "SCW_DEFAULT_REGION", "SCWKMS_CA_FILE",
	} {
		t.Setenv(name, "")
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
}

// configFile writes a config file of Scaleway's for the emulator.
func configFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	content := fmt.Sprintf(`access_key: %s
secret_key: %s
default_project_id: %s
default_region: fr-par
api_url: %s
profiles:
  dutch:
    default_region: nl-ams
`, service.AccessKey, service.SecretKey, service.ProjectID, service.URL)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// requestedRegion opens a key by its id, and returns the region of the client's requests.
func requestedRegion(t *testing.T, manager *scwkms.KMS, key string) string {
	t.Helper()
	service.In(t).ResetStats()
	// The call fails in a region other than the key's. If it succeeds, both its requests have ended.
	if _, err := manager.GetPublicKey(&apiv1.GetPublicKeyRequest{Name: key}); err != nil {
		t.Error(err)
	}
	requests := service.In(t).Requests()
	if len(requests) == 0 {
		t.Fatal("no request was sent")
	}
	_, rest, _ := strings.Cut(requests[0].Path, "/regions/")
	region, _, _ := strings.Cut(rest, "/")
	return region
}

func TestSourcesOfSettings(t *testing.T) {
	ids := map[string]string{}
	for _, region := range []string{"fr-par", "nl-ams", "pl-waw"} {
		ids[region] = createOnService(t, "ec_p256_sha256", map[string]any{"region": region}).ID
	}
	ca := "ca-file=" + service.CAFile
	for _, test := range []struct {
		name        string
		environment bool
		options     apiv1.Options
		region      string
	}{
		{"the URI alone", false, apiv1.Options{URI: clientURI()}, "fr-par"},
		{"the environment alone", true, apiv1.Options{}, "fr-par"},
		{"the environment, by an empty URI", true, apiv1.Options{URI: "scwkms:"}, "fr-par"},
		{"the URI over the environment", true, apiv1.Options{URI: "scwkms:region=nl-ams"}, "nl-ams"},
		{"the option region", true, apiv1.Options{Region: "nl-ams"}, "nl-ams"},
		{"the URI over the option region", true, apiv1.Options{URI: "scwkms:region=pl-waw", Region: "nl-ams"}, "pl-waw"},
		{"the URI's query over the option region", true, apiv1.Options{URI: "scwkms:timeout=5s?region=pl-waw", Region: "nl-ams"}, "pl-waw"},
		{"the option region beside a query", true, apiv1.Options{URI: "scwkms:?timeout=5s", Region: "nl-ams"}, "nl-ams"},
		{"a config file of the URI", false, apiv1.Options{URI: "scwkms:" + ca + ";config=" + configFile(t)}, "fr-par"},
		{"a profile of the URI", false, apiv1.Options{URI: "scwkms:" + ca + ";profile=dutch;config=" + configFile(t)}, "nl-ams"},
		{"the option credentials file", false, apiv1.Options{URI: "scwkms:" + ca, CredentialsFile: configFile(t)}, "fr-par"},
		{"the option profile", false, apiv1.Options{URI: "scwkms:" + ca, CredentialsFile: configFile(t), Profile: "dutch"}, "nl-ams"},
		{"the option region over a profile", false,
			apiv1.Options{URI: "scwkms:" + ca, CredentialsFile: configFile(t), Profile: "dutch", Region: "pl-waw"}, "pl-waw"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if !test.environment {
				withoutEnvironment(t)
			}
			var manager *scwkms.KMS
			wantNoRequests(t, func() { manager = openWith(t, test.options) })
			if region := requestedRegion(t, manager, ids[test.region]); region != test.region {
				t.Errorf("the key was requested in %s, not %s", region, test.region)
			}
		})
	}
}

func TestNewExplainsInvalidSettings(t *testing.T) {
	for _, test := range []struct {
		name    string
		options apiv1.Options
		code    scwkms.Code
		words   []string
	}{
		{"nothing", apiv1.Options{}, scwkms.CodeConfiguration, []string{"SCW_ACCESS_KEY"}},
		{"no secret key", apiv1.Options{URI: clientURI("secret-key", "")}, scwkms.CodeConfiguration, []string{"secret"}},
		{"another scheme", apiv1.Options{URI: "awskms:region=eu-west-1"}, scwkms.CodeInvalidArgument, []string{"awskms", "scwkms"}},
		{"no scheme", apiv1.Options{URI: "region=fr-par"}, scwkms.CodeInvalidArgument, []string{"scwkms:"}},
		{"a misspelt parameter", apiv1.Options{URI: clientURI("reigon", "fr-par")}, scwkms.CodeInvalidArgument, []string{"open a client", "reigon", "region"}},
		{"a bad escape", apiv1.Options{URI: clientURI() + ";profile=%zz"}, scwkms.CodeInvalidArgument, []string{"%"}},
		{"a parameter twice", apiv1.Options{URI: clientURI() + ";region=nl-ams"}, scwkms.CodeInvalidArgument, []string{"region", "twice"}},
		{"a NUL", apiv1.Options{URI: clientURI() + "\x00;region=nl-ams"}, scwkms.CodeInvalidArgument, []string{"NUL"}},
		{"text that is not UTF-8", apiv1.Options{URI: "scwkms:profile=\xff"}, scwkms.CodeInvalidArgument, []string{"UTF-8"}},
		{"a timeout without a unit", apiv1.Options{URI: clientURI("timeout", "5")}, scwkms.CodeConfiguration, []string{"timeout", "15s"}},
		{"a malformed region", apiv1.Options{URI: clientURI("region", ""), Region: "Paris"}, scwkms.CodeConfiguration, []string{"Paris", "fr-par"}},
		{"unencrypted to another host", apiv1.Options{URI: clientURI("api-url", "http://192.0.2.1/")}, scwkms.CodeConfiguration, []string{"http"}},
		{"a missing CA file", apiv1.Options{URI: clientURI("ca-file", "/nowhere/ca.pem")}, scwkms.CodeConfiguration, []string{"/nowhere/ca.pem"}},
		{"a missing config file", apiv1.Options{URI: clientURI(), CredentialsFile: "/nowhere/config.yaml"},
			scwkms.CodeConfiguration, []string{"/nowhere/config.yaml"}},
		{"an unknown profile", apiv1.Options{URI: clientURI(), CredentialsFile: configFile(t), Profile: "belgian"},
			scwkms.CodeConfiguration, []string{"belgian"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			withoutEnvironment(t)
			wantNoRequests(t, func() {
				manager, err := scwkms.New(context.Background(), test.options)
				wantError(t, err, test.code, test.words...)
				if manager != nil {
					t.Error("a manager was returned with the error")
				}
			})
		})
	}
}
