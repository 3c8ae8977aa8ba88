//go:build cgo && !noscwkms

package scwkms_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	scwkms "github.com/scwkms/scwkms/go"
)

// authority is the template of a CA's own certificate.
func authority(name string, algorithm x509.SignatureAlgorithm) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             time.Now().Add(-time.Minute),
		NotAfter:              time.Now().Add(time.Hour),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		IsCA:                  true,
		BasicConstraintsValid: true,
		SignatureAlgorithm:    algorithm,
	}
}

// certificateFile writes the certificate of an authority whose key nobody keeps.
func certificateFile(t *testing.T, name string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := authority(name, x509.UnknownSignatureAlgorithm)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, certificatePEM(der), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func certificatePEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// A root, a leaf below it and a revocation list by each kind of key, as step-ca makes them.
func TestCertificates(t *testing.T) {
	manager := open(t)
	for _, algorithm := range signingAlgorithms {
		t.Run(algorithm.name, func(t *testing.T) {
			signer := signerOf(t, manager, keyOf(t, algorithm.name).uri())
			// Go signs by PSS only where the template says so.
			asked := x509.UnknownSignatureAlgorithm
			if algorithm.scheme == pssScheme {
				asked = algorithm.x509
			}
			template := authority("root", asked)
			rootDER, err := x509.CreateCertificate(rand.Reader, template, template, signer.Public(), signer)
			if err != nil {
				t.Fatal(err)
			}
			root, err := x509.ParseCertificate(rootDER)
			if err != nil {
				t.Fatal(err)
			}
			if root.SignatureAlgorithm != algorithm.x509 {
				t.Errorf("the root is signed by %s, not %s", root.SignatureAlgorithm, algorithm.x509)
			}
			leafDER := issue(t, root, signer, asked)
			if out, err := openssl(t, map[string][]byte{"root.pem": certificatePEM(rootDER), "leaf.pem": certificatePEM(leafDER)},
				"verify", "-x509_strict", "-CAfile", "root.pem", "leaf.pem"); err != nil || !bytes.Contains(out, []byte("leaf.pem: OK")) {
				t.Errorf("%s%v", out, err)
			}
			list := &x509.RevocationList{
				Number: big.NewInt(1), ThisUpdate: time.Now(), NextUpdate: time.Now().Add(time.Hour), SignatureAlgorithm: asked,
			}
			listDER, err := x509.CreateRevocationList(rand.Reader, list, root, signer)
			if err != nil {
				t.Fatal(err)
			}
			parsed, err := x509.ParseRevocationList(listDER)
			if err == nil {
				err = parsed.CheckSignatureFrom(root)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func issue(t *testing.T, root *x509.Certificate, signer crypto.Signer, algorithm x509.SignatureAlgorithm) []byte {
	t.Helper()
	subject, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	// The key identifiers are what -x509_strict asks for.
	template := &x509.Certificate{
		SerialNumber:       big.NewInt(2),
		Subject:            pkix.Name{CommonName: "leaf"},
		DNSNames:           []string{"leaf.example"},
		NotBefore:          time.Now().Add(-time.Minute),
		NotAfter:           time.Now().Add(time.Hour),
		KeyUsage:           x509.KeyUsageDigitalSignature,
		SubjectKeyId:       []byte{1, 2, 3, 4},
		SignatureAlgorithm: algorithm,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, root, subject.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err == nil {
		err = leaf.CheckSignatureFrom(root)
	}
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// Go asks an RSA key for PKCS #1 unless told otherwise; a PSS key must not answer with PSS.
func TestACertificateBesideThePSSKeysAlgorithm(t *testing.T) {
	key := keyOf(t, "rsa_pss_2048_sha256")
	signer := signerOf(t, open(t), key.uri())
	template := authority("root", x509.UnknownSignatureAlgorithm)
	sendsNothing(t, func() {
		_, err := x509.CreateCertificate(rand.Reader, template, template, signer.Public(), signer)
		refused(t, err, scwkms.CodeUnsupported, "rsa_pss_2048_sha256", "PKCS #1 v1.5", "RSA-PSS")
	})
}
