// First-sdk makes one signature with Scaleway's SDK.
package main

import (
	"crypto"
	"encoding/hex"
	"fmt"
	"os"

	"github.com/scwkms/scwkms/tests/bench/go/scwsdk"
)

func main() {
	signature, err := sign(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(hex.EncodeToString(signature))
}

func sign(key string) ([]byte, error) {
	signer, err := scwsdk.NewSigner(key)
	if err != nil {
		return nil, err
	}
	return signer.Sign(nil, make([]byte, crypto.SHA256.Size()), crypto.SHA256)
}
