package sdk

import (
	"bytes"
	"testing"

	"filippo.io/mldsa"
	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

// The service does not document how ML-DSA keys use the digest. The emulator signs it as the message of pure
// ML-DSA (FIPS 204) with an empty context. openssl implements ML-DSA only since version 3.5, so a Go
// implementation verifies the signatures.
func TestMLDSASignaturesVerifyWithGo(t *testing.T) {
	t.Parallel()
	for _, name := range withScheme("ml_dsa") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			k := s.key(t, name)
			public := mldsaKey(t, s.publicKey(t, k.ID))
			for _, size := range []int{1, 32, 48, 64} {
				// Two random digests of one byte may be equal.
				digest := random(size)
				other := bytes.Clone(digest)
				other[0] ^= 1
				signature := s.sign(t, k.ID, digest)
				if err := mldsa.Verify(public, digest, signature, nil); err != nil {
					t.Errorf("a digest of %d bytes: %v", size, err)
				}
				if mldsa.Verify(public, other, signature, nil) == nil {
					t.Error("the signature is valid for another digest")
				}
				checkVerify(t, s, k.ID, digest, other, signature)
				if again := s.sign(t, k.ID, digest); bytes.Equal(again, signature) {
					t.Error("two signatures of one digest are equal, but signing should be hedged")
				}
			}
			_, err := try(s.Sign, &km.SignRequest{KeyID: k.ID})
			checkInvalid(t, "sign no digest", err, "digest", "required")
		})
	}
}
