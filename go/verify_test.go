//go:build cgo && !noscwkms

package scwkms_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// digestOf returns the digest of a message.
func digestOf(hash crypto.Hash, message string) []byte {
	h := hash.New()
	h.Write([]byte(message))
	return h.Sum(nil)
}

// verify verifies a signature with Go and with OpenSSL.
func verify(t *testing.T, algorithm signing, public crypto.PublicKey, digest, signature []byte) {
	t.Helper()
	if err := verifyWithGo(algorithm, public, digest, signature); err != nil {
		t.Errorf("Go does not accept the signature: %v", err)
	}
	if err := verifyWithOpenSSL(t, algorithm, public, digest, signature); err != nil {
		t.Errorf("OpenSSL does not accept the signature: %v", err)
	}
}

// signAndVerify signs a message and verifies the signature with Go.
func signAndVerify(signer crypto.Signer, algorithm signing, message string) error {
	digest := digestOf(algorithm.hash, message)
	signature, err := signer.Sign(nil, digest, options(algorithm.scheme, algorithm.hash))
	if err != nil {
		return err
	}
	return verifyWithGo(algorithm, signer.Public(), digest, signature)
}

func verifyWithGo(algorithm signing, public crypto.PublicKey, digest, signature []byte) error {
	switch algorithm.scheme {
	case ecdsaScheme:
		if !ecdsa.VerifyASN1(public.(*ecdsa.PublicKey), digest, signature) {
			return errors.New("ECDSA verification failed")
		}
		return nil
	case pssScheme:
		return rsa.VerifyPSS(public.(*rsa.PublicKey), algorithm.hash, digest, signature,
			&rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	default:
		return rsa.VerifyPKCS1v15(public.(*rsa.PublicKey), algorithm.hash, digest, signature)
	}
}

func verifyWithOpenSSL(t *testing.T, algorithm signing, public crypto.PublicKey, digest, signature []byte) error {
	t.Helper()
	hash := strings.ToLower(strings.ReplaceAll(algorithm.hash.String(), "-", ""))
	arguments := []string{"pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-in", "digest", "-sigfile", "signature",
		"-pkeyopt", "digest:" + hash}
	switch algorithm.scheme {
	case pssScheme:
		arguments = append(arguments, "-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:digest",
			"-pkeyopt", "rsa_mgf1_md:"+hash)
	case pkcs1Scheme:
		arguments = append(arguments, "-pkeyopt", "rsa_padding_mode:pkcs1")
	}
	_, err := openssl(t, map[string][]byte{
		"public.pem": publicPEM(t, public), "digest": digest, "signature": signature,
	}, arguments...)
	return err
}

func publicPEM(t *testing.T, public crypto.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// openssl runs the openssl command in a folder with these files.
func openssl(t *testing.T, files map[string][]byte, arguments ...string) ([]byte, error) {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Fatal("the openssl command is needed: `make test` installs it")
	}
	folder := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command(path, arguments...)
	command.Dir = folder
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("openssl %s: %w: %s%s", arguments[0], err, out, stderr.Bytes())
	}
	return out, nil
}
