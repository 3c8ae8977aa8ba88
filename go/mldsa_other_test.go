//go:build !go1.27 && cgo && !noscwkms

package scwkms_test

import (
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// Go has no type for ML-DSA public keys before version 1.27.
func TestMLDSAKeysNeedANewerGo(t *testing.T) {
	manager := open(t)
	key := createOnService(t, "ml_dsa_44", nil)
	_, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: key.uri()})
	wantError(t, err, scwkms.CodeUnsupported, key.ID, "asymmetric_signing", "ml_dsa_44")
	info, err := manager.GetKey(t.Context(), key.uri())
	if err != nil || info.Algorithm != "ml_dsa_44" || info.PublicKey != nil {
		t.Errorf("the key is %+v, %v", info, err)
	}
	wantNoRequests(t, func() {
		for _, request := range []apiv1.CreateKeyRequest{
			{Name: "scwkms:name=x;algorithm=ml_dsa_44"},
			// The numbers of ML-DSA-44 to 87 in newer versions of apiv1.
			{Name: "x", SignatureAlgorithm: apiv1.PureEd25519 + 1},
			{Name: "x", SignatureAlgorithm: apiv1.PureEd25519 + 2},
			{Name: "x", SignatureAlgorithm: apiv1.PureEd25519 + 3},
		} {
			created, err := manager.CreateKey(&request)
			wantError(t, err, scwkms.CodeUnsupported, "create")
			if created != nil {
				t.Error("a response was returned with the error")
			}
		}
	})
	wantFound(t, manager, "scwkms:name="+key.Name)
}
