package sdk

import (
	"crypto/ecdsa"
	"crypto/mlkem"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"strings"
	"testing"

	"filippo.io/mldsa"
	mldsax509 "filippo.io/mldsa/x509"
	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

func (s *service) publicKey(t *testing.T, id string) string {
	t.Helper()
	return call(t, s.GetPublicKey, &km.GetPublicKeyRequest{KeyID: id}).Pem
}

func unwrapPEM(t *testing.T, served string) *pem.Block {
	t.Helper()
	block, rest := pem.Decode([]byte(served))
	if block == nil || strings.TrimSpace(string(rest)) != "" || len(block.Headers) != 0 {
		t.Fatalf("not exactly one PEM block without headers: %q", served)
	}
	return block
}

// labels holds the service's PEM labels of public keys. Each RSA key is a PKCS #1 RSAPublicKey, each other
// key a SubjectPublicKeyInfo.
var labels = map[string]string{
	"ecdsa": "EC PUBLIC KEY", "pss": "RSA PUBLIC KEY", "pkcs1": "RSA PUBLIC KEY", "oaep": "RSA PUBLIC KEY",
	"ml_dsa": "PUBLIC KEY", "ml_kem": "PUBLIC KEY",
}

func TestPublicKeys(t *testing.T) {
	t.Parallel()
	for _, name := range withScheme("ecdsa", "pss", "pkcs1", "oaep", "ml_dsa", "ml_kem") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			id := s.key(t, name).ID
			served := s.publicKey(t, id)
			if got, want := unwrapPEM(t, served).Type, labels[algorithms[name].scheme]; got != want {
				t.Errorf("want the label %q, got %q", want, got)
			}
			if again := s.publicKey(t, id); again != served {
				t.Error("two requests return different public keys")
			}
			checkPublicKey(t, name, served)
		})
	}
}

// checkPublicKey parses the public key with Go and, if it has the algorithm, with openssl.
func checkPublicKey(t *testing.T, name, served string) {
	t.Helper()
	want := algorithms[name]
	switch want.scheme {
	case "ecdsa":
		if name != "ec_secp256k1_sha256" {
			if bits := ecKey(t, served).Curve.Params().BitSize; bits != want.size {
				t.Errorf("want a curve of %d bits, got %d", want.size, bits)
			}
		}
		checkOpenssl(t, served, map[string]string{
			"ec_p256_sha256": "NIST CURVE: P-256", "ec_p384_sha384": "NIST CURVE: P-384",
			"ec_secp256k1_sha256": "secp256k1",
		}[name])
	case "pss", "pkcs1", "oaep":
		if k := rsaKey(t, served); k.N.BitLen() != want.size || k.E != 65537 {
			t.Errorf("want %d bits and the exponent 65537, got %d and %d", want.size, k.N.BitLen(), k.E)
		}
		checkOpenssl(t, served, "Exponent: 65537")
	case "ml_dsa":
		if n := len(mldsaKey(t, served).Bytes()); n != want.size {
			t.Errorf("want %d bytes, got %d", want.size, n)
		}
	case "ml_kem":
		if n := len(mlkemKey(t, name, served)); n != want.size {
			t.Errorf("want %d bytes, got %d", want.size, n)
		}
	}
}

// checkOpenssl checks that openssl's description of a public key contains a text.
func checkOpenssl(t *testing.T, served, want string) {
	t.Helper()
	text, err := openssl(t, map[string][]byte{"key.pem": opensslKey(t, served)},
		"pkey", "-pubin", "-in", "key.pem", "-noout", "-text")
	if err != nil {
		t.Error(err)
	} else if !strings.Contains(string(text), want) {
		t.Errorf("want %q, openssl prints: %s", want, text)
	}
}

func ecKey(t *testing.T, served string) *ecdsa.PublicKey {
	t.Helper()
	k, err := x509.ParsePKIXPublicKey(unwrapPEM(t, served).Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return k.(*ecdsa.PublicKey)
}

func rsaKey(t *testing.T, served string) *rsa.PublicKey {
	t.Helper()
	k, err := x509.ParsePKCS1PublicKey(unwrapPEM(t, served).Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func mldsaKey(t *testing.T, served string) *mldsa.PublicKey {
	t.Helper()
	k, err := mldsax509.ParsePKIXPublicKey(unwrapPEM(t, served).Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return k.(*mldsa.PublicKey)
}

// mlkemKey returns the encapsulation key of a SubjectPublicKeyInfo. crypto/x509 does not parse these keys.
func mlkemKey(t *testing.T, name, served string) []byte {
	t.Helper()
	var spki struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if rest, err := asn1.Unmarshal(unwrapPEM(t, served).Bytes, &spki); err != nil || len(rest) != 0 {
		t.Fatal(err, rest)
	}
	// RFC 9935 defines the identifiers, without parameters.
	oid := map[string]string{
		"ml_kem_768": "2.16.840.1.101.3.4.4.2", "ml_kem_1024": "2.16.840.1.101.3.4.4.3",
	}[name]
	if spki.Algorithm.Algorithm.String() != oid || len(spki.Algorithm.Parameters.FullBytes) != 0 {
		t.Errorf("want the algorithm %s without parameters, got %v", oid, spki.Algorithm)
	}
	key := spki.Key.RightAlign()
	var err error
	if name == "ml_kem_768" {
		_, err = mlkem.NewEncapsulationKey768(key)
	} else {
		_, err = mlkem.NewEncapsulationKey1024(key)
	}
	if err != nil {
		t.Error(err)
	}
	return key
}

func TestASymmetricKeyHasNoPublicKey(t *testing.T) {
	t.Parallel()
	s := shared(t)
	_, err := try(s.GetPublicKey, &km.GetPublicKeyRequest{KeyID: s.key(t, "aes_256_gcm").ID})
	checkInvalid(t, "symmetric key", err, "key_id", "constraint")
}
