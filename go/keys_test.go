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

// scheme is the way in which a key signs, with the names that errors use.
type scheme string

const (
	ecdsaScheme scheme = "ECDSA"
	pssScheme   scheme = "RSA-PSS"
	pkcs1Scheme scheme = "RSA PKCS #1 v1.5"
)

// signing is a signing algorithm of Key Manager, with its names in crypto/x509 and apiv1.
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

// serviceKey is a key as the service returns it.
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

// uri returns the name of the key in responses of the package.
func (k serviceKey) uri() string {
	return "scwkms:key-id=" + k.ID + ";region=" + k.Region
}

// algorithm returns the algorithm of the key's usage.
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

// freshName returns a name that no key has, and that no other name begins with.
func freshName(t *testing.T) string {
	return fmt.Sprintf("%s-%d-key", strings.ReplaceAll(t.Name(), "/", "-"), names.Add(1))
}

// createOnService creates an unprotected key, without the package under test.
func createOnService(t *testing.T, algorithm string, attributes map[string]any) (created serviceKey) {
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
	service.In(t).KeyManager(http.MethodPost, region, "/keys", body, &created)
	return created
}

// sharedKeys are the keys that tests share, one of each algorithm: generating an RSA key is slow.
var sharedKeys = map[string]serviceKey{}

// keyOf returns the shared key of an algorithm.
func keyOf(t *testing.T, algorithm string) serviceKey {
	t.Helper()
	key, ok := sharedKeys[algorithm]
	if !ok {
		key = createOnService(t, algorithm, nil)
		sharedKeys[algorithm] = key
	}
	return key
}

// describe gets a key from the service, by its name in a response of the package.
func describe(t *testing.T, uri string) (key serviceKey) {
	t.Helper()
	rest, ok := strings.CutPrefix(uri, "scwkms:key-id=")
	id, region, both := strings.Cut(rest, ";region=")
	if !ok || !both {
		t.Fatalf("%q is not scwkms:key-id=ID;region=REGION", uri)
	}
	service.In(t).KeyManager(http.MethodGet, region, "/keys/"+id, nil, &key)
	return key
}

// publicKey gets a key's public key from the service and parses it with Go's packages.
func publicKey(t *testing.T, key serviceKey) crypto.PublicKey {
	t.Helper()
	var response struct {
		PEM string `json:"pem"`
	}
	service.In(t).KeyManager(http.MethodGet, key.Region, "/keys/"+key.ID+"/public-key", nil, &response)
	block, _ := pem.Decode([]byte(response.PEM))
	if block == nil {
		t.Fatalf("the public key is not in PEM: %q", response.PEM)
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

// wantSameKey checks whether two public keys are equal.
func wantSameKey(t *testing.T, got, want crypto.PublicKey) {
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
