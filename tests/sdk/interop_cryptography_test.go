package sdk

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

func TestSignaturesOfLibraryAndSDK(t *testing.T) {
	t.Parallel()
	s := shared(t)
	l := newLibrary(t, s)
	for _, name := range []string{"ec_p256_sha256", "ec_p384_sha384", "rsa_pss_2048_sha256", "rsa_pkcs1_2048_sha256"} {
		id := s.key(t, name).ID
		digest := random(algorithms[name].hash.Size())
		if !s.verify(t, id, digest, fromLibrary[[]byte](t, l, "sign", arguments{"key": id, "digest": digest})) {
			t.Errorf("%s: the library's signature is not valid", name)
		}
		signature := s.sign(t, id, digest)
		for _, verify := range []string{"verify", "verify_by_service"} {
			l.call(t, verify, arguments{"key": id, "digest": digest, "signature": signature})
			l.fail(t, verify, arguments{"key": id, "digest": random(len(digest)), "signature": signature})
		}
	}
}

func TestCiphertextsOfLibraryAndSDK(t *testing.T) {
	t.Parallel()
	s := shared(t)
	l := newLibrary(t, s)
	plaintext := random(100)
	for _, name := range []string{"aes_256_gcm", "rsa_oaep_2048_sha256"} {
		id := s.key(t, name).ID
		c := fromLibrary[[]byte](t, l, "encrypt", arguments{"key": id, "plaintext": plaintext})
		if !bytes.Equal(s.decrypt(t, id, c, nil).Plaintext, plaintext) {
			t.Errorf("%s: the library's ciphertext decrypts to another plaintext", name)
		}
		c = s.encrypt(t, id, plaintext, nil)
		if !bytes.Equal(fromLibrary[[]byte](t, l, "decrypt", arguments{"key": id, "ciphertext": c}), plaintext) {
			t.Errorf("%s: the SDK's ciphertext decrypts to another plaintext", name)
		}
	}
}

func TestAssociatedDataOfLibraryAndSDK(t *testing.T) {
	t.Parallel()
	s := shared(t)
	l := newLibrary(t, s)
	id := s.create(t, "aes_256_gcm").ID
	plaintext, associated := random(100), random(20)
	c := fromLibrary[[]byte](t, l, "encrypt_with_associated_data",
		arguments{"key": id, "plaintext": plaintext, "associated_data": associated})
	if !bytes.Equal(s.decrypt(t, id, c, &associated).Plaintext, plaintext) {
		t.Error("the library's ciphertext decrypts to another plaintext")
	}
	c = s.encrypt(t, id, plaintext, &associated)
	old := arguments{"key": id, "ciphertext": c, "associated_data": associated}
	d := fromLibrary[km.DecryptResponse](t, l, "decrypt_with_associated_data", old)
	if !bytes.Equal(d.Plaintext, plaintext) || d.Ciphertext != nil {
		t.Errorf("the SDK's ciphertext decrypts to %+v", d)
	}
	l.fail(t, "decrypt", arguments{"key": id, "ciphertext": c})

	// The SDK decrypts the ciphertext that the library receives after a rotation.
	call(t, s.RotateKey, &km.RotateKeyRequest{KeyID: id})
	d = fromLibrary[km.DecryptResponse](t, l, "decrypt_with_associated_data", old)
	if d.Ciphertext == nil {
		t.Fatal("no new ciphertext after a rotation")
	}
	again := s.decrypt(t, id, *d.Ciphertext, &associated)
	if !bytes.Equal(again.Plaintext, plaintext) || again.Ciphertext != nil {
		t.Errorf("the new ciphertext decrypts to %+v", again)
	}
}

// gcm returns AES-256-GCM by Go. Its ciphertexts begin with the nonce.
func gcm(t *testing.T, key []byte) cipher.AEAD {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		t.Fatal(err)
	}
	return aead
}

// Go encrypts with the plaintext of a data key, and decrypts with its decrypted ciphertext.
func TestDataKeysOfLibraryAndSDK(t *testing.T) {
	t.Parallel()
	s := shared(t)
	l := newLibrary(t, s)
	id := s.key(t, "aes_256_gcm").ID
	check := func(what string, plaintext, decrypted []byte) {
		sealed := gcm(t, plaintext).Seal(nil, nil, []byte("a message"), nil)
		opened, err := gcm(t, decrypted).Open(nil, nil, sealed, nil)
		if err != nil || string(opened) != "a message" {
			t.Errorf("%s: %v", what, err)
		}
	}
	k := fromLibrary[km.DataKey](t, l, "generate_data_key", arguments{"key": id})
	check("the library's data key", *k.Plaintext, s.decrypt(t, id, k.Ciphertext, nil).Plaintext)
	k = fromLibrary[km.DataKey](t, l, "generate_data_key", arguments{"key": id, "without_plaintext": true})
	if k.Plaintext != nil || len(s.decrypt(t, id, k.Ciphertext, nil).Plaintext) != 32 {
		t.Errorf("a data key without plaintext: %+v", k)
	}
	sdk := call(t, s.GenerateDataKey, &km.GenerateDataKeyRequest{
		KeyID: id, Algorithm: km.DataKeyAlgorithmSymmetricEncryptionAes256Gcm,
	})
	decrypted := fromLibrary[[]byte](t, l, "decrypt", arguments{"key": id, "ciphertext": sdk.Ciphertext})
	check("the SDK's data key", *sdk.Plaintext, decrypted)
}

func TestWrappedKeysOfLibraryAndSDK(t *testing.T) {
	t.Parallel()
	s := shared(t)
	l := newLibrary(t, s)
	for _, name := range withScheme("ml_kem") {
		id, key, associated := s.key(t, name).ID, random(32), random(20)
		w := fromLibrary[[]byte](t, l, "wrap", arguments{"key": id, "plaintext": key, "associated_data": associated})
		u := call(t, s.UnwrapKey, &km.UnwrapKeyRequest{KeyID: id, Ciphertext: w, AssociatedData: &associated})
		if !bytes.Equal(u.Plaintext, key) {
			t.Errorf("%s: the SDK unwraps another key", name)
		}
		w = call(t, s.WrapKey, &km.WrapKeyRequest{KeyID: id, Plaintext: key}).Ciphertext
		if !bytes.Equal(fromLibrary[[]byte](t, l, "unwrap", arguments{"key": id, "ciphertext": w}), key) {
			t.Errorf("%s: the library unwraps another key", name)
		}
	}
}
