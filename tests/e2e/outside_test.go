package e2e

import (
	"crypto"
	"encoding/base64"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scwkms/scwkms/tests/e2e/internal/tools"
)

// TestDocumentedProgramOutsideOfTheClone follows the steps for a program of
// one's own in an empty folder, and runs it.
func TestDocumentedProgramOutsideOfTheClone(t *testing.T) {
	folder := follow(t, documented(t, "run: program"))
	program := tools.Command{Path: filepath.Join(folder, "hello", "hello"), Env: env}
	made := key(t, "ec_p256_sha256")
	out, err := program.Run(nil, service.ClientURI(), made.Name)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	h := crypto.SHA256.New()
	h.Write([]byte("hello"))
	if _, err := openssl(t).VerifyDigest([]byte(made.PublicKey), h.Sum(nil), signature, "digest:sha256"); err != nil {
		t.Errorf("openssl does not accept the signature: %v", err)
	}
}
