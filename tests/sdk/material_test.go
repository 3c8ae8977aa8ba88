package sdk

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"strings"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

func (s *service) importMaterial(t *testing.T, id string) *km.Key {
	t.Helper()
	return call(t, s.ImportKeyMaterial, &km.ImportKeyMaterialRequest{KeyID: id, KeyMaterial: random(32)})
}

// checkNoMaterial checks that a key of external origin without material cannot be used.
func (s *service) checkNoMaterial(t *testing.T, id string) {
	t.Helper()
	if k := s.get(t, id); k.State != km.KeyStatePendingKeyMaterial || k.RotationCount != 0 || k.Origin != km.KeyOriginExternal {
		t.Errorf("without material: %+v", k)
	}
	for what, err := range map[string]error{
		"encrypt":         errorOf(try(s.Encrypt, &km.EncryptRequest{KeyID: id, Plaintext: []byte("x")})),
		"decrypt":         errorOf(try(s.Decrypt, &km.DecryptRequest{KeyID: id, Ciphertext: random(64)})),
		"enable":          errorOf(try(s.EnableKey, &km.EnableKeyRequest{KeyID: id})),
		"disable":         errorOf(try(s.DisableKey, &km.DisableKeyRequest{KeyID: id})),
		"rotate":          errorOf(try(s.RotateKey, &km.RotateKeyRequest{KeyID: id})),
		"delete material": tryEmpty(s.DeleteKeyMaterial, &km.DeleteKeyMaterialRequest{KeyID: id}),
	} {
		checkPrecondition(t, what+" without material", err, "attribute_must_be_set")
	}
}

func TestImportAndDeleteMaterial(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.create(t, "aes_256_gcm", external)
	if k.RotatedAt != nil {
		t.Errorf("rotated before the first import: %+v", k)
	}
	s.checkNoMaterial(t, k.ID)
	i := s.importMaterial(t, k.ID)
	if i.State != km.KeyStateEnabled || i.RotationCount != 1 || i.RotatedAt == nil {
		t.Errorf("imported: %+v", i)
	}
	ciphertext := s.encrypt(t, k.ID, []byte("a text"), nil)
	if got := s.decrypt(t, k.ID, ciphertext, nil).Plaintext; string(got) != "a text" {
		t.Errorf("decrypted: %q", got)
	}
	callEmpty(t, s.DeleteKeyMaterial, &km.DeleteKeyMaterialRequest{KeyID: k.ID})
	s.checkNoMaterial(t, k.ID)
	s.importMaterial(t, k.ID)
	s.encrypt(t, k.ID, []byte("x"), nil)
}

// An import is a rotation. The material of each rotation can be deleted by its index.
func TestRotationsOfAnExternalKey(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.create(t, "aes_256_gcm", external)
	first := s.importMaterial(t, k.ID)
	old := s.encrypt(t, k.ID, []byte("first"), nil)
	_, err := try(s.RotateKey, &km.RotateKeyRequest{KeyID: k.ID})
	checkPrecondition(t, "rotate", err, "attribute_must_be_set")
	if second := s.importMaterial(t, k.ID); second.RotationCount != 2 || !second.RotatedAt.After(*first.RotatedAt) {
		t.Errorf("imported again: %+v", second)
	}
	d := s.decrypt(t, k.ID, old, nil)
	if string(d.Plaintext) != "first" || d.Ciphertext == nil {
		t.Fatalf("decrypted with the older rotation: %+v", d)
	}
	checkCiphertext(t, *d.Ciphertext, 2, len("first"))
	checkIndexes(t, "both", s.rotations(t, k.ID), 1, 2)

	s.deleteRotation(t, k.ID, 1)
	if got := s.decrypt(t, k.ID, *d.Ciphertext, nil).Plaintext; string(got) != "first" {
		t.Errorf("decrypted with the newer rotation: %q", got)
	}
	_, err = try(s.Decrypt, &km.DecryptRequest{KeyID: k.ID, Ciphertext: old})
	checkInvalid(t, "decrypt with the deleted rotation", err, "ciphertext", "constraint")
	for _, index := range []uint32{1, 9} {
		err := tryEmpty(s.DeleteKeyMaterial, &km.DeleteKeyMaterialRequest{KeyID: k.ID, KeyRotationIndex: &index})
		checkInvalid(t, "delete an unknown rotation", err, "key_rotation_index", "constraint")
	}
	if got := s.get(t, k.ID).State; got != km.KeyStateEnabled {
		t.Errorf("with one rotation left, the state is %s", got)
	}
	// Without an index the newest rotation is deleted.
	callEmpty(t, s.DeleteKeyMaterial, &km.DeleteKeyMaterialRequest{KeyID: k.ID})
	s.checkNoMaterial(t, k.ID)
	checkIndexes(t, "both deleted", s.rotations(t, k.ID, km.KeyRotationStatusDeleted), 1, 2)
}

func (s *service) rotations(t *testing.T, id string, statuses ...km.KeyRotationStatus) []*km.KeyRotation {
	t.Helper()
	return call(t, s.ListKeyRotations, &km.ListKeyRotationsRequest{KeyID: id, Status: statuses}).Rotations
}

// deleteRotation deletes the material of one of two rotations.
func (s *service) deleteRotation(t *testing.T, id string, index uint32) {
	t.Helper()
	callEmpty(t, s.DeleteKeyMaterial, &km.DeleteKeyMaterialRequest{KeyID: id, KeyRotationIndex: &index})
	checkIndexes(t, "enabled", s.rotations(t, id, km.KeyRotationStatusEnabled), 3-index)
	deleted := s.rotations(t, id, km.KeyRotationStatusDeleted)
	checkIndexes(t, "deleted", deleted, index)
	if len(deleted) == 1 && (deleted[0].Status != km.KeyRotationStatusDeleted || deleted[0].DeletedAt == nil) {
		t.Errorf("the deleted rotation: %+v", deleted[0])
	}
}

// The emulator derives an AES key from the material and the salt with HKDF. Go derives the same key and
// decrypts the ciphertext.
func TestImportedKeyIsDerivedFromMaterialAndSalt(t *testing.T) {
	t.Parallel()
	s := shared(t)
	material, salt := random(32), random(16)
	imported := func(salt *[]byte) string {
		t.Helper()
		id := s.create(t, "aes_256_gcm", external).ID
		call(t, s.ImportKeyMaterial, &km.ImportKeyMaterialRequest{KeyID: id, KeyMaterial: material, Salt: salt})
		return id
	}
	ciphertext := s.encrypt(t, imported(&salt), []byte("a text"), nil)
	if got := s.decrypt(t, imported(&salt), ciphertext, nil).Plaintext; string(got) != "a text" {
		t.Errorf("decrypted with the same material and salt: %q", got)
	}
	_, err := try(s.Decrypt, &km.DecryptRequest{KeyID: imported(nil), Ciphertext: ciphertext})
	checkInvalid(t, "decrypt with a random salt", err, "ciphertext", "constraint")

	key, err := hkdf.Key(sha256.New, material, salt, "key material", 32)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	nonce, sealed := ciphertext[5:5+gcm.NonceSize()], ciphertext[5+gcm.NonceSize():]
	if got, err := gcm.Open(nil, nonce, sealed, nil); err != nil || string(got) != "a text" {
		t.Errorf("decrypted by Go: %q, %v", got, err)
	}
}

func TestOnlyExternalKeysTakeMaterial(t *testing.T) {
	t.Parallel()
	s := shared(t)
	id := s.key(t, "aes_256_gcm").ID
	_, err := try(s.ImportKeyMaterial, &km.ImportKeyMaterialRequest{KeyID: id, KeyMaterial: random(32)})
	checkInvalid(t, "import", err, "key_id", "constraint")
	checkInvalid(t, "delete", tryEmpty(s.DeleteKeyMaterial, &km.DeleteKeyMaterialRequest{KeyID: id}), "key_id", "constraint")
	_, err = try(s.GenerateKeyMaterialImportParameters, &km.GenerateKeyMaterialImportParametersRequest{
		KeyID: id, WrappingAlgorithm: "rsa_oaep_2048_sha256",
	})
	checkInvalid(t, "parameters", err, "key_id", "constraint")
	_, err = try(s.ImportKeyMaterial, &km.ImportKeyMaterialRequest{KeyID: s.create(t, "aes_256_gcm", external).ID})
	checkInvalid(t, "no material", err, "key_material", "required")
}

// Material derives symmetric keys only.
func TestOnlySymmetricKeysAreExternal(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for _, name := range []string{"ec_p256_sha256", "rsa_oaep_2048_sha256", "ml_kem_768"} {
		_, err := try(s.CreateKey, &km.CreateKeyRequest{Usage: usageOf(t, name), Origin: km.KeyOriginExternal, Unprotected: true})
		checkInvalid(t, name, err, "origin", "constraint")
	}
}

func TestImportParameters(t *testing.T) {
	t.Parallel()
	values := enumNames(km.GenerateKeyMaterialImportParametersRequestWrappingAlgorithm("").Values())
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
			parsed, err := x509.ParsePKIXPublicKey(p.PublicKey)
			if err != nil {
				t.Fatal(err)
			}
			public := parsed.(*rsa.PublicKey)
			if size := public.N.BitLen(); !strings.Contains(name, map[int]string{2048: "_2048_", 3072: "_3072_", 4096: "_4096_"}[size]) {
				t.Errorf("a public key of %d bits", size)
			}
			if _, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, public, random(32), nil); err != nil {
				t.Errorf("encryption with the public key: %v", err)
			}
		})
	}
}

func TestImportParametersNeedAWrappingAlgorithm(t *testing.T) {
	t.Parallel()
	s := shared(t)
	id := s.create(t, "aes_256_gcm", external).ID
	for algorithm, reason := range map[string]string{"": "required", "rsa_pkcs1": "constraint"} {
		_, err := try(s.GenerateKeyMaterialImportParameters, &km.GenerateKeyMaterialImportParametersRequest{
			KeyID: id, WrappingAlgorithm: km.GenerateKeyMaterialImportParametersRequestWrappingAlgorithm(algorithm),
		})
		checkInvalid(t, algorithm, err, "wrapping_algorithm", reason)
	}
}
