package sdk

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

func TestImportingKeyMaterial(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.create(t, "aes_256_gcm", external)
	if k.State != km.KeyStatePendingKeyMaterial || k.RotationCount != 0 || k.RotatedAt != nil || k.Origin != km.KeyOriginExternal {
		t.Errorf("before the import: %+v", k)
	}
	_, err := try(s.Encrypt, &km.EncryptRequest{KeyID: k.ID, Plaintext: []byte("x")})
	as[*scw.PreconditionFailedError](t, "encrypting without material", err)

	material, salt := random(32), random(16)
	i := call(t, s.ImportKeyMaterial, &km.ImportKeyMaterialRequest{KeyID: k.ID, KeyMaterial: material, Salt: &salt})
	if i.State != km.KeyStateEnabled || i.RotationCount != 1 || i.RotatedAt == nil {
		t.Errorf("after the import: %+v", i)
	}
	ciphertext := s.encrypt(t, k.ID, []byte("under imported material"), nil)
	if got := s.decrypt(t, k.ID, ciphertext, nil).Plaintext; string(got) != "under imported material" {
		t.Errorf("decrypted: %q", got)
	}

	do(t, s.DeleteKeyMaterial, &km.DeleteKeyMaterialRequest{KeyID: k.ID})
	d := s.get(t, k.ID)
	if d.State != km.KeyStatePendingKeyMaterial || d.RotationCount != 0 {
		t.Errorf("after the material went: %+v", d)
	}
	_, err = try(s.Decrypt, &km.DecryptRequest{KeyID: k.ID, Ciphertext: ciphertext})
	as[*scw.PreconditionFailedError](t, "decrypting without material", err)
	call(t, s.ImportKeyMaterial, &km.ImportKeyMaterialRequest{KeyID: k.ID, KeyMaterial: random(32)})
	s.encrypt(t, k.ID, []byte("x"), nil)
}

// Importing again is how an external key rotates; each rotation's material can be deleted by its index.
func TestRotationsOfAnExternalKey(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.create(t, "aes_256_gcm", external)
	call(t, s.ImportKeyMaterial, &km.ImportKeyMaterialRequest{KeyID: k.ID, KeyMaterial: random(32)})
	old := s.encrypt(t, k.ID, []byte("under the first"), nil)
	if _, err := try(s.RotateKey, &km.RotateKeyRequest{KeyID: k.ID}); err == nil {
		t.Error("an external key should not rotate by itself: whence would it take its material?")
	}
	if i := call(t, s.ImportKeyMaterial, &km.ImportKeyMaterialRequest{KeyID: k.ID, KeyMaterial: random(32)}); i.RotationCount != 2 {
		t.Errorf("imported again: %+v", i)
	}
	a := s.decrypt(t, k.ID, old, nil)
	if string(a.Plaintext) != "under the first" || a.Ciphertext == nil {
		t.Fatalf("the older rotation should decrypt, and encrypt anew: %+v", a)
	}
	list := func(statuses ...km.KeyRotationStatus) []*km.KeyRotation {
		t.Helper()
		return call(t, s.ListKeyRotations, &km.ListKeyRotationsRequest{KeyID: k.ID, Status: statuses}).Rotations
	}
	indexes(t, "both", list(), 1, 2)

	do(t, s.DeleteKeyMaterial, &km.DeleteKeyMaterialRequest{KeyID: k.ID, KeyRotationIndex: scw.Uint32Ptr(1)})
	indexes(t, "left", list(km.KeyRotationStatusEnabled), 2)
	gone := list(km.KeyRotationStatusDeleted)
	indexes(t, "deleted", gone, 1)
	if len(gone) == 1 && (gone[0].Status != km.KeyRotationStatusDeleted || gone[0].DeletedAt == nil) {
		t.Errorf("a deleted rotation should say so: %+v", gone[0])
	}
	if got := s.decrypt(t, k.ID, *a.Ciphertext, nil).Plaintext; string(got) != "under the first" {
		t.Errorf("the other rotation should go on working: %q", got)
	}
	if _, err := try(s.Decrypt, &km.DecryptRequest{KeyID: k.ID, Ciphertext: old}); err == nil {
		t.Error("the deleted rotation still decrypts")
	}
	for _, index := range []uint32{1, 9} {
		if tell(s.DeleteKeyMaterial, &km.DeleteKeyMaterialRequest{KeyID: k.ID, KeyRotationIndex: &index}) == nil {
			t.Errorf("rotation %d, which is not there, can be deleted", index)
		}
	}
	if got := s.get(t, k.ID).State; got != km.KeyStateEnabled {
		t.Errorf("with a rotation left the key is %s", got)
	}
	// With no index it is the latest, here the last, rotation that goes.
	do(t, s.DeleteKeyMaterial, &km.DeleteKeyMaterialRequest{KeyID: k.ID})
	if got := s.get(t, k.ID).State; got != km.KeyStatePendingKeyMaterial {
		t.Errorf("with no rotation left the key is %s", got)
	}
}

func TestOnlyExternalKeysTakeMaterial(t *testing.T) {
	t.Parallel()
	s := shared(t)
	id := s.key(t, "aes_256_gcm").ID
	_, err := try(s.ImportKeyMaterial, &km.ImportKeyMaterialRequest{KeyID: id, KeyMaterial: random(32)})
	argument(t, "import", err, "key_id", "constraint")
	argument(t, "delete", tell(s.DeleteKeyMaterial, &km.DeleteKeyMaterialRequest{KeyID: id}), "key_id", "constraint")
	_, err = try(s.GenerateKeyMaterialImportParameters, &km.GenerateKeyMaterialImportParametersRequest{
		KeyID: id, WrappingAlgorithm: "rsa_oaep_2048_sha256",
	})
	argument(t, "parameters", err, "key_id", "constraint")
	_, err = try(s.ImportKeyMaterial, &km.ImportKeyMaterialRequest{KeyID: s.create(t, "aes_256_gcm", external).ID})
	argument(t, "no material", err, "key_material", "required")
}

func TestImportParameters(t *testing.T) {
	t.Parallel()
	values := names(km.GenerateKeyMaterialImportParametersRequestWrappingAlgorithm("").Values())
	for _, name := range values {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared(t)
			k := s.create(t, "aes_256_gcm", external)
			p := call(t, s.GenerateKeyMaterialImportParameters, &km.GenerateKeyMaterialImportParametersRequest{
				KeyID: k.ID, WrappingAlgorithm: km.GenerateKeyMaterialImportParametersRequestWrappingAlgorithm(name),
			})
			if p.KeyID != k.ID || len(p.ImportToken) < 16 {
				t.Errorf("parameters: %+v", p)
			}
			public := wrappingKey(t, p.PublicKey)
			if size := public.N.BitLen(); !strings.Contains(name, map[int]string{2048: "_2048_", 3072: "_3072_", 4096: "_4096_"}[size]) {
				t.Errorf("a public key of %d bits", size)
			}
			if _, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, public, random(32), nil); err != nil {
				t.Errorf("the public key cannot wrap: %v", err)
			}
		})
	}
	s := shared(t)
	_, err := try(s.GenerateKeyMaterialImportParameters, &km.GenerateKeyMaterialImportParametersRequest{
		KeyID: s.create(t, "aes_256_gcm", external).ID,
	})
	argument(t, "no wrapping algorithm", err, "wrapping_algorithm", "required")
}

// wrappingKey takes the forms in which the undocumented bytes may hold an RSA public key.
func wrappingKey(t *testing.T, b []byte) *rsa.PublicKey {
	t.Helper()
	if block, _ := pem.Decode(b); block != nil {
		b = block.Bytes
	}
	if k, err := x509.ParsePKCS1PublicKey(b); err == nil {
		return k
	}
	k, err := x509.ParsePKIXPublicKey(b)
	if err != nil {
		t.Fatalf("no public key: %v in %x", err, b)
	}
	return k.(*rsa.PublicKey)
}

// Scaleway imports material for symmetric keys alone, as only they can be derived from it.
func TestOnlySymmetricKeysAreImported(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for _, name := range []string{"ec_p256_sha256", "rsa_oaep_2048_sha256", "ml_kem_768"} {
		q := &km.CreateKeyRequest{Usage: usageOf(t, name), Origin: km.KeyOriginExternal, Unprotected: true}
		k, err := try(s.CreateKey, q)
		if err == nil {
			// It is not known which of the two calls the service refuses.
			_, err = try(s.ImportKeyMaterial, &km.ImportKeyMaterialRequest{KeyID: k.ID, KeyMaterial: random(64)})
		}
		as[*scw.InvalidArgumentsError](t, name, err)
	}
}
