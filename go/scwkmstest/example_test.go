//go:build cgo && !noscwkms

package scwkmstest_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"log"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
	"github.com/scwkms/scwkms/go/scwkmstest"
)

// A program signs with a key of the emulator. The first response is an error, and the request is
// repeated. In a test, use New instead of Start.
func Example() {
	emulator, err := scwkmstest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer emulator.Stop()
	if err := emulator.Fail("Sign", 1, scwkmstest.Fault{"kind": "status", "status": 503}); err != nil {
		log.Fatal(err)
	}

	manager, err := scwkms.New(context.Background(), apiv1.Options{URI: emulator.FullURI()})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.Close()
	created, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: scwkmstest.URI("name", "example")})
	if err != nil {
		log.Fatal(err)
	}
	signer, err := manager.CreateSigner(&created.CreateSignerRequest)
	if err != nil {
		log.Fatal(err)
	}
	digest := sha256.Sum256([]byte("hello"))
	signature, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("valid:", ecdsa.VerifyASN1(signer.Public().(*ecdsa.PublicKey), digest[:], signature))

	stats, err := emulator.Stats()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("Sign requests:", stats.Operations["Sign"])
	// Output:
	// valid: true
	// Sign requests: 2
}
