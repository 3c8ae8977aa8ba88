package e2e

import (
	"strings"
	"testing"

	"github.com/scwkms/scwkms/tests/e2e/internal/pki"
	"github.com/scwkms/scwkms/tests/e2e/internal/tools"
)

// SCEP needs one key that signs and decrypts. A key of Key Manager does one of the
// two. The CA logs the reason, and works without SCEP.
func TestStepCAWorksWithoutSCEP(t *testing.T) {
	scep := func(extra map[string]any) map[string]any {
		provisioner := map[string]any{"type": "SCEP", "name": "scep", "challenge": "secret"}
		for name, value := range extra {
			provisioner[name] = value
		}
		return provisioner
	}
	decryptedBy := func(key *tools.Key) map[string]any {
		identity := strings.TrimPrefix(key.Name, "scwkms:")
		return scep(map[string]any{
			"decrypterKey":         service.ClientURI() + ";" + identity,
			"decrypterCertificate": pki.PEM(root(t, "rsa_pkcs1_2048_sha256").Certificate),
		})
	}
	for name, test := range map[string]struct {
		provisioner map[string]any
		words       []string
	}{
		"decrypting with the intermediate": {
			scep(nil), []string{"does not have a decrypter"},
		},
		"decrypting with a signing key": {
			decryptedBy(key(t, "rsa_pkcs1_2048_sha256")),
			[]string{"failed creating decrypter", "asymmetric_signing", "rsa_pkcs1_2048_sha256"},
		},
		"signing with a decryption key": {
			decryptedBy(key(t, "rsa_oaep_2048_sha256")),
			[]string{"failed creating signer", "asymmetric_encryption", "rsa_oaep_2048_sha256"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			config := authority(t, "rsa_pkcs1_2048_sha256", "rsa_pkcs1_2048_sha256")
			config.SCEP = []map[string]any{test.provisioner}
			server := mustStart(t, config)
			issue(t, connect(t, server), config)
			if err := server.Stop(); err != nil {
				t.Fatal(err)
			}
			for _, word := range test.words {
				if !strings.Contains(server.Log(), word) {
					t.Errorf("the log of step-ca does not contain %q:\n%s", word, server.Log())
				}
			}
		})
	}
}
