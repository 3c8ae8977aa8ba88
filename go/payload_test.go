//go:build cgo && !noscwkms

package scwkms_test

import (
	"net/http"
	"testing"
)

// payload has the fields of the requests and responses of cryptographic operations.
type payload struct {
	Digest         []byte `json:"digest,omitempty"`
	Signature      []byte `json:"signature,omitempty"`
	Plaintext      []byte `json:"plaintext,omitempty"`
	Ciphertext     []byte `json:"ciphertext,omitempty"`
	AssociatedData []byte `json:"associated_data,omitempty"`
	KeyMaterial    []byte `json:"key_material,omitempty"`
}

// onService performs an operation with a key, without the package under test.
func onService(t *testing.T, key serviceKey, operation string, request payload) (response payload) {
	t.Helper()
	service.In(t).KeyManager(http.MethodPost, key.Region, "/keys/"+key.ID+"/"+operation, request, &response)
	return response
}

// signByService signs a digest, without the package under test.
func signByService(t *testing.T, key serviceKey, digest []byte) []byte {
	t.Helper()
	return onService(t, key, "sign", payload{Digest: digest}).Signature
}
