package e2e

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/scwkms/scwkms/go/scwkmstest"
	"github.com/scwkms/scwkms/tests/e2e/internal/tools"
)

func search(t *testing.T, query string, flags ...string) string {
	t.Helper()
	out, err := plugin(t).Do(nil, service.ClientURI(), query, append([]string{"search"}, flags...)...)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestPluginSearches(t *testing.T) {
	tag := unique(t, "tag")
	made := map[string]*tools.Key{}
	for _, algorithm := range []string{"ec_p256_sha256", "ec_p384_sha384"} {
		created, err := create(t, algorithm, "tags", tag)
		if err != nil {
			t.Fatal(err)
		}
		made[created.Name] = created
	}
	// A symmetric key has no public key. SearchKeys must leave it out.
	service.In(t).KeyManager(http.MethodPost, "", "/keys", map[string]any{
		"project_id": service.ProjectID,
		"name":       unique(t, "aes"),
		"usage":      map[string]string{"symmetric_encryption": "aes_256_gcm"},
		"tags":       []string{tag},
	}, nil)

	var found struct{ Keys []tools.Key }
	if err := json.Unmarshal([]byte(search(t, scwkmstest.URI("tags", tag), "--json")), &found); err != nil {
		t.Fatal(err)
	}
	if len(found.Keys) != len(made) {
		t.Errorf("found %d keys, not %d: %v", len(found.Keys), len(made), found.Keys)
	}
	for _, k := range found.Keys {
		if created := made[k.Name]; created == nil {
			t.Errorf("found %s, which create did not print", k.Name)
		} else if created.PublicKey != k.PublicKey {
			t.Errorf("%s: search prints another public key than create", k.Name)
		}
	}

	names := strings.Fields(search(t, scwkmstest.URI("tags", tag)))
	for name := range made {
		if !slices.Contains(names, name) {
			t.Errorf("%s is not among the names %q", name, names)
		}
	}
	if nothing := search(t, scwkmstest.URI("name", tag+"-not")); nothing != "" {
		t.Errorf("found %q by a name that no key has", nothing)
	}
	// The query of all keys, which have all algorithms.
	search(t, "scwkms:", "--json")
}

func TestPluginDeletesOnlyUnprotectedKeys(t *testing.T) {
	guarded, err := create(t, "ec_p256_sha256")
	if err != nil {
		t.Fatal(err)
	}
	_, err = plugin(t).Do(nil, service.ClientURI(), guarded.Name, "key", "delete")
	checkError(t, err, "protected")
	if _, err := plugin(t).Do(nil, service.ClientURI(), guarded.Name, "key"); err != nil {
		t.Errorf("the protected key is gone: %v", err)
	}

	free, err := create(t, "ec_p256_sha256", "unprotected", "true")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plugin(t).Do(nil, service.ClientURI(), free.Name, "key", "delete"); err != nil {
		t.Fatal(err)
	}
	_, err = plugin(t).Run(nil, "sign", "--kms", service.ClientURI(), free.Name, strings.Repeat("00", 32))
	checkError(t, err, "scheduled for deletion")
}

func TestPluginReportsInvalidURIs(t *testing.T) {
	for query, word := range map[string]string{
		"scwkms:key-id=not-a-uuid":                                          "not-a-uuid",
		"scwkms:00000000-0000-4000-8000-000000000000":                       "00000000-0000-4000-8000-000000000000",
		"scwkms:key-id=00000000-0000-4000-8000-000000000000;region=NoWhere": "NoWhere",
	} {
		_, err := plugin(t).Do(nil, service.ClientURI(), query, "key")
		checkError(t, err, word)
	}
}
