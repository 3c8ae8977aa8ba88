//go:build cgo && !noscwkms

package scwkms_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"testing"

	scwkms "github.com/scwkms/scwkms/go"
)

// Each key that signs digests signs messages. Both forms give signatures of the message's digest.
func TestSignMessage(t *testing.T) {
	manager := open(t)
	const message = "a message"
	for _, algorithm := range signingAlgorithms {
		t.Run(algorithm.name, func(t *testing.T) {
			key := keyOf(t, algorithm.name)
			digest := digestOf(algorithm.hash, message)
			signature, err := manager.SignMessage(t.Context(), key.uri(), []byte(message))
			if err != nil {
				t.Fatal(err)
			}
			verify(t, algorithm, publicKey(t, key), digest, signature)
			signer := signerOf(t, manager, key.uri())
			signature, err = crypto.SignMessage(signer, rand.Reader, []byte(message), options(algorithm.scheme, algorithm.hash))
			if err != nil {
				t.Fatal(err)
			}
			verify(t, algorithm, publicKey(t, key), digest, signature)
		})
	}
}

func TestSignMessageChecksItsArguments(t *testing.T) {
	manager := open(t)
	signer := signerOf(t, manager, keyOf(t, "ec_p256_sha256").uri()).(*scwkms.Signer)
	wantNoRequests(t, func() {
		_, err := manager.SignMessage(t.Context(), "", nil)
		wantError(t, err, scwkms.CodeInvalidArgument, "the name of the key is empty")
		_, err = signer.SignMessage(rand.Reader, nil, crypto.SHA384)
		wantError(t, err, scwkms.CodeUnsupported, "SHA-384")
		_, err = signer.SignMessage(rand.Reader, nil, &rsa.PSSOptions{Hash: crypto.SHA256})
		wantError(t, err, scwkms.CodeUnsupported, "RSA-PSS")
	})
	_, err := manager.SignMessage(t.Context(), keyOf(t, "rsa_oaep_2048_sha256").uri(), nil)
	wantError(t, err, scwkms.CodeUnsupported, "cannot sign")
}
