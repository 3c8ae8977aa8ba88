//go:build cgo && !noscwkms

package scwkms_test

import (
	"strings"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// Semicolons separate parameters in a query, too. Go's own parser would drop such parameters.
func TestTheQuerysRegionWinsOverTheOptions(t *testing.T) {
	name := freshName(t)
	for _, query := range []string{"region=pl-waw", "region=pl-waw&timeout=15s", "region=pl-waw;timeout=15s", "timeout=15s;region=pl-waw"} {
		t.Run(query, func(t *testing.T) {
			manager, err := scwkms.New(t.Context(), apiv1.Options{URI: "scwkms:?" + query, Region: "nl-ams"})
			if err != nil {
				t.Fatal(err)
			}
			defer manager.Close()
			created, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: name})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(created.Name, ";region=pl-waw") {
				t.Errorf("the key is %s, not in pl-waw", created.Name)
			}
		})
	}
}

func TestTheQuerysAlgorithmCounts(t *testing.T) {
	manager := open(t)
	for _, query := range []string{"algorithm=aes_256_gcm;unprotected=true", "unprotected=true;algorithm=ml_dsa_44"} {
		for _, algorithm := range []apiv1.SignatureAlgorithm{apiv1.UnspecifiedSignAlgorithm, apiv1.ECDSAWithSHA256} {
			wantNoRequests(t, func() {
				_, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: "scwkms:name=x?" + query, SignatureAlgorithm: algorithm})
				wantError(t, err, scwkms.CodeUnsupported, "cannot use")
			})
		}
	}
	created, err := manager.CreateKey(&apiv1.CreateKeyRequest{
		Name:               "scwkms:name=" + freshName(t) + "?unprotected=true;algorithm=rsa_oaep_2048_sha256",
		SignatureAlgorithm: apiv1.ECDSAWithSHA256,
	})
	if err != nil {
		t.Fatal(err)
	}
	decrypterOf(t, manager, created.Name)
}
