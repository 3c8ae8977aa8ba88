// Command encrypt_file encrypts or decrypts standard input, of any length, by envelope encryption:
//
//	encrypt_file encrypt KEY CONTEXT < plaintext > message
//	encrypt_file decrypt KEY CONTEXT < message > plaintext
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 3 {
		return errors.New("usage: encrypt_file encrypt|decrypt KEY CONTEXT < input > output")
	}
	kms, err := scwkms.New(ctx, apiv1.Options{URI: os.Getenv("SCWKMS_URI")})
	if err != nil {
		return err
	}
	if args[0] == "encrypt" {
		return encrypt(ctx, kms, args[1], []byte(args[2]))
	}
	return decrypt(ctx, kms, args[1], []byte(args[2]))
}

func encrypt(ctx context.Context, kms *scwkms.KMS, key string, associatedData []byte) error {
	encryptor, err := kms.NewEncryptor(ctx, os.Stdout, key, associatedData)
	if err != nil {
		return err
	}
	if _, err := io.Copy(encryptor, os.Stdin); err != nil {
		return err
	}
	return encryptor.Close()
}

func decrypt(ctx context.Context, kms *scwkms.KMS, key string, associatedData []byte) error {
	decryptor, err := kms.NewDecryptor(ctx, os.Stdin, key, associatedData)
	if err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, decryptor)
	return err
}
