package e2e

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.step.sm/crypto/sshutil"
	"golang.org/x/crypto/ssh"

	"github.com/scwkms/scwkms/tests/e2e/internal/tools"
)

const principal = "alice"

func sshKey(t *testing.T) ssh.PublicKey {
	t.Helper()
	public, err := ssh.NewPublicKey(leafKey(t).Public())
	if err != nil {
		t.Fatal(err)
	}
	return public
}

func sshTemplate(t *testing.T) *ssh.Certificate {
	return &ssh.Certificate{
		Key:             sshKey(t),
		Serial:          1,
		CertType:        ssh.UserCert,
		KeyId:           principal,
		ValidPrincipals: []string{principal},
		ValidAfter:      uint64(time.Now().Add(-time.Minute).Unix()),
		ValidBefore:     uint64(time.Now().Add(time.Hour).Unix()),
	}
}

// TestEachKeySignsSSHCertificates signs as step-ca does. SSH has no RSA-PSS
// signatures: a key for them returns an error.
func TestEachKeySignsSSHCertificates(t *testing.T) {
	for _, k := range signingKinds() {
		t.Run(k.algorithm, func(t *testing.T) {
			authority, err := ssh.NewSignerFromSigner(signer(t, k.algorithm))
			if err != nil {
				t.Fatal(err)
			}
			if k.pss {
				checkLocalError(t, "Sign", func() error {
					_, err := sshutil.CreateCertificate(sshTemplate(t), authority)
					return err
				}, k.algorithm, "PKCS")
				return
			}
			certificate, err := sshutil.CreateCertificate(sshTemplate(t), authority)
			if err != nil {
				t.Fatal(err)
			}
			checkSSH(t, certificate, authority.PublicKey(), principal)
		})
	}
}

// TestSSHReportsUnsupportedHashes: with an RSA key, x/crypto/ssh signs
// certificates with SHA-256, the signer's first algorithm. SignWithAlgorithm can
// select another one, and Sign uses SHA-1.
func TestSSHReportsUnsupportedHashes(t *testing.T) {
	authority, err := ssh.NewSignerFromSigner(signer(t, "rsa_pkcs1_2048_sha256"))
	if err != nil {
		t.Fatal(err)
	}
	certificate := sshTemplate(t)
	if err := certificate.SignCert(rand.Reader, authority); err != nil {
		t.Fatal(err)
	}
	checkSSH(t, certificate, authority.PublicKey(), principal)
	checkLocalError(t, "Sign", func() error {
		_, err := authority.(ssh.AlgorithmSigner).SignWithAlgorithm(rand.Reader, []byte("data"), ssh.KeyAlgoRSASHA512)
		return err
	}, "rsa_pkcs1_2048_sha256", "SHA-512")
	checkLocalError(t, "Sign", func() error {
		_, err := authority.Sign(rand.Reader, []byte("data"))
		return err
	}, "rsa_pkcs1_2048_sha256", "SHA-1")
}

// checkSSH checks a certificate for a principal with x/crypto/ssh, and with
// OpenSSH.
func checkSSH(t *testing.T, certificate *ssh.Certificate, authority ssh.PublicKey, principal string) {
	t.Helper()
	trusted := func(key ssh.PublicKey) bool { return string(key.Marshal()) == string(authority.Marshal()) }
	checker := &ssh.CertChecker{IsUserAuthority: trusted}
	if !trusted(certificate.SignatureKey) {
		t.Error("the certificate is signed by another key")
	}
	if err := checker.CheckCert(principal, certificate); err != nil {
		t.Errorf("x/crypto/ssh: %v", err)
	}
	checkWithOpenSSH(t, certificate, authority)
}

// checkWithOpenSSH makes ssh-keygen read the certificate, which includes to verify
// the signature, and checks that it prints the fingerprint of the authority.
func checkWithOpenSSH(t *testing.T, certificate *ssh.Certificate, authority ssh.PublicKey) {
	t.Helper()
	keygen := find(t, "ssh-keygen")
	file := filepath.Join(t.TempDir(), "id-cert.pub")
	if err := os.WriteFile(file, ssh.MarshalAuthorizedKey(certificate), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := tools.Command{Path: keygen, Env: env}.Run(nil, "-L", "-f", file)
	if err != nil {
		t.Fatal(err)
	}
	if fingerprint := ssh.FingerprintSHA256(authority); !strings.Contains(string(out), fingerprint) {
		t.Errorf("ssh-keygen does not name the authority %s:\n%s", fingerprint, out)
	}
}
