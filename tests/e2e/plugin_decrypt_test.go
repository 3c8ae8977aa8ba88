package e2e

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func TestPluginDecryptsWithEveryKeyType(t *testing.T) {
	secret := []byte("a password\x00 with any bytes\xff")
	for _, algorithm := range encryptionAlgorithms {
		t.Run(algorithm, func(t *testing.T) {
			made := key(t, algorithm)
			encrypted, err := plugin(t).Do(secret, service.ClientURI(), made.Name, "encrypt", "--oaep", "--no-label")
			if err != nil {
				t.Fatal(err)
			}
			decrypted, err := plugin(t).Do(encrypted, service.ClientURI(), made.Name, "decrypt", "--oaep", "--no-label")
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(decrypted, secret) {
				t.Errorf("decrypted %q, not %q", decrypted, secret)
			}

			// A ciphertext of openssl is decrypted too.
			encrypted, err = openssl(t).EncryptOAEP([]byte(made.PublicKey), secret)
			if err != nil {
				t.Fatal(err)
			}
			decrypted, err = plugin(t).Do(encrypted, service.ClientURI(), made.Name, "decrypt", "--oaep", "--no-label", "--format", "raw")
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(decrypted, secret) {
				t.Errorf("decrypted %q of openssl, not %q", decrypted, secret)
			}
		})
	}
}

func TestPluginReportsUnsupportedDecryption(t *testing.T) {
	made := key(t, "rsa_oaep_2048_sha256")
	encrypted, err := plugin(t).Do([]byte("secret"), service.ClientURI(), made.Name, "encrypt", "--oaep")
	if err != nil {
		t.Fatal(err)
	}
	decrypt := func(flags ...string) func() error {
		return func() error {
			_, err := plugin(t).Do(encrypted, service.ClientURI(), made.Name, append([]string{"decrypt"}, flags...)...)
			return err
		}
	}
	// The plugin sets a label by default.
	checkLocalError(t, "Decrypt", decrypt("--oaep"), "label", "--no-label")
	checkLocalError(t, "Decrypt", decrypt("--oaep", "--no-label", "--alg", "SHA512"), "SHA-512", made.Name)
}

func TestKeyIsOnlyUsedForItsUsage(t *testing.T) {
	encryption, signing := key(t, "rsa_oaep_2048_sha256"), key(t, "rsa_pkcs1_2048_sha256")
	sum := hex.EncodeToString(digest(signingKinds()[0]))
	checkLocalError(t, "Sign", func() error {
		_, err := plugin(t).Run(nil, "sign", "--kms", service.ClientURI(), encryption.Name, sum)
		return err
	}, "asymmetric_encryption", "rsa_oaep_2048_sha256")
	checkLocalError(t, "Decrypt", func() error {
		_, err := plugin(t).Do(make([]byte, 256), service.ClientURI(), signing.Name, "decrypt", "--oaep", "--no-label", "--format", "raw")
		return err
	}, "asymmetric_signing", "rsa_pkcs1_2048_sha256")
}
