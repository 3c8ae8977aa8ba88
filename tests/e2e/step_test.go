package e2e

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"

	"go.step.sm/crypto/pemutil"

	"github.com/scwkms/scwkms/tests/e2e/internal/pki"
	"github.com/scwkms/scwkms/tests/e2e/internal/stepca"
	"github.com/scwkms/scwkms/tests/e2e/internal/tools"
)

// intermediates are, for each algorithm of a root, that of the intermediate: another key with the
// same kind of signature.
var intermediates = map[string]string{
	"ec_p256_sha256":        "ec_p384_sha384",
	"ec_p384_sha384":        "ec_p256_sha256",
	"rsa_pkcs1_2048_sha256": "rsa_pkcs1_3072_sha256",
	"rsa_pkcs1_3072_sha256": "rsa_pkcs1_4096_sha256",
	"rsa_pkcs1_4096_sha256": "rsa_pkcs1_2048_sha256",
	"rsa_pss_2048_sha256":   "rsa_pss_3072_sha256",
	"rsa_pss_3072_sha256":   "rsa_pss_4096_sha256",
	"rsa_pss_4096_sha256":   "rsa_pss_2048_sha256",
}

// TestStepCreatesCertificates creates the certificates of an authority with the documented commands
// of the step CLI, and a leaf with step-ca.
func TestStepCreatesCertificates(t *testing.T) {
	for _, k := range signingKinds() {
		t.Run(k.algorithm, func(t *testing.T) {
			intermediate := key(t, intermediates[k.algorithm])
			shell := stepShell(t, service, "ROOT="+key(t, k.algorithm).Name, "INTERMEDIATE="+intermediate.Name)
			createCertificates(t, shell, k)
			config := stepAuthority(t, shell.Dir, intermediate.Name)
			for _, certificate := range []*x509.Certificate{config.Root, config.Intermediate} {
				if pss := certificate.SignatureAlgorithm == x509.SHA256WithRSAPSS; pss != k.pss {
					t.Errorf("%s is signed with %s", certificate.Subject, certificate.SignatureAlgorithm)
				}
			}
			issue(t, connect(t, mustStart(t, config)), config)
		})
	}
}

// createCertificates runs the documented commands for a kind of key. An RSA-PSS key needs its own
// commands, because the others make step request PKCS #1.
func createCertificates(t *testing.T, shell tools.Command, k kind) {
	t.Helper()
	commands, signatures := documented(t, "run: certificates"), 4 // with those of the certificate requests
	if k.pss {
		checkLocalError(t, "Sign", func() error {
			_, err := run(shell, commands)
			return err
		}, k.algorithm, "PKCS")
		commands, signatures = documented(t, "run: RSA-PSS certificates"), 2
	}
	before := requests(t, "Sign")
	mustRun(t, shell, commands)
	if sent := requests(t, "Sign") - before; sent != signatures {
		t.Errorf("%d Sign requests were sent, not %d", sent, signatures)
	}
}

// stepAuthority returns the configuration of a CA with the certificates that step has written to a
// folder. It verifies them with openssl.
func stepAuthority(t *testing.T, folder, intermediateKey string) *stepca.Config {
	t.Helper()
	root, intermediate := readCertificate(t, folder, "root_ca.crt"), readCertificate(t, folder, "intermediate_ca.crt")
	if _, err := openssl(t).VerifyChain(pki.PEM(root), nil, pki.PEM(intermediate)); err != nil {
		t.Error(err)
	}
	return &stepca.Config{
		Root:         root,
		Intermediate: intermediate,
		KMS:          service.ClientURI(),
		Key:          intermediateKey,
		Provisioners: []string{provisioner},
	}
}

func readCertificate(t *testing.T, folder, file string) *x509.Certificate {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, file))
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := pemutil.ParseCertificate(text)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}
