// Signs standard input with a key in Key Manager: program CLIENT_URI KEY < document > signature
package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	scwkms "github.com/scwkms/scwkms/go"
	"go.step.sm/crypto/kms/apiv1"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 3 {
		return fmt.Errorf("usage: %s CLIENT_URI KEY < document > signature", os.Args[0])
	}
	manager, err := scwkms.New(context.Background(), apiv1.Options{URI: os.Args[1]})
	if err != nil {
		return err
	}
	defer manager.Close()
	signer, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: os.Args[2]})
	if err != nil {
		return err
	}
	document, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	digest := sha256.Sum256(document)
	signature, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(signature)
	return err
}
