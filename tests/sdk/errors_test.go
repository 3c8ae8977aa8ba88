package sdk

import (
	"errors"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

// statusOf is the status of an answer, where the SDK keeps it.
func statusOf(err error) int {
	var plain *scw.ResponseError
	if errors.As(err, &plain) {
		return plain.StatusCode
	}
	var missing *scw.ResourceNotFoundError
	if errors.As(err, &missing) {
		return 404
	}
	return 0
}

// Every operation on a key that is not there.
func TestAKeyThatIsNotThere(t *testing.T) {
	t.Parallel()
	s := shared(t)
	id := uuid()
	for what, err := range s.onKey(id) {
		e := as[*scw.ResourceNotFoundError](t, what, err)
		if e.Resource == "" || e.ResourceID != id {
			t.Errorf("%s: should name the missing key: %+v", what, e)
		}
	}
}

func TestAKeyIDThatIsNone(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for what, err := range s.onKey("not-an-id") {
		argument(t, what, err, "key_id", "format")
	}
}

// onKey tries each operation that takes a key's id, with all else right.
func (s *service) onKey(id string) map[string]error {
	return map[string]error{
		"DeleteKey":         tell(s.DeleteKey, &km.DeleteKeyRequest{KeyID: id}),
		"DeleteKeyMaterial": tell(s.DeleteKeyMaterial, &km.DeleteKeyMaterialRequest{KeyID: id}),
		"GetKey":            second(try(s.GetKey, &km.GetKeyRequest{KeyID: id})),
		"GetPublicKey":      second(try(s.GetPublicKey, &km.GetPublicKeyRequest{KeyID: id})),
		"UpdateKey":         second(try(s.UpdateKey, &km.UpdateKeyRequest{KeyID: id, Name: scw.StringPtr("n")})),
		"RotateKey":         second(try(s.RotateKey, &km.RotateKeyRequest{KeyID: id})),
		"ProtectKey":        second(try(s.ProtectKey, &km.ProtectKeyRequest{KeyID: id})),
		"UnprotectKey":      second(try(s.UnprotectKey, &km.UnprotectKeyRequest{KeyID: id})),
		"EnableKey":         second(try(s.EnableKey, &km.EnableKeyRequest{KeyID: id})),
		"DisableKey":        second(try(s.DisableKey, &km.DisableKeyRequest{KeyID: id})),
		"RestoreKey":        second(try(s.RestoreKey, &km.RestoreKeyRequest{KeyID: id})),
		"ListKeyRotations":  second(try(s.ListKeyRotations, &km.ListKeyRotationsRequest{KeyID: id})),
		"GenerateDataKey":   second(try(s.GenerateDataKey, &km.GenerateDataKeyRequest{KeyID: id, Algorithm: "aes_256_gcm"})),
		"Encrypt":           second(try(s.Encrypt, &km.EncryptRequest{KeyID: id, Plaintext: random(8)})),
		"Decrypt":           second(try(s.Decrypt, &km.DecryptRequest{KeyID: id, Ciphertext: random(64)})),
		"Sign":              second(try(s.Sign, &km.SignRequest{KeyID: id, Digest: random(32)})),
		"Verify":            second(try(s.Verify, &km.VerifyRequest{KeyID: id, Digest: random(32), Signature: random(70)})),
		"WrapKey":           second(try(s.WrapKey, &km.WrapKeyRequest{KeyID: id, Plaintext: random(32)})),
		"UnwrapKey":         second(try(s.UnwrapKey, &km.UnwrapKeyRequest{KeyID: id, Ciphertext: random(1200)})),
		"ImportKeyMaterial": second(try(s.ImportKeyMaterial, &km.ImportKeyMaterialRequest{KeyID: id, KeyMaterial: random(32)})),
		"GenerateKeyMaterialImportParameters": second(try(s.GenerateKeyMaterialImportParameters,
			&km.GenerateKeyMaterialImportParametersRequest{KeyID: id, WrappingAlgorithm: "rsa_oaep_2048_sha256"})),
	}
}

// The list above must not miss an operation that the SDK gains.
func TestOnKeyHoldsEveryOperationOnAKey(t *testing.T) {
	t.Parallel()
	all := shared(t).onKey(uuid())
	for _, name := range operations() {
		_, held := all[name]
		if free := name == "CreateKey" || name == "ListKeys" || name == "ListAlgorithms"; held == free {
			t.Errorf("%s: tried %v, needs no key %v", name, held, free)
		}
	}
}

func TestAuthentication(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for what, c := range map[string]struct {
		api    *km.API
		reason string
	}{
		"a secret key that is none": {s.client(t, scw.WithAuth(s.AccessKey, uuid())), "not_found"},
		"no secret key":             {s.client(t, scw.WithoutAuth()), "invalid_argument"},
	} {
		_, err := try(c.api.ListKeys, &km.ListKeysRequest{})
		if e := as[*scw.DeniedAuthenticationError](t, what, err); e.Method != "api_key" || e.Reason != c.reason {
			t.Errorf("%s: want api_key and %s, got %+v", what, c.reason, e)
		}
		_, err = try(c.api.Sign, &km.SignRequest{KeyID: s.key(t, "ec_p256_sha256").ID, Digest: random(32)})
		as[*scw.DeniedAuthenticationError](t, what, err)
	}
	a := s.send(t, "short", "GET", s.URL+"/key-manager/v1alpha1/regions/"+s.Region+"/keys", nil)
	if a.StatusCode != 401 || a.json["reason"] != "invalid_argument" {
		t.Errorf("a secret key of another form: %s %s", a.Status, a.raw)
	}
}
