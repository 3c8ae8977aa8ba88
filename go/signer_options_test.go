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

// For each key, one of the combinations of scheme and hash works that x509, SSH and JWT request. The
// others are errors that name both sides, and send nothing.
func TestSchemesAndHashes(t *testing.T) {
	manager := open(t)
	hashes := []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512}
	works := 0
	for _, algorithm := range signingAlgorithms {
		key := keyOf(t, algorithm.name)
		signer := signerOf(t, manager, key.uri())
		for _, requested := range []scheme{pkcs1Scheme, pssScheme} {
			for _, hash := range hashes {
				t.Run(fmt.Sprintf("%s/%s/%s", algorithm.name, requested, hash), func(t *testing.T) {
					digest := digestOf(hash, t.Name())
					// Go requests ECDSA in the same way as PKCS #1: by the hash alone.
					requested := requested
					if requested == pkcs1Scheme && algorithm.scheme == ecdsaScheme {
						requested = ecdsaScheme
					}
					if requested == algorithm.scheme && hash == algorithm.hash {
						works++
						wantRequests(t, map[string]int{"Sign": 1}, func() {
							signature, err := signer.Sign(nil, digest, options(requested, hash))
							if err != nil {
								t.Fatal(err)
							}
							if err := verifyWithGo(algorithm, signer.Public(), digest, signature); err != nil {
								t.Error(err)
							}
						})
						return
					}
					wantSignError(t, signer, digest, options(requested, hash), scwkms.CodeUnsupported,
						key.uri(), algorithm.name,
						string(requested)+" with "+hash.String(), string(algorithm.scheme)+" with "+algorithm.hash.String())
				})
			}
		}
	}
	if works != len(signingAlgorithms) {
		t.Errorf("%d combinations work, not one for each of %d keys", works, len(signingAlgorithms))
	}
}

// wantSignError checks that a signature fails without a request.
func wantSignError(t *testing.T, signer crypto.Signer, digest []byte, opts crypto.SignerOpts, code scwkms.Code, words ...string) {
	t.Helper()
	wantNoRequests(t, func() {
		signature, err := signer.Sign(nil, digest, opts)
		wantError(t, err, code, words...)
		if signature != nil {
			t.Error("a signature was returned with the error")
		}
	})
}

func TestUnsupportedHashes(t *testing.T) {
	manager := open(t)
	for _, algorithm := range []string{"ec_p256_sha256", "rsa_pkcs1_2048_sha256"} {
		signer := signerOf(t, manager, keyOf(t, algorithm).uri())
		for _, test := range []struct {
			opts crypto.SignerOpts
			size int
			word string
		}{
			// ssh-rsa, which ssh.Signer requests by default.
			{crypto.SHA1, 20, "SHA-1"},
			// Hashes with the same length as the right one.
			{crypto.SHA3_256, 32, "SHA3-256"},
			{crypto.SHA512_256, 32, "SHA-512/256"},
			// Whole messages, as for Ed25519.
			{crypto.Hash(0), 32, "without a hash"},
			{&ed25519.Options{}, 32, "without a hash"},
			{crypto.Hash(99), 32, "99"},
		} {
			wantSignError(t, signer, make([]byte, test.size), test.opts, scwkms.CodeUnsupported, algorithm, "SHA-256", test.word)
		}
	}
}

// The algorithm of an ECDSA key determines the hash, so its options may be nil. An RSA key requires
// options.
func TestNilOptions(t *testing.T) {
	manager := open(t)
	for _, algorithm := range signingAlgorithms {
		signer := signerOf(t, manager, keyOf(t, algorithm.name).uri())
		digest := digestOf(algorithm.hash, t.Name())
		if algorithm.scheme != ecdsaScheme {
			wantSignError(t, signer, digest, nil, scwkms.CodeInvalidArgument, algorithm.name, "options", "RSA")
			continue
		}
		signature, err := signer.Sign(nil, digest, nil)
		if err != nil {
			t.Fatal(err)
		}
		verify(t, algorithm, signer.Public(), digest, signature)
		wantSignError(t, signer, digest[1:], nil, scwkms.CodeInvalidArgument, algorithm.name, fmt.Sprintf("%d bytes", len(digest)-1))
	}
}

func TestUnsupportedPSSOptions(t *testing.T) {
	manager := open(t)
	signer := signerOf(t, manager, keyOf(t, "rsa_pss_2048_sha256").uri())
	digest := make([]byte, 32)
	for _, salt := range []int{-2, 1, 20, 31, 33, 222} {
		wantSignError(t, signer, digest, &rsa.PSSOptions{SaltLength: salt, Hash: crypto.SHA256}, scwkms.CodeUnsupported, "salt", fmt.Sprint(salt))
	}
	wantSignError(t, signer, digest, &rsa.PSSOptions{}, scwkms.CodeUnsupported, "without a hash", "rsa_pss_2048_sha256")
	wantSignError(t, signer, digest, (*rsa.PSSOptions)(nil), scwkms.CodeInvalidArgument, "nil", "rsa_pss_2048_sha256")
}

func TestDigestsOfTheWrongLength(t *testing.T) {
	manager := open(t)
	for _, algorithm := range signingAlgorithms {
		key := keyOf(t, algorithm.name)
		signer := signerOf(t, manager, key.uri())
		right := algorithm.hash.Size()
		for _, length := range []int{0, 1, 20, 31, 32, 33, 47, 48, 49, 64, 1 << 20} {
			if length != right {
				wantSignError(t, signer, make([]byte, length), options(algorithm.scheme, algorithm.hash), scwkms.CodeInvalidArgument,
					key.uri(), algorithm.name, fmt.Sprintf("%d bytes", length), fmt.Sprint(right))
			}
		}
		wantSignError(t, signer, nil, options(algorithm.scheme, algorithm.hash), scwkms.CodeInvalidArgument, algorithm.name)
	}
}
