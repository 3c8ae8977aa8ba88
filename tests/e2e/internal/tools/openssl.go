package tools

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// OpenSSL runs openssl. It writes certificates and lists into files of a folder.
type OpenSSL struct {
	path, folder string
}

// NewOpenSSL finds openssl.
func NewOpenSSL(folder string) (*OpenSSL, error) {
	path, err := exec.LookPath("openssl")
	if err != nil {
		return nil, fmt.Errorf("openssl is needed: install it with `apt-get install openssl`: %w", err)
	}
	return &OpenSSL{path: path, folder: folder}, nil
}

func (o *OpenSSL) run(input []byte, args ...string) (string, error) {
	out, err := Command{Path: o.path, Env: os.Environ()}.Run(input, args...)
	return string(out), err
}

func (o *OpenSSL) file(name string, content []byte) (string, error) {
	path := filepath.Join(o.folder, name)
	return path, os.WriteFile(path, content, 0o600)
}

// VerifyChain verifies leaves with their chain to the root, all in PEM.
func (o *OpenSSL) VerifyChain(root, intermediates []byte, leaves ...[]byte) (string, error) {
	rootFile, err := o.file("root.pem", root)
	if err != nil {
		return "", err
	}
	args := []string{"verify", "-x509_strict", "-CAfile", rootFile}
	if len(intermediates) > 0 {
		chainFile, err := o.file("intermediates.pem", intermediates)
		if err != nil {
			return "", err
		}
		args = append(args, "-untrusted", chainFile)
	}
	for n, leaf := range leaves {
		leafFile, err := o.file(fmt.Sprintf("leaf-%d.pem", n), leaf)
		if err != nil {
			return "", err
		}
		args = append(args, leafFile)
	}
	out, err := o.run(nil, args...)
	// It prints a line for each leaf. Without leaves it verifies its standard
	// input.
	if ok := strings.Count(out, ": OK\n"); err == nil && ok != len(leaves) {
		err = fmt.Errorf("openssl verified %d certificates of %d:\n%s", ok, len(leaves), out)
	}
	return out, err
}

// VerifyRequest verifies a certificate request's own signature.
func (o *OpenSSL) VerifyRequest(request []byte) (string, error) {
	return o.runChecked(request, "verify OK", "req", "-verify", "-noout", "-text")
}

// VerifyList verifies a revocation list with its issuer's certificate.
func (o *OpenSSL) VerifyList(list, issuer []byte) (string, error) {
	issuerFile, err := o.file("issuer.pem", issuer)
	if err != nil {
		return "", err
	}
	return o.runChecked(list, "verify OK", "crl", "-CAfile", issuerFile, "-noout", "-text")
}

// runChecked is run for commands that exit with 0 even if verification fails:
// they print the success on standard error.
func (o *OpenSSL) runChecked(input []byte, success string, args ...string) (string, error) {
	stdout, stderr, err := Command{Path: o.path, Env: os.Environ()}.Both(input, args...)
	if err == nil && !strings.Contains(string(stderr), success) {
		err = fmt.Errorf("openssl %s: %s", args[0], strings.TrimSpace(string(stderr)))
	}
	return string(stdout), err
}

// Certificate prints a certificate as openssl does.
func (o *OpenSSL) Certificate(certificate []byte, args ...string) (string, error) {
	return o.run(certificate, append([]string{"x509", "-noout"}, args...)...)
}

// VerifyDigest verifies a signature over a digest with a public key in PEM,
// with the options of openssl pkeyutl.
func (o *OpenSSL) VerifyDigest(public, digest, signature []byte, options ...string) (string, error) {
	publicFile, err := o.file("public.pem", public)
	if err != nil {
		return "", err
	}
	signatureFile, err := o.file("signature.bin", signature)
	if err != nil {
		return "", err
	}
	args := []string{"pkeyutl", "-verify", "-pubin", "-inkey", publicFile, "-sigfile", signatureFile}
	for _, option := range options {
		args = append(args, "-pkeyopt", option)
	}
	return o.run(digest, args...)
}

// EncryptOAEP encrypts for a public key in PEM by OAEP with SHA-256 and no
// label.
func (o *OpenSSL) EncryptOAEP(public, plaintext []byte) ([]byte, error) {
	publicFile, err := o.file("public.pem", public)
	if err != nil {
		return nil, err
	}
	out, err := o.run(plaintext, "pkeyutl", "-encrypt", "-pubin", "-inkey", publicFile,
		"-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt", "rsa_mgf1_md:sha256")
	return []byte(out), err
}
