package e2e

import (
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.step.sm/crypto/kms/uri"

	"github.com/scwkms/scwkms/go/scwkmstest"
)

const message = "signed through step-kms-plugin\n"

func TestPluginSignsWithEveryKeyType(t *testing.T) {
	file := filepath.Join(t.TempDir(), "message.txt")
	if err := os.WriteFile(file, []byte(message), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, k := range signingKinds() {
		t.Run(k.algorithm, func(t *testing.T) {
			made := key(t, k.algorithm)
			printed, err := plugin(t).Do(nil, service.ClientURI(), made.Name, "key")
			if err != nil {
				t.Fatal(err)
			}
			if string(printed) != made.PublicKey {
				t.Errorf("key prints\n%s, create printed\n%s", printed, made.PublicKey)
			}
			command := []string{"sign", "--verify", "--in", file}
			if k.pss {
				command = append(command, "--pss")
			}
			out, err := plugin(t).Do(nil, service.ClientURI(), made.Name, command...)
			if err != nil {
				t.Fatal(err)
			}
			signature, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(out)))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := openssl(t).VerifyDigest([]byte(made.PublicKey), digest(k), signature, k.openssl...); err != nil {
				t.Errorf("openssl does not accept the signature: %v", err)
			}
		})
	}
}

func digest(k kind) []byte {
	h := k.hash.New()
	h.Write([]byte(message))
	return h.Sum(nil)
}

func TestPluginTakesOneURIForClientAndKey(t *testing.T) {
	made := key(t, "ec_p256_sha256")
	parsed, err := uri.ParseWithScheme("scwkms", made.Name)
	if err != nil {
		t.Fatal(err)
	}
	both := service.FullURI("key-id", parsed.Get("key-id"))
	alone := plugin(t)
	alone.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()} // no variables of Scaleway
	printed, err := alone.Do(nil, "", both, "key")
	if err != nil {
		t.Fatal(err)
	}
	if string(printed) != made.PublicKey {
		t.Errorf("key prints\n%s, create printed\n%s", printed, made.PublicKey)
	}
	sum := hex.EncodeToString(digest(signingKinds()[0]))
	if _, err := alone.Run(nil, "sign", "--verify", "--format", "hex", both, sum); err != nil {
		t.Error(err)
	}
}

func TestPluginFindsAKeyByItsName(t *testing.T) {
	name := unique(t, "p256")
	made, err := plugin(t).Create(service.ClientURI(), scwkmstest.URI("name", name))
	if err != nil {
		t.Fatal(err)
	}
	printed, err := plugin(t).Do(nil, service.ClientURI(), scwkmstest.URI("name", name), "key")
	if err != nil {
		t.Fatal(err)
	}
	if string(printed) != made.PublicKey {
		t.Errorf("key by name prints\n%s, create printed\n%s", printed, made.PublicKey)
	}
	_, err = plugin(t).Do(nil, service.ClientURI(), scwkmstest.URI("name", name+"-not"), "key")
	checkError(t, err, name+"-not")
}

func TestPluginReportsTheWrongScheme(t *testing.T) {
	for _, k := range signingKinds() {
		if !k.rsa() {
			continue
		}
		t.Run(k.algorithm, func(t *testing.T) {
			made := key(t, k.algorithm)
			sum := hex.EncodeToString(digest(k))
			attempt := func(flags ...string) func() error {
				return func() error {
					_, err := plugin(t).Run(nil, append(append([]string{"sign", "--kms", service.ClientURI()}, flags...), made.Name, sum)...)
					return err
				}
			}
			if k.pss {
				checkLocalError(t, "Sign", attempt(), k.algorithm, "PKCS")
				checkLocalError(t, "Sign", attempt("--pss", "--alg", "SHA512"), k.algorithm, "SHA-512")
			} else {
				checkLocalError(t, "Sign", attempt("--pss"), k.algorithm, "PSS")
				checkLocalError(t, "Sign", attempt("--alg", "SHA384"), k.algorithm, "SHA-384")
			}
		})
	}
}

func TestPluginReportsTheWrongDigestLength(t *testing.T) {
	made := key(t, "ec_p384_sha384")
	checkLocalError(t, "Sign", func() error {
		_, err := plugin(t).Run(nil, "sign", "--kms", service.ClientURI(), made.Name, strings.Repeat("00", 32))
		return err
	}, "32", "48")
}

func TestPluginReportsUnsupportedKeyTypes(t *testing.T) {
	for name, flags := range map[string][]string{
		"P-521":    {"--kty", "EC", "--crv", "P521"},
		"Ed25519":  {"--kty", "OKP", "--crv", "Ed25519"},
		"SHA-512":  {"--kty", "RSA", "--hash", "SHA512"},
		"1024 bit": {"--kty", "RSA", "--size", "1024"},
	} {
		t.Run(name, func(t *testing.T) {
			checkLocalError(t, "CreateKey", func() error {
				_, err := plugin(t).Create(service.ClientURI(), scwkmstest.URI("name", "none"), flags...)
				return err
			})
		})
	}
}
