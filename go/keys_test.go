//go:build cgo && !noscwkms

package scwkms_test

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// scheme is how a key signs, as signatures are verified.
type scheme string

const (
	ecdsaScheme scheme = "ECDSA"
	pssScheme   scheme = "RSA-PSS"
	pkcs1Scheme scheme = "RSA PKCS #1 v1.5"
)

// signing is a signing algorithm of Key Manager, and what Go and apiv1 call it.
type signing struct {
	name   string
	scheme scheme
	hash   crypto.Hash
	bits   int
	x509   x509.SignatureAlgorithm
	apiv1  apiv1.SignatureAlgorithm
}

var signingAlgorithms = []signing{
	{"ec_p256_sha256", ecdsaScheme, crypto.SHA256, 256, x509.ECDSAWithSHA256, apiv1.ECDSAWithSHA256},
	{"ec_p384_sha384", ecdsaScheme, crypto.SHA384, 384, x509.ECDSAWithSHA384, apiv1.ECDSAWithSHA384},
	{"rsa_pss_2048_sha256", pssScheme, crypto.SHA256, 2048, x509.SHA256WithRSAPSS, apiv1.SHA256WithRSAPSS},
	{"rsa_pss_3072_sha256", pssScheme, crypto.SHA256, 3072, x509.SHA256WithRSAPSS, apiv1.SHA256WithRSAPSS},
	{"rsa_pss_4096_sha256", pssScheme, crypto.SHA256, 4096, x509.SHA256WithRSAPSS, apiv1.SHA256WithRSAPSS},
	{"rsa_pkcs1_2048_sha256", pkcs1Scheme, crypto.SHA256, 2048, x509.SHA256WithRSA, apiv1.SHA256WithRSA},
	{"rsa_pkcs1_3072_sha256", pkcs1Scheme, crypto.SHA256, 3072, x509.SHA256WithRSA, apiv1.SHA256WithRSA},
	{"rsa_pkcs1_4096_sha256", pkcs1Scheme, crypto.SHA256, 4096, x509.SHA256WithRSA, apiv1.SHA256WithRSA},
}

var decryptionAlgorithms = []struct {
	name string
	bits int
}{{"rsa_oaep_2048_sha256", 2048}, {"rsa_oaep_3072_sha256", 3072}, {"rsa_oaep_4096_sha256", 4096}}

// serviceKey is a key as the service itself describes it.
type serviceKey struct {
	ID              string            `json:"id"`
	Name            string            `json:"name"`
	Region          string            `json:"region"`
	Usage           map[string]string `json:"usage"`
	State           string            `json:"state"`
	Description     string            `json:"description"`
	Tags            []string          `json:"tags"`
	Protected       bool              `json:"protected"`
	ProtectionLevel string            `json:"protection_level"`
}

// uri is the name by which the package gives the key out.
func (k serviceKey) uri() string {
	return "scwkms:key-id=" + k.ID + ";region=" + k.Region
}

// algorithm is the key's one algorithm.
func (k serviceKey) algorithm() string {
	for _, algorithm := range k.Usage {
		if !strings.HasPrefix(algorithm, "unknown_") {
			return algorithm
		}
	}
	return ""
}

func usageOf(algorithm string) string {
	switch {
	case strings.HasPrefix(algorithm, "rsa_oaep_"):
		return "asymmetric_encryption"
	case strings.HasPrefix(algorithm, "aes_"):
		return "symmetric_encryption"
	case strings.HasPrefix(algorithm, "ml_kem_"):
		return "key_encapsulation"
	default:
		return "asymmetric_signing"
	}
}

var names atomic.Int64

// freshName is a name that no key has yet, however often the tests run, and the start of no other.
func freshName(t *testing.T) string {
	return fmt.Sprintf("%s-%d-key", strings.ReplaceAll(t.Name(), "/", "-"), names.Add(1))
}

// newKey makes a key that may be deleted, without the package under test.
func newKey(t *testing.T, algorithm string, attributes map[string]any) (made serviceKey) {
	t.Helper()
	body := map[string]any{
		"project_id":  service.ProjectID,
		"name":        freshName(t),
		"usage":       map[string]string{usageOf(algorithm): algorithm},
		"unprotected": true,
	}
	region := service.Region
	for name, value := range attributes {
		if name == "region" {
			region = value.(string)
			continue
		}
		body[name] = value
	}
	service.api(t, http.MethodPost, region, "", body, &made)
	return made
}

// kept are the keys that tests share, one of each algorithm: making one of RSA takes its time.
var kept = map[string]serviceKey{}

// keyOf is the shared key of an algorithm.
func keyOf(t *testing.T, algorithm string) serviceKey {
	t.Helper()
	key, ok := kept[algorithm]
	if !ok {
		key = newKey(t, algorithm, nil)
		kept[algorithm] = key
	}
	return key
}

// described asks the service for a key, by the name that the package gave out.
func described(t *testing.T, uri string) (key serviceKey) {
	t.Helper()
	rest, ok := strings.CutPrefix(uri, "scwkms:key-id=")
	id, region, both := strings.Cut(rest, ";region=")
	if !ok || !both {
		t.Fatalf("%q is not scwkms:key-id=ID;region=REGION", uri)
	}
	service.api(t, http.MethodGet, region, "/"+id, nil, &key)
	return key
}

// publicKey asks the service for a key's public half and parses it with Go's own means.
func publicKey(t *testing.T, key serviceKey) crypto.PublicKey {
	t.Helper()
	var answer struct {
		PEM string `json:"pem"`
	}
	service.api(t, http.MethodGet, key.Region, "/"+key.ID+"/public-key", nil, &answer)
	block, _ := pem.Decode([]byte(answer.PEM))
	if block == nil {
		t.Fatalf("the public key is not in PEM: %q", answer.PEM)
	}
	var public crypto.PublicKey
	var err error
	if block.Type == "RSA PUBLIC KEY" {
		public, err = x509.ParsePKCS1PublicKey(block.Bytes)
	} else {
		public, err = x509.ParsePKIXPublicKey(block.Bytes)
	}
	if err != nil {
		t.Fatal(err)
	}
	return public
}

// sameKey compares public keys.
func sameKey(t *testing.T, got, want crypto.PublicKey) {
	t.Helper()
	own, ok := got.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !own.Equal(want) {
		t.Errorf("the public key is %v, not %v", got, want)
	}
}

func signerOf(t *testing.T, manager *scwkms.KMS, key string) crypto.Signer {
	t.Helper()
	signer, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: key})
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

func decrypterOf(t *testing.T, manager *scwkms.KMS, key string) crypto.Decrypter {
	t.Helper()
	decrypter, err := manager.CreateDecrypter(&apiv1.CreateDecrypterRequest{DecryptionKey: key})
	if err != nil {
		t.Fatal(err)
	}
	return decrypter
}
