package e2e

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"go.step.sm/crypto/pemutil"

	"github.com/scwkms/scwkms/tests/e2e/internal/pki"
	"github.com/scwkms/scwkms/tests/e2e/internal/tools"
)

// stepSigner signs as the step CLI does with --kms: one process of the plugin
// per signature, with the digest on its standard input.
type stepSigner struct {
	plugin tools.KMSPlugin
	key    string
	public crypto.PublicKey
}

func newStepSigner(t *testing.T, key *tools.Key) *stepSigner {
	t.Helper()
	s := &stepSigner{plugin: plugin(t), key: key.Name}
	text, err := s.plugin.Do(nil, service.ClientURI(), s.key, "key")
	if err != nil {
		t.Fatal(err)
	}
	if s.public, err = pemutil.Parse(text); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *stepSigner) Public() crypto.PublicKey { return s.public }

func (s *stepSigner) Sign(_ io.Reader, digest []byte, options crypto.SignerOpts) ([]byte, error) {
	command := []string{"sign", "--format", "base64"}
	if isRSA(s.public) {
		if _, pss := options.(*rsa.PSSOptions); pss {
			command = append(command, "--pss")
		}
		command = append(command, "--alg", strings.ReplaceAll(options.HashFunc().String(), "-", ""))
	}
	out, err := s.plugin.Do(digest, service.ClientURI(), s.key, command...)
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(string(out))
}

// TestStepCLISignsCertificates signs the certificates of an authority in the
// way of `step certificate create`.
func TestStepCLISignsCertificates(t *testing.T) {
	for _, k := range signingKinds() {
		t.Run(k.algorithm, func(t *testing.T) {
			signer := newStepSigner(t, key(t, k.algorithm))
			issuer, err := pki.NewRoot("Root by the step CLI", signer)
			if k.pss {
				// step needs a template that says so.
				checkError(t, err, k.algorithm, "PKCS")
				issuer = root(t, k.algorithm)
			} else if err != nil {
				t.Fatal(err)
			}
			template := leafTemplate()
			if k.pss {
				template.SignatureAlgorithm = x509.SHA256WithRSAPSS
			}
			der, err := x509.CreateCertificate(rand.Reader, template, issuer.Certificate, leafKey(t).Public(), signer)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := openssl(t).VerifyChain(pki.PEM(issuer.Certificate), nil, pki.Block("CERTIFICATE", der)); err != nil {
				t.Error(err)
			}
		})
	}
}

func isRSA(public crypto.PublicKey) bool {
	_, ok := public.(*rsa.PublicKey)
	return ok
}
