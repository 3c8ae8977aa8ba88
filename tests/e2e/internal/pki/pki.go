// Package pki makes the certificates of a certificate authority whose keys
// are in Key Manager.
package pki

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"go.step.sm/crypto/kms"
	"go.step.sm/crypto/kms/apiv1"

	// Enables scwkms.
	_ "github.com/scwkms/scwkms/go"
)

const lifetime = 24 * time.Hour

// Open opens the key manager of a URI.
func Open(uri string) (apiv1.KeyManager, error) {
	return kms.New(context.Background(), apiv1.Options{URI: uri})
}

// Signer opens a key.
func Signer(manager apiv1.KeyManager, key string) (crypto.Signer, error) {
	return manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: key})
}

// Issuer is the certificate of an issuer and its key.
type Issuer struct {
	Certificate *x509.Certificate
	Signer      crypto.Signer
}

// NewRoot makes a self-signed root.
func NewRoot(name string, signer crypto.Signer) (*Issuer, error) {
	template := authority(name, 1)
	return sign(template, template, signer, signer)
}

// NewIntermediate makes the certificate of an intermediate, signed by this
// issuer.
func (i *Issuer) NewIntermediate(name string, signer crypto.Signer) (*Issuer, error) {
	return sign(authority(name, 0), i.Certificate, signer, i.Signer)
}

func sign(template, parent *x509.Certificate, subject, signer crypto.Signer) (*Issuer, error) {
	template.SignatureAlgorithm = SignatureAlgorithm(signer)
	der, err := x509.CreateCertificate(rand.Reader, template, parent, subject.Public(), signer)
	if err != nil {
		return nil, fmt.Errorf("certificate %q: %w", template.Subject.CommonName, err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &Issuer{Certificate: certificate, Signer: subject}, nil
}

// SignatureAlgorithm returns the signer's own algorithm if the signer has the
// method. Without it, crypto/x509 would request a PKCS #1 signature from an
// RSA-PSS key, because the public keys look the same.
func SignatureAlgorithm(signer crypto.Signer) x509.SignatureAlgorithm {
	if s, ok := signer.(interface {
		SignatureAlgorithm() x509.SignatureAlgorithm
	}); ok {
		return s.SignatureAlgorithm()
	}
	return x509.UnknownSignatureAlgorithm
}

func authority(name string, pathLength int) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber:          Serial(),
		Subject:               pkix.Name{CommonName: name, Organization: []string{"scwkms"}},
		NotBefore:             time.Now().Add(-time.Minute),
		NotAfter:              time.Now().Add(lifetime),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLen:            pathLength,
		MaxPathLenZero:        pathLength == 0,
	}
}

// Serial returns a random serial number of 127 bits.
func Serial() *big.Int {
	bound := new(big.Int).Lsh(big.NewInt(1), 127)
	serial, err := rand.Int(rand.Reader, bound)
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return serial
}

// PEM encodes certificates.
func PEM(certificates ...*x509.Certificate) []byte {
	var out bytes.Buffer
	for _, certificate := range certificates {
		out.Write(Block("CERTIFICATE", certificate.Raw))
	}
	return out.Bytes()
}

// Block encodes one PEM block.
func Block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
