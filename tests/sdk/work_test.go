package sdk

import (
	"bytes"
	"errors"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

// work is all that a key is there for, by operation, made with what the key itself gave while it could.
// The service is a parameter since a key outlives a restart of it.
type work map[string]func(*service) error

func (s *service) work(t *testing.T, k *km.Key) work {
	t.Helper()
	switch u := k.Usage; {
	case u.AsymmetricSigning != nil:
		return s.signing(t, k)
	case u.KeyEncapsulation != nil:
		return s.wrapping(t, k)
	case u.AsymmetricEncryption != nil:
		return s.encrypting(t, k)
	}
	w := s.encrypting(t, k)
	w["GenerateDataKey"] = func(s *service) error {
		return second(try(s.GenerateDataKey, &km.GenerateDataKeyRequest{
			KeyID: k.ID, Algorithm: km.DataKeyAlgorithmSymmetricEncryptionAes256Gcm,
		}))
	}
	w["RotateKey"] = func(s *service) error {
		return second(try(s.RotateKey, &km.RotateKeyRequest{KeyID: k.ID}))
	}
	return w
}

func (s *service) signing(t *testing.T, k *km.Key) work {
	t.Helper()
	digest := random(32)
	if h := algorithms[nameOf(t, k.Usage)].hash; h != 0 {
		digest = random(h.Size())
	}
	signature := s.sign(t, k.ID, digest)
	return work{
		"Sign": func(s *service) error {
			return second(try(s.Sign, &km.SignRequest{KeyID: k.ID, Digest: digest}))
		},
		"Verify": func(s *service) error {
			a, err := try(s.Verify, &km.VerifyRequest{KeyID: k.ID, Digest: digest, Signature: signature})
			if err == nil && !a.Valid {
				return errors.New("the key forgot its signature")
			}
			return err
		},
	}
}

func (s *service) encrypting(t *testing.T, k *km.Key) work {
	t.Helper()
	plaintext := random(32)
	ciphertext := s.encrypt(t, k.ID, plaintext, nil)
	return work{
		"Encrypt": func(s *service) error {
			return second(try(s.Encrypt, &km.EncryptRequest{KeyID: k.ID, Plaintext: plaintext}))
		},
		"Decrypt": func(s *service) error {
			a, err := try(s.Decrypt, &km.DecryptRequest{KeyID: k.ID, Ciphertext: ciphertext})
			if err == nil && !bytes.Equal(a.Plaintext, plaintext) {
				return errors.New("the key forgot what it encrypted")
			}
			return err
		},
	}
}

func (s *service) wrapping(t *testing.T, k *km.Key) work {
	t.Helper()
	plaintext := random(32)
	wrapped := call(t, s.WrapKey, &km.WrapKeyRequest{KeyID: k.ID, Plaintext: plaintext}).Ciphertext
	return work{
		"WrapKey": func(s *service) error {
			return second(try(s.WrapKey, &km.WrapKeyRequest{KeyID: k.ID, Plaintext: plaintext}))
		},
		"UnwrapKey": func(s *service) error {
			a, err := try(s.UnwrapKey, &km.UnwrapKeyRequest{KeyID: k.ID, Ciphertext: wrapped})
			if err == nil && !bytes.Equal(a.Plaintext, plaintext) {
				return errors.New("the key forgot what it wrapped")
			}
			return err
		},
	}
}

func (w work) fails(t *testing.T, s *service, when string, judge func(*testing.T, string, error)) {
	t.Helper()
	for name, do := range w {
		if err := do(s); err == nil {
			t.Errorf("%s: %s succeeds", when, name)
		} else {
			judge(t, when+": "+name, err)
		}
	}
}

func (w work) succeeds(t *testing.T, s *service) {
	t.Helper()
	for name, do := range w {
		if err := do(s); err != nil {
			t.Errorf("%s: %v %s", name, err, body(err))
		}
	}
}
