package sdk

import (
	"bytes"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// openssl runs the command in a temporary directory with the given files.
func openssl(t *testing.T, files map[string][]byte, args ...string) ([]byte, error) {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Fatal("these tests need the openssl command: install the package openssl")
	}
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("openssl", args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Logf("openssl %v: %s%s", args, out, stderr.Bytes())
	}
	return out, err
}

// opensslVerify verifies a signature with a public key from the service.
func opensslVerify(t *testing.T, served string, digest, signature []byte, options ...string) error {
	t.Helper()
	args := []string{"pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-in", "digest", "-sigfile", "signature"}
	for _, o := range options {
		args = append(args, "-pkeyopt", o)
	}
	_, err := openssl(t, map[string][]byte{
		"key.pem": opensslKey(t, served), "digest": digest, "signature": signature,
	}, args...)
	return err
}

// opensslKey returns a public key from the service with a label that openssl accepts.
func opensslKey(t *testing.T, served string) []byte {
	t.Helper()
	block := unwrapPEM(t, served)
	switch block.Type {
	case "RSA PUBLIC KEY":
		spki, err := openssl(t, map[string][]byte{"key.pem": []byte(served)},
			"rsa", "-RSAPublicKey_in", "-in", "key.pem", "-pubout")
		if err != nil {
			t.Fatal(err)
		}
		return spki
	case "EC PUBLIC KEY":
		// The standard label of a SubjectPublicKeyInfo is PUBLIC KEY.
		return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: block.Bytes})
	}
	return []byte(served)
}
