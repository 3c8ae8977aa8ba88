//go:build cgo && !noscwkms

package scwkms_test

import (
	"context"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log"
	"time"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// A data key encrypts data of any size on this computer. Its ciphertext is stored with the data, and Key
// Manager decrypts it.
func ExampleKMS_GenerateDataKey() {
	ctx := context.Background()
	manager, err := scwkms.New(ctx, apiv1.Options{URI: "scwkms:"})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.Close()
	key, err := manager.NewKey(ctx, "scwkms:name=files;algorithm=aes_256_gcm;unprotected=true")
	if err != nil {
		log.Fatal(err)
	}
	defer manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key.URI})

	dataKey, err := manager.GenerateDataKey(ctx, key.URI)
	if err != nil {
		log.Fatal(err)
	}
	aead := newGCM(dataKey.Plaintext)
	clear(dataKey.Plaintext)
	sealed := aead.Seal(nil, nil, []byte("the contents of a file"), nil)

	// Later, with dataKey.Ciphertext and sealed.
	plaintext, err := manager.Decrypt(ctx, key.URI, dataKey.Ciphertext)
	if err != nil {
		log.Fatal(err)
	}
	opened, err := newGCM(plaintext).Open(nil, nil, sealed, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", opened)
	// Output: the contents of a file
}

func newGCM(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		log.Fatal(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		log.Fatal(err)
	}
	return aead
}

// The associated data binds a ciphertext to its context: it cannot be decrypted as that of another user.
func ExampleKMS_EncryptWithAssociatedData() {
	ctx := context.Background()
	manager, err := scwkms.New(ctx, apiv1.Options{URI: "scwkms:"})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.Close()
	key, err := manager.NewKey(ctx, "scwkms:name=tokens;algorithm=aes_256_gcm;unprotected=true")
	if err != nil {
		log.Fatal(err)
	}
	defer manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key.URI})

	ciphertext, err := manager.EncryptWithAssociatedData(ctx, key.URI, []byte("a token"), []byte("user 1"))
	if err != nil {
		log.Fatal(err)
	}
	_, err = manager.DecryptWithAssociatedData(ctx, key.URI, ciphertext, []byte("user 2"))
	fmt.Println(errors.Is(err, &scwkms.Error{Code: scwkms.CodeInvalidArgument}))

	if _, err := manager.RotateKey(ctx, key.URI); err != nil {
		log.Fatal(err)
	}
	decrypted, err := manager.DecryptWithAssociatedData(ctx, key.URI, ciphertext, []byte("user 1"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", decrypted.Plaintext)
	if decrypted.Reencrypted != nil {
		fmt.Println("the key was rotated: store the new ciphertext")
	}
	// Output:
	// true
	// a token
	// the key was rotated: store the new ciphertext
}

func ExampleKMS_Verify() {
	ctx := context.Background()
	manager, err := scwkms.New(ctx, apiv1.Options{URI: "scwkms:"})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.Close()
	key, err := manager.NewKey(ctx, "scwkms:name=verify-example;unprotected=true")
	if err != nil {
		log.Fatal(err)
	}
	defer manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key.URI})
	signer, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: key.URI})
	if err != nil {
		log.Fatal(err)
	}
	digest := sha256.Sum256([]byte("a message"))
	signature, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(manager.Verify(ctx, key.URI, digest[:], signature))
	other := sha256.Sum256([]byte("another message"))
	err = manager.Verify(ctx, key.URI, other[:], signature)
	fmt.Println(errors.Is(err, &scwkms.Error{Code: scwkms.CodeIntegrity}))
	// Output:
	// <nil>
	// true
}

// An ML-KEM key transports another key. Wrapped keys remain secret even if the attacker has a quantum
// computer later.
func ExampleKMS_Wrap() {
	ctx := context.Background()
	manager, err := scwkms.New(ctx, apiv1.Options{URI: "scwkms:"})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.Close()
	key, err := manager.NewKey(ctx, "scwkms:name=transport;algorithm=ml_kem_768;unprotected=true")
	if err != nil {
		log.Fatal(err)
	}
	defer manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key.URI})

	wrapped, err := manager.Wrap(ctx, key.URI, []byte("another key"), nil)
	if err != nil {
		log.Fatal(err)
	}
	plaintext, err := manager.Unwrap(ctx, key.URI, wrapped, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", plaintext)
	// Output: another key
}

// Fields of the update that are not set leave their attributes as they are.
func ExampleKMS_UpdateKey() {
	ctx := context.Background()
	manager, err := scwkms.New(ctx, apiv1.Options{URI: "scwkms:"})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.Close()
	key, err := manager.NewKey(ctx, "scwkms:name=update-example;algorithm=aes_256_gcm;unprotected=true")
	if err != nil {
		log.Fatal(err)
	}
	defer manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key.URI})

	description := "encrypts backups"
	key, err = manager.UpdateKey(ctx, key.URI, scwkms.KeyUpdate{
		Description:    &description,
		Tags:           []string{"backup"},
		RotationPeriod: 90 * 24 * time.Hour,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(key.Name, key.Description, key.Tags, key.RotationPeriod)
	// Output: update-example encrypts backups [backup] 2160h0m0s
}

// All keys that will rotate, with the time of their next rotation.
func ExampleKMS_FindKeys() {
	ctx := context.Background()
	manager, err := scwkms.New(ctx, apiv1.Options{URI: "scwkms:"})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.Close()
	key, err := manager.NewKey(ctx, "scwkms:name=rotating;algorithm=aes_256_gcm;unprotected=true;tags=find-example;rotation-period=90d")
	if err != nil {
		log.Fatal(err)
	}
	defer manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key.URI})

	keys, err := manager.FindKeys(ctx, "scwkms:usage=symmetric_encryption;tags=find-example")
	if err != nil {
		log.Fatal(err)
	}
	for _, key := range keys {
		if key.State == scwkms.StateEnabled && key.RotationPeriod > 0 {
			fmt.Println(key.Name, time.Until(key.NextRotationAt).Round(24*time.Hour))
		}
	}
	// Output: rotating 2160h0m0s
}

// A key that is scheduled for deletion can be restored for 7 days.
func ExampleKMS_RestoreKey() {
	ctx := context.Background()
	manager, err := scwkms.New(ctx, apiv1.Options{URI: "scwkms:"})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.Close()
	key, err := manager.NewKey(ctx, "restore-example")
	if err != nil {
		log.Fatal(err)
	}
	if _, err := manager.UnprotectKey(ctx, key.URI); err != nil {
		log.Fatal(err)
	}
	if err := manager.DeleteKeyContext(ctx, &apiv1.DeleteKeyRequest{Name: key.URI}); err != nil {
		log.Fatal(err)
	}
	if key, err = manager.RestoreKey(ctx, key.URI); err != nil {
		log.Fatal(err)
	}
	if key, err = manager.EnableKey(ctx, key.URI); err != nil {
		log.Fatal(err)
	}
	fmt.Println(key.State)
	// Output: enabled
}

// The service derives the key from imported key material and a salt.
func ExampleKMS_ImportKeyMaterial() {
	ctx := context.Background()
	manager, err := scwkms.New(ctx, apiv1.Options{URI: "scwkms:"})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.Close()
	key, err := manager.NewKey(ctx, "scwkms:name=imported;algorithm=aes_256_gcm;origin=external;unprotected=true")
	if err != nil {
		log.Fatal(err)
	}
	defer manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key.URI})
	fmt.Println(key.State)

	material := make([]byte, 32)
	rand.Read(material)
	if key, err = manager.ImportKeyMaterial(ctx, key.URI, material, []byte("a salt")); err != nil {
		log.Fatal(err)
	}
	clear(material)
	fmt.Println(key.State)

	rotations, err := manager.ListRotations(ctx, key.URI)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(rotations), rotations[0].Status)
	// Output:
	// pending_key_material
	// enabled
	// 1 enabled
}
