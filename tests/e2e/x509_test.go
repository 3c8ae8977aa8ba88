package e2e

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"go.step.sm/crypto/kms/apiv1"

	"github.com/scwkms/scwkms/tests/e2e/internal/pki"
)

// open opens the key manager in this process.
func open(t *testing.T) apiv1.KeyManager {
	t.Helper()
	manager, err := pki.Open(service.FullURI())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := manager.Close(); err != nil {
			t.Error(err)
		}
	})
	return manager
}

func signer(t *testing.T, algorithm string) crypto.Signer {
	t.Helper()
	s, err := pki.Signer(open(t), key(t, algorithm).Name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// root makes a root certificate with a key, signed with the key's own algorithm.
func root(t *testing.T, algorithm string) *pki.Issuer {
	t.Helper()
	issuer, err := pki.NewRoot("Root of "+algorithm, signer(t, algorithm))
	if err != nil {
		t.Fatal(err)
	}
	return issuer
}

func leafTemplate() *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: pki.Serial(),
		Subject:      pkix.Name{CommonName: "leaf.example.com"},
		DNSNames:     []string{"leaf.example.com"},
		NotBefore:    time.Now().Add(-time.Minute),
		NotAfter:     time.Now().Add(time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

func leafKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return private
}

// forEachChoice calls sign with the key's own algorithm, and with the one that
// crypto/x509 selects by default. For an RSA-PSS key the default is PKCS #1: this
// is an error before a request is sent.
func forEachChoice(t *testing.T, sign func(t *testing.T, issuer *pki.Issuer, algorithm x509.SignatureAlgorithm) error) {
	for _, k := range signingKinds() {
		t.Run(k.algorithm, func(t *testing.T) {
			issuer := root(t, k.algorithm)
			if err := sign(t, issuer, pki.SignatureAlgorithm(issuer.Signer)); err != nil {
				t.Errorf("with the key's own algorithm: %v", err)
			}
			byDefault := func() error { return sign(t, issuer, x509.UnknownSignatureAlgorithm) }
			if k.pss {
				checkLocalError(t, "Sign", byDefault, k.algorithm, "PKCS")
			} else if err := byDefault(); err != nil {
				t.Errorf("with the default of crypto/x509: %v", err)
			}
		})
	}
}

func TestEachKeySignsCertificates(t *testing.T) {
	forEachChoice(t, func(t *testing.T, issuer *pki.Issuer, algorithm x509.SignatureAlgorithm) error {
		template := leafTemplate()
		template.SignatureAlgorithm = algorithm
		der, err := x509.CreateCertificate(rand.Reader, template, issuer.Certificate, leafKey(t).Public(), issuer.Signer)
		if err != nil {
			return err
		}
		_, err = openssl(t).VerifyChain(pki.PEM(issuer.Certificate), nil, pki.Block("CERTIFICATE", der))
		return err
	})
}

func TestEachKeySignsCertificateRequests(t *testing.T) {
	forEachChoice(t, func(t *testing.T, issuer *pki.Issuer, algorithm x509.SignatureAlgorithm) error {
		der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
			Subject:            pkix.Name{CommonName: "request.example.com"},
			SignatureAlgorithm: algorithm,
		}, issuer.Signer)
		if err != nil {
			return err
		}
		_, err = openssl(t).VerifyRequest(pki.Block("CERTIFICATE REQUEST", der))
		return err
	})
}

func TestEachKeySignsRevocationLists(t *testing.T) {
	forEachChoice(t, func(t *testing.T, issuer *pki.Issuer, algorithm x509.SignatureAlgorithm) error {
		der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
			Number:                    big.NewInt(1),
			ThisUpdate:                time.Now(),
			NextUpdate:                time.Now().Add(time.Hour),
			SignatureAlgorithm:        algorithm,
			RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: big.NewInt(42), RevocationTime: time.Now()}},
		}, issuer.Certificate, issuer.Signer)
		if err != nil {
			return err
		}
		_, err = openssl(t).VerifyList(pki.Block("X509 CRL", der), pki.PEM(issuer.Certificate))
		return err
	})
}
