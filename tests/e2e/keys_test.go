package e2e

import (
	"crypto"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/scwkms/scwkms/go/scwkmstest"
	"github.com/scwkms/scwkms/tests/e2e/internal/tools"
)

// kind is a key algorithm, and the flags of step-kms-plugin that create a key of it.
type kind struct {
	algorithm string
	create    []string
	// pss is true for keys that sign with RSA-PSS only.
	pss bool
	// hash is the only hash that the key signs.
	hash crypto.Hash
	// openssl are the options of openssl pkeyutl that verify a signature.
	openssl []string
}

func (k kind) rsa() bool { return strings.HasPrefix(k.algorithm, "rsa_") }

func signingKinds() []kind {
	kinds := []kind{
		{"ec_p256_sha256", []string{"--kty", "EC", "--crv", "P-256"}, false, crypto.SHA256, []string{"digest:sha256"}},
		{"ec_p384_sha384", []string{"--kty", "EC", "--crv", "P-384"}, false, crypto.SHA384, []string{"digest:sha384"}},
	}
	for _, size := range []string{"2048", "3072", "4096"} {
		kinds = append(kinds,
			kind{"rsa_pkcs1_" + size + "_sha256", []string{"--kty", "RSA", "--size", size}, false, crypto.SHA256,
				[]string{"digest:sha256", "rsa_padding_mode:pkcs1"}},
			kind{"rsa_pss_" + size + "_sha256", []string{"--kty", "RSA", "--size", size, "--pss"}, true, crypto.SHA256,
				[]string{"digest:sha256", "rsa_padding_mode:pss", "rsa_pss_saltlen:digest"}})
	}
	return kinds
}

var encryptionAlgorithms = []string{"rsa_oaep_2048_sha256", "rsa_oaep_3072_sha256", "rsa_oaep_4096_sha256"}

// keyring holds one key of each algorithm for all tests: to generate an RSA key
// takes seconds.
var keyring struct {
	sync.Mutex
	keys map[string]*tools.Key
}

// key returns the key of an algorithm, created with step-kms-plugin.
func key(t *testing.T, algorithm string) *tools.Key {
	t.Helper()
	keyring.Lock()
	defer keyring.Unlock()
	if made, ok := keyring.keys[algorithm]; ok {
		return made
	}
	made, err := create(t, algorithm)
	if err != nil {
		t.Fatal(err)
	}
	if keyring.keys == nil {
		keyring.keys = map[string]*tools.Key{}
	}
	keyring.keys[algorithm] = made
	return made
}

// create creates a new key; parts are names and values for its URI.
func create(t *testing.T, algorithm string, parts ...string) (*tools.Key, error) {
	t.Helper()
	parts = append([]string{"name", unique(t, algorithm)}, parts...)
	for _, k := range signingKinds() {
		if k.algorithm == algorithm {
			return plugin(t).Create(service.ClientURI(), scwkmstest.URI(parts...), k.create...)
		}
	}
	// The plugin has no flag for encryption keys, so the URI contains the algorithm.
	return plugin(t).Create(service.ClientURI(), scwkmstest.URI(append(parts, "algorithm", algorithm)...))
}

var uniqueNames struct {
	sync.Mutex
	last int
}

// unique returns a key name that no other test uses.
func unique(t *testing.T, algorithm string) string {
	uniqueNames.Lock()
	defer uniqueNames.Unlock()
	uniqueNames.last++
	name := strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(t.Name() + "-" + algorithm))
	return fmt.Sprintf("%s-%d", name, uniqueNames.last)
}

// checkError checks that there is an error that contains all the words and not the
// secret key.
func checkError(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; expected one that contains %q", words)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the error does not contain %q: %v", word, err)
		}
	}
	if strings.Contains(err.Error(), service.SecretKey) {
		t.Errorf("the error contains the secret key: %v", err)
	}
}

// checkLocalError checks that call fails without a request of an operation.
func checkLocalError(t *testing.T, operation string, call func() error, words ...string) {
	t.Helper()
	before := requests(t, operation)
	checkError(t, call(), words...)
	if after := requests(t, operation); after != before {
		t.Errorf("%d %s requests were sent", after-before, operation)
	}
}
