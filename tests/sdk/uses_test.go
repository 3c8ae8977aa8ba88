package sdk

import (
	"bytes"
	"errors"
	"maps"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

// uses holds the operations that use a key's material, by name. Each call sends the same request and
// checks the response.
type uses map[string]func() error

func (s *service) uses(t *testing.T, k *km.Key) uses {
	t.Helper()
	switch u := k.Usage; {
	case u.AsymmetricSigning != nil:
		return s.signingUses(t, k)
	case u.KeyEncapsulation != nil:
		return s.wrappingUses(t, k)
	case u.AsymmetricEncryption != nil:
		return s.encryptionUses(t, k)
	}
	all := s.encryptionUses(t, k)
	maps.Copy(all, uses{
		"GenerateDataKey": func() error {
			return errorOf(try(s.GenerateDataKey, &km.GenerateDataKeyRequest{
				KeyID: k.ID, Algorithm: km.DataKeyAlgorithmSymmetricEncryptionAes256Gcm,
			}))
		},
		"RotateKey": func() error {
			return errorOf(try(s.RotateKey, &km.RotateKeyRequest{KeyID: k.ID}))
		},
	})
	return all
}

func (s *service) signingUses(t *testing.T, k *km.Key) uses {
	t.Helper()
	digest := random(32)
	if h := algorithms[nameOf(t, k.Usage)].hash; h != 0 {
		digest = random(h.Size())
	}
	signature := s.sign(t, k.ID, digest)
	return uses{
		"Sign": func() error {
			return errorOf(try(s.Sign, &km.SignRequest{KeyID: k.ID, Digest: digest}))
		},
		"Verify": func() error {
			r, err := try(s.Verify, &km.VerifyRequest{KeyID: k.ID, Digest: digest, Signature: signature})
			if err == nil && !r.Valid {
				return errors.New("the signature is not valid any more")
			}
			return err
		},
	}
}

func (s *service) encryptionUses(t *testing.T, k *km.Key) uses {
	t.Helper()
	plaintext := random(32)
	ciphertext := s.encrypt(t, k.ID, plaintext, nil)
	return uses{
		"Encrypt": func() error {
			return errorOf(try(s.Encrypt, &km.EncryptRequest{KeyID: k.ID, Plaintext: plaintext}))
		},
		"Decrypt": func() error {
			r, err := try(s.Decrypt, &km.DecryptRequest{KeyID: k.ID, Ciphertext: ciphertext})
			if err == nil && !bytes.Equal(r.Plaintext, plaintext) {
				return errors.New("the ciphertext decrypts to another plaintext")
			}
			return err
		},
	}
}

func (s *service) wrappingUses(t *testing.T, k *km.Key) uses {
	t.Helper()
	plaintext := random(32)
	wrapped := call(t, s.WrapKey, &km.WrapKeyRequest{KeyID: k.ID, Plaintext: plaintext}).Ciphertext
	return uses{
		"WrapKey": func() error {
			return errorOf(try(s.WrapKey, &km.WrapKeyRequest{KeyID: k.ID, Plaintext: plaintext}))
		},
		"UnwrapKey": func() error {
			r, err := try(s.UnwrapKey, &km.UnwrapKeyRequest{KeyID: k.ID, Ciphertext: wrapped})
			if err == nil && !bytes.Equal(r.Plaintext, plaintext) {
				return errors.New("the wrapped key unwraps to another key")
			}
			return err
		},
	}
}

// fail calls all operations, which must fail, and checks their errors.
func (u uses) fail(t *testing.T, when string, check func(*testing.T, string, error)) {
	t.Helper()
	for name, use := range u {
		if err := use(); err == nil {
			t.Errorf("%s: %s succeeds", when, name)
		} else {
			check(t, when+": "+name, err)
		}
	}
}

// failForState calls all operations, which must fail because of the key's state.
func (u uses) failForState(t *testing.T, when string) {
	t.Helper()
	u.fail(t, when, func(t *testing.T, what string, err error) {
		checkPrecondition(t, what, err, "attribute_must_be_set")
	})
}

func (u uses) succeed(t *testing.T) {
	t.Helper()
	for name, use := range u {
		if err := use(); err != nil {
			t.Errorf("%s: %v %s", name, err, body(err))
		}
	}
}
