package sdk

import (
	"bytes"
	"testing"

	"filippo.io/mldsa"
	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

// What the real service makes of an ML-DSA key's digest is not documented. The emulator signs it as the
// message of FIPS 204's pure mode, with no context; openssl knows ML-DSA only since 3.5, so a Go
// implementation judges.
func TestMLDSASignaturesVerifyElsewhere(t *testing.T) {
	t.Parallel()
	for _, name := range of("ml_dsa") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			k := s.key(t, name)
			public := mldsaKey(t, s.publicKey(t, k.ID))
			for _, size := range []int{32, 48, 64} {
				digest, other := random(size), random(size)
				signature := s.sign(t, k.ID, digest)
				if err := mldsa.Verify(public, digest, signature, nil); err != nil {
					t.Errorf("a digest of %d bytes: %v", size, err)
				}
				if mldsa.Verify(public, other, signature, nil) == nil {
					t.Error("the signature passes for that of another digest")
				}
				checkVerify(t, s, k.ID, digest, other, signature)
				if again := s.sign(t, k.ID, digest); bytes.Equal(again, signature) {
					t.Error("signed twice, the signatures are the same: signing should be hedged")
				}
			}
			_, err := try(s.Sign, &km.SignRequest{KeyID: k.ID})
			argument(t, "signing nothing", err, "digest", "required")
		})
	}
}
