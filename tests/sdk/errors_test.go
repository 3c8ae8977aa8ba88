package sdk

import (
	"encoding/json"
	"net/http"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
	"github.com/scwkms/scwkms/go/scwkmstest"
)

func TestUnknownKeyID(t *testing.T) {
	t.Parallel()
	s := shared(t)
	id := uuid()
	for what, err := range s.operationsOnKey(id) {
		e := asError[*scw.ResourceNotFoundError](t, what, err)
		if e.Resource == "" || e.ResourceID != id {
			t.Errorf("%s: the error does not name the key: %+v", what, e)
		}
	}
}

func TestMalformedKeyID(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for what, err := range s.operationsOnKey("not-an-id") {
		checkInvalid(t, what, err, "key_id", "format")
	}
}

// operationsOnKey calls each operation that takes a key's id. All other arguments are valid.
func (s *service) operationsOnKey(id string) map[string]error {
	return map[string]error{
		"DeleteKey":         tryEmpty(s.DeleteKey, &km.DeleteKeyRequest{KeyID: id}),
		"DeleteKeyMaterial": tryEmpty(s.DeleteKeyMaterial, &km.DeleteKeyMaterialRequest{KeyID: id}),
		"GetKey":            errorOf(try(s.GetKey, &km.GetKeyRequest{KeyID: id})),
		"GetPublicKey":      errorOf(try(s.GetPublicKey, &km.GetPublicKeyRequest{KeyID: id})),
		"UpdateKey":         errorOf(try(s.UpdateKey, &km.UpdateKeyRequest{KeyID: id, Name: scw.StringPtr("n")})),
		"RotateKey":         errorOf(try(s.RotateKey, &km.RotateKeyRequest{KeyID: id})),
		"ProtectKey":        errorOf(try(s.ProtectKey, &km.ProtectKeyRequest{KeyID: id})),
		"UnprotectKey":      errorOf(try(s.UnprotectKey, &km.UnprotectKeyRequest{KeyID: id})),
		"EnableKey":         errorOf(try(s.EnableKey, &km.EnableKeyRequest{KeyID: id})),
		"DisableKey":        errorOf(try(s.DisableKey, &km.DisableKeyRequest{KeyID: id})),
		"RestoreKey":        errorOf(try(s.RestoreKey, &km.RestoreKeyRequest{KeyID: id})),
		"ListKeyRotations":  errorOf(try(s.ListKeyRotations, &km.ListKeyRotationsRequest{KeyID: id})),
		"GenerateDataKey":   errorOf(try(s.GenerateDataKey, &km.GenerateDataKeyRequest{KeyID: id, Algorithm: "aes_256_gcm"})),
		"Encrypt":           errorOf(try(s.Encrypt, &km.EncryptRequest{KeyID: id, Plaintext: random(8)})),
		"Decrypt":           errorOf(try(s.Decrypt, &km.DecryptRequest{KeyID: id, Ciphertext: random(64)})),
		"Sign":              errorOf(try(s.Sign, &km.SignRequest{KeyID: id, Digest: random(32)})),
		"Verify":            errorOf(try(s.Verify, &km.VerifyRequest{KeyID: id, Digest: random(32), Signature: random(70)})),
		"WrapKey":           errorOf(try(s.WrapKey, &km.WrapKeyRequest{KeyID: id, Plaintext: random(32)})),
		"UnwrapKey":         errorOf(try(s.UnwrapKey, &km.UnwrapKeyRequest{KeyID: id, Ciphertext: random(1200)})),
		"ImportKeyMaterial": errorOf(try(s.ImportKeyMaterial, &km.ImportKeyMaterialRequest{KeyID: id, KeyMaterial: random(32)})),
		"GenerateKeyMaterialImportParameters": errorOf(try(s.GenerateKeyMaterialImportParameters,
			&km.GenerateKeyMaterialImportParametersRequest{KeyID: id, WrappingAlgorithm: "rsa_oaep_2048_sha256"})),
	}
}

// TestOperationsOnKeyIsComplete fails when the SDK gains an operation that is not in the list above.
func TestOperationsOnKeyIsComplete(t *testing.T) {
	t.Parallel()
	all := shared(t).operationsOnKey(uuid())
	for _, name := range operations() {
		_, listed := all[name]
		if hasNoKey := name == "CreateKey" || name == "ListKeys" || name == "ListAlgorithms"; listed == hasNoKey {
			t.Errorf("%s: in the list: %v, takes no key: %v", name, listed, hasNoKey)
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
		"an unknown secret key": {s.client(t, scw.WithAuth(s.AccessKey, uuid())), "not_found"},
		"no secret key":         {s.client(t, scw.WithoutAuth()), "invalid_argument"},
	} {
		_, err := try(c.api.ListKeys, &km.ListKeysRequest{})
		if e := asError[*scw.DeniedAuthenticationError](t, what, err); e.Method != "api_key" || e.Reason != c.reason {
			t.Errorf("%s: want api_key and %s, got %+v", what, c.reason, e)
		}
		_, err = try(c.api.Sign, &km.SignRequest{KeyID: s.key(t, "ec_p256_sha256").ID, Digest: random(32)})
		asError[*scw.DeniedAuthenticationError](t, what, err)
	}
}

// TestErrorsOfFaults checks that the SDK parses the errors that the emulator returns only as faults.
func TestErrorsOfFaults(t *testing.T) {
	t.Parallel()
	s := private(t)
	id := s.create(t, "ec_p256_sha256").ID
	sign := func(status int, text string) error {
		t.Helper()
		s.In(t).Fail("Sign", 1, scwkmstest.Fault{"kind": "status", "status": status, "body": json.RawMessage(text)})
		return errorOf(try(s.Sign, &km.SignRequest{KeyID: id, Digest: random(32)}))
	}
	denied := asError[*scw.PermissionsDeniedError](t, "403", sign(http.StatusForbidden,
		`{"type":"permissions_denied","message":"insufficient permissions","details":[{"resource":"key","action":"write"}]}`))
	if len(denied.Details) != 1 || denied.Details[0].Action != "write" {
		t.Errorf("%+v", denied)
	}
	quota := asError[*scw.QuotasExceededError](t, "403", sign(http.StatusForbidden,
		`{"type":"quotas_exceeded","message":"too many","details":[{"resource":"key","quota":10,"current":10}]}`))
	if len(quota.Details) != 1 || quota.Details[0].Quota != 10 {
		t.Errorf("%+v", quota)
	}
	state := asError[*scw.TransientStateError](t, "409", sign(http.StatusConflict,
		`{"type":"transient_state","message":"later","resource":"key","resource_id":"`+id+`","current_state":"updating"}`))
	if state.CurrentState != "updating" || state.ResourceID != id {
		t.Errorf("%+v", state)
	}
	expired := asError[*scw.ResourceExpiredError](t, "410", sign(http.StatusGone,
		`{"type":"resource_expired","message":"gone","resource":"key","resource_id":"`+id+`","expired_since":"2020-01-02T03:04:05Z"}`))
	if expired.ExpiredSince.Year() != 2020 {
		t.Errorf("%+v", expired)
	}
	asError[*scw.OutOfStockError](t, "409", sign(http.StatusConflict, `{"type":"out_of_stock","message":"none left","resource":"key"}`))
	exists := asError[*scw.ResponseError](t, "409", sign(http.StatusConflict, `{"type":"already_exists","message":"resource already exists"}`))
	if exists.StatusCode != 409 || exists.Type != "already_exists" {
		t.Errorf("%+v", exists)
	}
	for _, status := range []int{429, 500, 503} {
		e := asError[*scw.ResponseError](t, "without a type", sign(status, `{"message":"not now"}`))
		if e.StatusCode != status || e.Message != "not now" {
			t.Errorf("%d: %+v", status, e)
		}
	}
	// No fault is left.
	s.sign(t, id, random(32))
}
