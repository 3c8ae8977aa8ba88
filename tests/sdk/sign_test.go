package sdk

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	_ "crypto/sha256" // For the table's crypto.SHA256.
	_ "crypto/sha512" // For the table's crypto.SHA384.
	"errors"
	"strings"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

func (s *service) sign(t *testing.T, id string, digest []byte) []byte {
	t.Helper()
	a := call(t, s.Sign, &km.SignRequest{KeyID: id, Digest: digest})
	if a.KeyID != id {
		t.Errorf("signed with %s, not %s", a.KeyID, id)
	}
	return a.Signature
}

func (s *service) verify(t *testing.T, id string, digest, signature []byte) bool {
	t.Helper()
	a := call(t, s.Verify, &km.VerifyRequest{KeyID: id, Digest: digest, Signature: signature})
	if a.KeyID != id {
		t.Errorf("verified with %s, not %s", a.KeyID, id)
	}
	return a.Valid
}

func digestOf(h crypto.Hash, text string) []byte {
	d := h.New()
	d.Write([]byte(text))
	return d.Sum(nil)
}

// goVerify verifies a signature with Go's cryptography.
func goVerify(t *testing.T, name, served string, digest, signature []byte) error {
	t.Helper()
	hash := algorithms[name].hash
	switch algorithms[name].scheme {
	case "ecdsa":
		if !ecdsa.VerifyASN1(ecKey(t, served), digest, signature) {
			return errors.New("not a valid signature in ASN.1 DER")
		}
		return nil
	case "pss":
		// TLS 1.3 requires a salt as long as the digest.
		return rsa.VerifyPSS(rsaKey(t, served), hash, digest, signature,
			&rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	case "pkcs1":
		return rsa.VerifyPKCS1v15(rsaKey(t, served), hash, digest, signature)
	}
	return errors.New("not a signature scheme of Go")
}

func opensslOptions(name string) []string {
	a := algorithms[name]
	hash := "digest:" + strings.ToLower(strings.ReplaceAll(a.hash.String(), "-", ""))
	switch a.scheme {
	case "pss":
		return []string{hash, "rsa_padding_mode:pss", "rsa_pss_saltlen:digest"}
	case "pkcs1":
		return []string{hash, "rsa_padding_mode:pkcs1"}
	}
	return []string{hash}
}

func TestSignaturesVerifyWithOpensslAndGo(t *testing.T) {
	t.Parallel()
	for _, name := range withScheme("ecdsa", "pss", "pkcs1") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			k := s.key(t, name)
			served := s.publicKey(t, k.ID)
			digest := digestOf(algorithms[name].hash, "the text of "+name)
			other := digestOf(algorithms[name].hash, "another text")
			signature := s.sign(t, k.ID, digest)

			if err := opensslVerify(t, served, digest, signature, opensslOptions(name)...); err != nil {
				t.Errorf("openssl rejects the signature: %v", err)
			}
			if err := opensslVerify(t, served, other, signature, opensslOptions(name)...); err == nil {
				t.Error("openssl accepts the signature for another digest")
			}
			// Go does not implement secp256k1.
			if name != "ec_secp256k1_sha256" {
				if err := goVerify(t, name, served, digest, signature); err != nil {
					t.Errorf("Go rejects the signature: %v", err)
				}
			}
			checkVerify(t, s, k.ID, digest, other, signature)
			// Only PKCS #1 signatures are deterministic.
			if equal := bytes.Equal(signature, s.sign(t, k.ID, digest)); equal != (algorithms[name].scheme == "pkcs1") {
				t.Errorf("two signatures of one digest are equal: %v", equal)
			}
		})
	}
}

// checkVerify calls Verify with a valid signature and with invalid ones.
func checkVerify(t *testing.T, s *service, id string, digest, other, signature []byte) {
	t.Helper()
	flipped := bytes.Clone(signature)
	flipped[len(flipped)-1] ^= 1
	for _, c := range []struct {
		what              string
		digest, signature []byte
		want              bool
	}{
		{"unchanged", digest, signature, true},
		{"of another digest", other, signature, false},
		{"with a flipped bit", digest, flipped, false},
		{"too short", digest, signature[:len(signature)-1], false},
	} {
		if got := s.verify(t, id, c.digest, c.signature); got != c.want {
			t.Errorf("signature %s: valid %v", c.what, got)
		}
	}
}

func TestASignatureIsInvalidForAnotherKey(t *testing.T) {
	t.Parallel()
	s := shared(t)
	digest := digestOf(crypto.SHA256, "a text")
	one, two := s.create(t, "ec_p256_sha256"), s.create(t, "ec_p256_sha256")
	signature := s.sign(t, one.ID, digest)
	if s.verify(t, two.ID, digest, signature) {
		t.Error("the signature is valid for another key")
	}
	if s.publicKey(t, one.ID) == s.publicKey(t, two.ID) {
		t.Error("two keys have the same public key")
	}
}

func TestDigestLength(t *testing.T) {
	t.Parallel()
	for _, name := range withScheme("ecdsa", "pss", "pkcs1") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			k := s.key(t, name)
			size := algorithms[name].hash.Size()
			good := s.sign(t, k.ID, random(size))
			for _, n := range []int{1, 20, size - 1, size + 1, 64} {
				_, err := try(s.Sign, &km.SignRequest{KeyID: k.ID, Digest: random(n)})
				checkInvalid(t, "sign a digest of another length", err, "digest", "constraint")
				_, err = try(s.Verify, &km.VerifyRequest{KeyID: k.ID, Digest: random(n), Signature: good})
				checkInvalid(t, "verify a digest of another length", err, "digest", "constraint")
			}
			_, err := try(s.Sign, &km.SignRequest{KeyID: k.ID})
			checkInvalid(t, "sign no digest", err, "digest", "required")
			_, err = try(s.Verify, &km.VerifyRequest{KeyID: k.ID, Digest: random(size)})
			checkInvalid(t, "verify no signature", err, "signature", "required")
		})
	}
}
