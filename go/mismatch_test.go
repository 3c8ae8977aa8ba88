//go:build cgo && !noscwkms

package scwkms_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"testing"

	scwkms "github.com/scwkms/scwkms/go"
)

// Each key against each kind of signature and each hash that x509, SSH and JWT may ask for: one
// combination works for each key, and all others are refused before a request, naming both sides.
func TestMismatches(t *testing.T) {
	manager := open(t)
	hashes := []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512}
	works := 0
	for _, algorithm := range signingAlgorithms {
		key := keyOf(t, algorithm.name)
		signer := signerOf(t, manager, key.uri())
		for _, asked := range []scheme{pkcs1Scheme, pssScheme} {
			for _, hash := range hashes {
				t.Run(fmt.Sprintf("%s/%s/%s", algorithm.name, asked, hash), func(t *testing.T) {
					digest := digestOf(hash, t.Name())
					// Go asks for ECDSA as for PKCS #1: by the hash alone.
					asked := asked
					if asked == pkcs1Scheme && algorithm.scheme == ecdsaScheme {
						asked = ecdsaScheme
					}
					if asked == algorithm.scheme && hash == algorithm.hash {
						works++
						costs(t, map[string]int{"Sign": 1}, func() {
							signature, err := signer.Sign(nil, digest, options(asked, hash))
							if err != nil {
								t.Fatal(err)
							}
							if err := verifyWithGo(algorithm, signer.Public(), digest, signature); err != nil {
								t.Error(err)
							}
						})
						return
					}
					refusesToSign(t, signer, digest, options(asked, hash), scwkms.CodeUnsupported,
						key.uri(), algorithm.name,
						string(asked)+" with "+hash.String(), string(algorithm.scheme)+" with "+algorithm.hash.String())
				})
			}
		}
	}
	if works != len(signingAlgorithms) {
		t.Errorf("%d combinations work, not one for each of %d keys", works, len(signingAlgorithms))
	}
}

// refusesToSign checks that a signature is refused, without a request.
func refusesToSign(t *testing.T, signer crypto.Signer, digest []byte, how crypto.SignerOpts, code scwkms.Code, words ...string) {
	t.Helper()
	sendsNothing(t, func() {
		signature, err := signer.Sign(nil, digest, how)
		refused(t, err, code, words...)
		if signature != nil {
			t.Error("there is a signature beside the error")
		}
	})
}

func TestOtherHashesAreRefused(t *testing.T) {
	manager := open(t)
	for _, algorithm := range []string{"ec_p256_sha256", "rsa_pkcs1_2048_sha256"} {
		signer := signerOf(t, manager, keyOf(t, algorithm).uri())
		for _, test := range []struct {
			how  crypto.SignerOpts
			size int
			word string
		}{
			// ssh-rsa, for which ssh.Signer asks by default.
			{crypto.SHA1, 20, "SHA-1"},
			// Of the same length as the right one.
			{crypto.SHA3_256, 32, "SHA3-256"},
			{crypto.SHA512_256, 32, "SHA-512/256"},
			// Whole messages, as for Ed25519.
			{crypto.Hash(0), 32, "without a hash"},
			{&ed25519.Options{}, 32, "without a hash"},
			{crypto.Hash(99), 32, "99"},
		} {
			refusesToSign(t, signer, make([]byte, test.size), test.how, scwkms.CodeUnsupported, algorithm, "SHA-256", test.word)
		}
		refusesToSign(t, signer, make([]byte, 32), nil, scwkms.CodeInvalidArgument, algorithm, "options")
	}
}

func TestPSSOptionsThatDoNotFit(t *testing.T) {
	manager := open(t)
	signer := signerOf(t, manager, keyOf(t, "rsa_pss_2048_sha256").uri())
	digest := make([]byte, 32)
	for _, salt := range []int{-2, 1, 20, 31, 33, 222} {
		refusesToSign(t, signer, digest, &rsa.PSSOptions{SaltLength: salt, Hash: crypto.SHA256}, scwkms.CodeUnsupported, "salt", fmt.Sprint(salt))
	}
	refusesToSign(t, signer, digest, &rsa.PSSOptions{}, scwkms.CodeUnsupported, "without a hash", "rsa_pss_2048_sha256")
	refusesToSign(t, signer, digest, (*rsa.PSSOptions)(nil), scwkms.CodeInvalidArgument, "nil", "rsa_pss_2048_sha256")
}

func TestDigestsOfTheWrongLength(t *testing.T) {
	manager := open(t)
	for _, algorithm := range signingAlgorithms {
		key := keyOf(t, algorithm.name)
		signer := signerOf(t, manager, key.uri())
		right := algorithm.hash.Size()
		for _, length := range []int{0, 1, 20, 31, 32, 33, 47, 48, 49, 64, 1 << 20} {
			if length != right {
				refusesToSign(t, signer, make([]byte, length), options(algorithm.scheme, algorithm.hash), scwkms.CodeInvalidArgument,
					key.uri(), algorithm.name, fmt.Sprintf("%d bytes", length), fmt.Sprint(right))
			}
		}
		refusesToSign(t, signer, nil, options(algorithm.scheme, algorithm.hash), scwkms.CodeInvalidArgument, algorithm.name)
	}
}
