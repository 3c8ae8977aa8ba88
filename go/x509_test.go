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

// authority returns the template of a CA's own certificate.
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

// certificateFile writes the certificate of an authority, whose key is not kept.
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

// Each kind of key signs a root, a leaf and a revocation list, as step-ca does.
func TestCertificates(t *testing.T) {
	manager := open(t)
	for _, algorithm := range signingAlgorithms {
		t.Run(algorithm.name, func(t *testing.T) {
			signer := signerOf(t, manager, keyOf(t, algorithm.name).uri())
			// Go requests PSS only if the template says so.
			requested := x509.UnknownSignatureAlgorithm
			if algorithm.scheme == pssScheme {
				requested = algorithm.x509
			}
			template := authority("root", requested)
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
			leafDER := issue(t, root, signer, requested)
			if out, err := openssl(t, map[string][]byte{"root.pem": certificatePEM(rootDER), "leaf.pem": certificatePEM(leafDER)},
				"verify", "-x509_strict", "-CAfile", "root.pem", "leaf.pem"); err != nil || !bytes.Contains(out, []byte("leaf.pem: OK")) {
				t.Errorf("%s%v", out, err)
			}
			list := &x509.RevocationList{
				Number: big.NewInt(1), ThisUpdate: time.Now(), NextUpdate: time.Now().Add(time.Hour), SignatureAlgorithm: requested,
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
	// -x509_strict requires the key identifiers.
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

// By default, Go requests PKCS #1 v1.5 from an RSA key. A PSS key must not sign by PSS then.
func TestACertificateWithoutPSSByAPSSKey(t *testing.T) {
	key := keyOf(t, "rsa_pss_2048_sha256")
	signer := signerOf(t, open(t), key.uri())
	template := authority("root", x509.UnknownSignatureAlgorithm)
	wantNoRequests(t, func() {
		_, err := x509.CreateCertificate(rand.Reader, template, template, signer.Public(), signer)
		wantError(t, err, scwkms.CodeUnsupported, "rsa_pss_2048_sha256", "PKCS #1 v1.5", "RSA-PSS")
	})
}
