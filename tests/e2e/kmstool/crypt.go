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

// defaultLabel is the one that step-kms-plugin uses: a ciphertext of one tool
// is to be readable by the other.
const defaultLabel = "step-kms-plugin/v1/oaep"

type cryptFlags struct {
	oaep, noLabel          *bool
	label, alg, format, in *string
}

func newCryptFlags(flags *flag.FlagSet) *cryptFlags {
	return &cryptFlags{
		oaep:    flags.Bool("oaep", false, "RSA-OAEP instead of PKCS #1 v1.5"),
		noLabel: flags.Bool("no-label", false, "no OAEP label"),
		label:   flags.String("label", defaultLabel, "OAEP `label`"),
		alg:     flags.String("alg", "SHA256", "OAEP `hash`: SHA256, SHA384 or SHA512"),
		format:  flags.String("format", "base64", "`format` of the ciphertext: base64, hex or raw"),
		in:      flags.String("in", "", "`file` to read instead of standard input"),
	}
}

func (c *cryptFlags) labelBytes() []byte {
	if *c.noLabel {
		return nil
	}
	return []byte(*c.label)
}

func (c *cryptFlags) input() ([]byte, error) {
	if *c.in != "" {
		return os.ReadFile(*c.in)
	}
	return io.ReadAll(os.Stdin)
}

func encrypt(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("encrypt", flag.ContinueOnError)
	options := newCryptFlags(flags)
	parsed, err := parse(flags, args, 1)
	if err != nil {
		return err
	}
	hash, err := hashOf(plain(*options.alg))
	if err != nil {
		return err
	}
	plaintext, err := options.input()
	if err != nil {
		return err
	}

	manager, err := parsed.open(ctx)
	if err != nil {
		return err
	}
	defer manager.Close()
	public, err := manager.GetPublicKey(&apiv1.GetPublicKeyRequest{Name: parsed.uri})
	if err != nil {
		return fmt.Errorf("failed to get the public key: %w", err)
	}
	key, ok := public.(*rsa.PublicKey)
	if !ok {
		return fmt.Errorf("%s is not an RSA key", parsed.uri)
	}
	var ciphertext []byte
	if *options.oaep {
		ciphertext, err = rsa.EncryptOAEP(hash.New(), rand.Reader, key, plaintext, options.labelBytes())
	} else {
		ciphertext, err = rsa.EncryptPKCS1v15(rand.Reader, key, plaintext) //nolint:staticcheck // the plugin's default
	}
	if err != nil {
		return err
	}
	return printSignature(ciphertext, key, *options.format)
}

func decrypt(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("decrypt", flag.ContinueOnError)
	options := newCryptFlags(flags)
	parsed, err := parse(flags, args, 1)
	if err != nil {
		return err
	}
	hash, err := hashOf(plain(*options.alg))
	if err != nil {
		return err
	}
	source, err := options.input()
	if err != nil {
		return err
	}
	ciphertext, err := decode(source, *options.format)
	if err != nil {
		return fmt.Errorf("failed to decode input: %w", err)
	}

	manager, err := parsed.open(ctx)
	if err != nil {
		return err
	}
	defer manager.Close()
	decrypters, ok := manager.(apiv1.Decrypter)
	if !ok {
		return fmt.Errorf("%s does not implement Decrypter", parsed.client())
	}
	decrypter, err := decrypters.CreateDecrypter(&apiv1.CreateDecrypterRequest{DecryptionKey: parsed.uri})
	if err != nil {
		return err
	}
	var how crypto.DecrypterOpts
	if *options.oaep {
		how = &rsa.OAEPOptions{Hash: hash, Label: options.labelBytes()}
	}
	plaintext, err := decrypter.Decrypt(rand.Reader, ciphertext, how)
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
		return base64.StdEncoding.DecodeString(string(text)) // it skips line ends
	default:
		return nil, fmt.Errorf("unsupported format %q", format)
	}
}
