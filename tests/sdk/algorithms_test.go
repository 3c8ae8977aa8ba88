package sdk

import (
	"crypto"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

// algorithm describes a key algorithm, independently of the emulator.
type algorithm struct {
	usage  string
	scheme string
	hash   crypto.Hash
	// size is in bits for RSA, EC and AES, and the public key's bytes for ML-DSA and ML-KEM.
	size int
}

var algorithms = map[string]algorithm{
	"ec_p256_sha256":        {"asymmetric_signing", "ecdsa", crypto.SHA256, 256},
	"ec_p384_sha384":        {"asymmetric_signing", "ecdsa", crypto.SHA384, 384},
	"ec_secp256k1_sha256":   {"asymmetric_signing", "ecdsa", crypto.SHA256, 256},
	"rsa_pss_2048_sha256":   {"asymmetric_signing", "pss", crypto.SHA256, 2048},
	"rsa_pss_3072_sha256":   {"asymmetric_signing", "pss", crypto.SHA256, 3072},
	"rsa_pss_4096_sha256":   {"asymmetric_signing", "pss", crypto.SHA256, 4096},
	"rsa_pkcs1_2048_sha256": {"asymmetric_signing", "pkcs1", crypto.SHA256, 2048},
	"rsa_pkcs1_3072_sha256": {"asymmetric_signing", "pkcs1", crypto.SHA256, 3072},
	"rsa_pkcs1_4096_sha256": {"asymmetric_signing", "pkcs1", crypto.SHA256, 4096},
	"ml_dsa_44":             {"asymmetric_signing", "ml_dsa", 0, 1312},
	"ml_dsa_65":             {"asymmetric_signing", "ml_dsa", 0, 1952},
	"ml_dsa_87":             {"asymmetric_signing", "ml_dsa", 0, 2592},
	"rsa_oaep_2048_sha256":  {"asymmetric_encryption", "oaep", crypto.SHA256, 2048},
	"rsa_oaep_3072_sha256":  {"asymmetric_encryption", "oaep", crypto.SHA256, 3072},
	"rsa_oaep_4096_sha256":  {"asymmetric_encryption", "oaep", crypto.SHA256, 4096},
	"aes_256_gcm":           {"symmetric_encryption", "aes", 0, 256},
	"ml_kem_768":            {"key_encapsulation", "ml_kem", 0, 1184},
	"ml_kem_1024":           {"key_encapsulation", "ml_kem", 0, 1568},
}

// withScheme returns the algorithms with one of the schemes, sorted.
func withScheme(schemes ...string) []string {
	var names []string
	for name, a := range algorithms {
		if slices.Contains(schemes, a.scheme) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// sdkAlgorithms returns the algorithms in the SDK's enumerations, by usage.
func sdkAlgorithms() map[string][]string {
	return map[string][]string{
		"symmetric_encryption":  enumNames(km.KeyAlgorithmSymmetricEncryption("").Values()),
		"asymmetric_encryption": enumNames(km.KeyAlgorithmAsymmetricEncryption("").Values()),
		"asymmetric_signing":    enumNames(km.KeyAlgorithmAsymmetricSigning("").Values()),
		"key_encapsulation":     enumNames(km.KeyAlgorithmKeyEncapsulation("").Values()),
	}
}

// enumNames returns an enumeration's values without its default.
func enumNames[E fmt.Stringer](values []E) []string {
	var all []string
	for _, v := range values {
		if name := v.String(); !strings.HasPrefix(name, "unknown_") {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

func TestTableHoldsEveryAlgorithmOfTheSDK(t *testing.T) {
	count := 0
	for usage, names := range sdkAlgorithms() {
		for _, name := range names {
			count++
			if got := algorithms[name].usage; got != usage {
				t.Errorf("%s has the usage %s in the SDK, but %q in the table", name, usage, got)
			}
		}
	}
	if count != len(algorithms) {
		t.Errorf("the SDK has %d algorithms, the table %d", count, len(algorithms))
	}
}

func usageOf(t *testing.T, name string) *km.KeyUsage {
	t.Helper()
	switch algorithms[name].usage {
	case "symmetric_encryption":
		v := km.KeyAlgorithmSymmetricEncryption(name)
		return &km.KeyUsage{SymmetricEncryption: &v}
	case "asymmetric_encryption":
		v := km.KeyAlgorithmAsymmetricEncryption(name)
		return &km.KeyUsage{AsymmetricEncryption: &v}
	case "asymmetric_signing":
		v := km.KeyAlgorithmAsymmetricSigning(name)
		return &km.KeyUsage{AsymmetricSigning: &v}
	case "key_encapsulation":
		v := km.KeyAlgorithmKeyEncapsulation(name)
		return &km.KeyUsage{KeyEncapsulation: &v}
	}
	t.Fatalf("no algorithm %q", name)
	return nil
}

// nameOf returns the algorithm of a key's usage.
func nameOf(t *testing.T, u *km.KeyUsage) string {
	t.Helper()
	var set []string
	if u.SymmetricEncryption != nil {
		set = append(set, u.SymmetricEncryption.String())
	}
	if u.AsymmetricEncryption != nil {
		set = append(set, u.AsymmetricEncryption.String())
	}
	if u.AsymmetricSigning != nil {
		set = append(set, u.AsymmetricSigning.String())
	}
	if u.KeyEncapsulation != nil {
		set = append(set, u.KeyEncapsulation.String())
	}
	if len(set) != 1 {
		t.Fatalf("a key has exactly one usage, this one has %v", set)
	}
	return set[0]
}

// sharedKeys holds one key for each algorithm, which tests use and do not change. Creating a large RSA
// key takes seconds.
var sharedKeys sync.Map

type lazyKey struct {
	sync.Mutex
	*km.Key
}

func (s *service) key(t *testing.T, name string) *km.Key {
	t.Helper()
	slot, _ := sharedKeys.LoadOrStore(name, &lazyKey{})
	k := slot.(*lazyKey)
	k.Lock()
	defer k.Unlock()
	if k.Key == nil {
		k.Key = s.create(t, name, func(q *km.CreateKeyRequest) { q.Name = scw.StringPtr("shared-" + name) })
	}
	return k.Key
}
