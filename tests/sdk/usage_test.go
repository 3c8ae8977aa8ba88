package sdk

import (
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

func TestAKeyRejectsTheOperationsOfOtherUsages(t *testing.T) {
	t.Parallel()
	s := shared(t)
	operations := map[string]func(id string) error{
		"sign": func(id string) error {
			_, err := try(s.Sign, &km.SignRequest{KeyID: id, Digest: random(32)})
			return err
		},
		"verify": func(id string) error {
			_, err := try(s.Verify, &km.VerifyRequest{KeyID: id, Digest: random(32), Signature: random(70)})
			return err
		},
		"encrypt": func(id string) error {
			_, err := try(s.Encrypt, &km.EncryptRequest{KeyID: id, Plaintext: random(32)})
			return err
		},
		"decrypt": func(id string) error {
			_, err := try(s.Decrypt, &km.DecryptRequest{KeyID: id, Ciphertext: random(256)})
			return err
		},
		"wrap": func(id string) error {
			_, err := try(s.WrapKey, &km.WrapKeyRequest{KeyID: id, Plaintext: random(32)})
			return err
		},
		"unwrap": func(id string) error {
			_, err := try(s.UnwrapKey, &km.UnwrapKeyRequest{KeyID: id, Ciphertext: random(1200)})
			return err
		},
	}
	for name, rejected := range map[string][]string{
		"ec_p256_sha256":       {"encrypt", "decrypt", "wrap", "unwrap"},
		"rsa_pss_2048_sha256":  {"encrypt", "decrypt", "wrap", "unwrap"},
		"ml_dsa_44":            {"encrypt", "decrypt", "wrap", "unwrap"},
		"rsa_oaep_2048_sha256": {"sign", "verify", "wrap", "unwrap"},
		"aes_256_gcm":          {"sign", "verify", "wrap", "unwrap"},
		"ml_kem_768":           {"sign", "verify", "encrypt", "decrypt"},
	} {
		for _, operation := range rejected {
			checkInvalid(t, operation+" with "+name, operations[operation](s.key(t, name).ID), "key_id", "constraint")
		}
	}
}
