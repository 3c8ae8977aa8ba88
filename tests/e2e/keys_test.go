package e2e

import (
	"crypto"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/scwkms/scwkms/tests/e2e/internal/emulator"
	"github.com/scwkms/scwkms/tests/e2e/internal/tools"
)

// kind is one key algorithm, and how to ask step-kms-plugin for it.
type kind struct {
	algorithm string
	create    []string
	// pss keys sign in no other way, PKCS #1 keys never so.
	pss bool
	// hash is the one that the key signs.
	hash crypto.Hash
	// openssl are the options of pkeyutl for the signature.
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

// keyring makes each key once for all tests: an RSA key takes seconds.
var keyring struct {
	sync.Mutex
	keys map[string]*tools.Key
}

// key is a key of an algorithm, made with step-kms-plugin.
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

// create makes a key of its own, with further parts of its URI.
func create(t *testing.T, algorithm string, parts ...string) (*tools.Key, error) {
	t.Helper()
	parts = append([]string{"name", unique(t, algorithm)}, parts...)
	for _, k := range signingKinds() {
		if k.algorithm == algorithm {
			return plugin(t).Create(service.ClientURI(), emulator.URI(parts...), k.create...)
		}
	}
	// The plugin knows no flag for encryption keys: the URI says it.
	return plugin(t).Create(service.ClientURI(), emulator.URI(append(parts, "algorithm", algorithm)...))
}

var uniqueNames struct {
	sync.Mutex
	last int
}

// unique is a key name that no other test uses.
func unique(t *testing.T, algorithm string) string {
	uniqueNames.Lock()
	defer uniqueNames.Unlock()
	uniqueNames.last++
	name := strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(t.Name() + "-" + algorithm))
	return fmt.Sprintf("%s-%d", name, uniqueNames.last)
}

// refuses checks that an error names all that a person needs to know.
func refuses(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("was not refused; expected an error with %q", words)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error does not say %q: %v", word, err)
		}
	}
	if strings.Contains(err.Error(), service.SecretKey) {
		t.Errorf("error holds the secret key: %v", err)
	}
}

// locally checks that something is refused without a request of an operation.
func locally(t *testing.T, operation string, attempt func() error, words ...string) {
	t.Helper()
	before := requests(t, operation)
	refuses(t, attempt(), words...)
	if after := requests(t, operation); after != before {
		t.Errorf("%d %s requests were sent for what is known to be wrong", after-before, operation)
	}
}
