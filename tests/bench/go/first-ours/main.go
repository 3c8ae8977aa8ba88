// First-ours makes one signature with the Go package of this repository.
package main

import (
	"context"
	"crypto"
	"encoding/hex"
	"fmt"
	"os"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

func main() {
	uri := "scwkms:ca-file=" + os.Getenv("SCWKMS_CA_FILE")
	signature, err := sign(uri, os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(hex.EncodeToString(signature))
}

func sign(uri, key string) ([]byte, error) {
	manager, err := scwkms.New(context.Background(), apiv1.Options{URI: uri})
	if err != nil {
		return nil, err
	}
	defer manager.Close()
	signer, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: key})
	if err != nil {
		return nil, err
	}
	return signer.Sign(nil, make([]byte, crypto.SHA256.Size()), crypto.SHA256)
}
