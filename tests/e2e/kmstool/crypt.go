package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"os"

	"go.step.sm/crypto/kms/apiv1"
)

// defaultLabel is the label of step-kms-plugin, so that each of the two tools
// decrypts the ciphertexts of the other.
const defaultLabel = "step-kms-plugin/v1/oaep"

// crypt holds the arguments that encrypt and decrypt have in common.
type crypt struct {
	*arguments
	oaep    bool
	label   []byte
	hash    crypto.Hash
	format  string
	content []byte
}

func newCrypt(name string, args []string) (*crypt, error) {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	oaep := flags.Bool("oaep", false, "RSA-OAEP instead of PKCS #1 v1.5")
	noLabel := flags.Bool("no-label", false, "no OAEP label")
	label := flags.String("label", defaultLabel, "OAEP `label`")
	alg := flags.String("alg", "SHA256", "OAEP `hash`: SHA256, SHA384 or SHA512")
	format := flags.String("format", "base64", "`format` of the ciphertext: base64, hex or raw")
	in := flags.String("in", "", "`file` to read instead of standard input")
	common, err := parse(flags, args, 1)
	if err != nil {
		return nil, err
	}
	hash, err := hashOf(plain(*alg))
	if err != nil {
		return nil, err
	}
	call := &crypt{arguments: common, oaep: *oaep, hash: hash, format: *format}
	if !*noLabel {
		call.label = []byte(*label)
	}
	if *in != "" {
		call.content, err = os.ReadFile(*in)
	} else {
		call.content, err = io.ReadAll(os.Stdin)
	}
	return call, err
}

func encrypt(ctx context.Context, args []string) error {
	call, err := newCrypt("encrypt", args)
	if err != nil {
		return err
	}
	manager, err := call.open(ctx)
	if err != nil {
		return err
	}
	defer manager.Close()
	public, err := manager.GetPublicKey(&apiv1.GetPublicKeyRequest{Name: call.uri})
	if err != nil {
		return fmt.Errorf("failed to get the public key: %w", err)
	}
	key, ok := public.(*rsa.PublicKey)
	if !ok {
		return fmt.Errorf("%s is not an RSA key", call.uri)
	}
	var ciphertext []byte
	if call.oaep {
		ciphertext, err = rsa.EncryptOAEP(call.hash.New(), rand.Reader, key, call.content, call.label)
	} else {
		ciphertext, err = rsa.EncryptPKCS1v15(rand.Reader, key, call.content) //nolint:staticcheck // the plugin's default
	}
	if err != nil {
		return err
	}
	return printSignature(ciphertext, key, call.format)
}

func decrypt(ctx context.Context, args []string) error {
	call, err := newCrypt("decrypt", args)
	if err != nil {
		return err
	}
	ciphertext, err := decode(call.content, call.format)
	if err != nil {
		return fmt.Errorf("failed to decode input: %w", err)
	}

	manager, err := call.open(ctx)
	if err != nil {
		return err
	}
	defer manager.Close()
	decrypters, ok := manager.(apiv1.Decrypter)
	if !ok {
		return fmt.Errorf("%s does not implement Decrypter", call.client())
	}
	decrypter, err := decrypters.CreateDecrypter(&apiv1.CreateDecrypterRequest{DecryptionKey: call.uri})
	if err != nil {
		return err
	}
	var options crypto.DecrypterOpts
	if call.oaep {
		options = &rsa.OAEPOptions{Hash: call.hash, Label: call.label}
	}
	plaintext, err := decrypter.Decrypt(rand.Reader, ciphertext, options)
	if err != nil {
		return fmt.Errorf("error decrypting input: %w", err)
	}
	_, err = os.Stdout.Write(plaintext)
	return err
}

func decode(text []byte, format string) ([]byte, error) {
	switch format {
	case "hex":
		return hex.DecodeString(string(bytes.TrimSpace(text)))
	case "raw":
		return text, nil
	case "base64":
		return base64.StdEncoding.DecodeString(string(text)) // it ignores line breaks
	default:
		return nil, fmt.Errorf("unsupported format %q", format)
	}
}
