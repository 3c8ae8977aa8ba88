//go:build cgo && !noscwkms

package scwkms_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	scwkms "github.com/scwkms/scwkms/go"
)

// wantBytes checks the result of an operation.
func wantBytes(t *testing.T, what string, got []byte, err error, want []byte) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
	} else if !bytes.Equal(got, want) {
		t.Errorf("%s: %x, not %x", what, got, want)
	}
}

// The service's own operations decrypt a ciphertext of the package, and the reverse.
func TestEncryptionByTheService(t *testing.T) {
	manager := open(t)
	ctx := t.Context()
	plaintext := []byte("a plaintext")
	for _, algorithm := range []string{"rsa_oaep_2048_sha256", "aes_256_gcm"} {
		key := keyOf(t, algorithm)
		ciphertext, err := manager.Encrypt(ctx, key.uri(), plaintext)
		wantBytes(t, algorithm, onService(t, key, "decrypt", payload{Ciphertext: ciphertext}).Plaintext, err, plaintext)
		got, err := manager.Decrypt(ctx, key.uri(), onService(t, key, "encrypt", payload{Plaintext: plaintext}).Ciphertext)
		wantBytes(t, algorithm, got, err, plaintext)
	}
	oaep := keyOf(t, "rsa_oaep_2048_sha256")
	got, err := manager.Decrypt(ctx, oaep.uri(), encryptWithGo(t, publicKey(t, oaep), plaintext))
	wantBytes(t, "encrypted by Go", got, err, plaintext)
}

func TestAssociatedData(t *testing.T) {
	manager := open(t)
	ctx := t.Context()
	key := keyOf(t, "aes_256_gcm")
	plaintext := []byte("a plaintext")
	for _, associated := range [][]byte{nil, {}, {0}, []byte("context")} {
		ciphertext, err := manager.EncryptWithAssociatedData(ctx, key.uri(), plaintext, associated)
		got := onService(t, key, "decrypt", payload{Ciphertext: ciphertext, AssociatedData: associated}).Plaintext
		wantBytes(t, "encrypted by the package", got, err, plaintext)

		ciphertext = onService(t, key, "encrypt", payload{Plaintext: plaintext, AssociatedData: associated}).Ciphertext
		decrypted, err := manager.DecryptWithAssociatedData(ctx, key.uri(), ciphertext, associated)
		if err != nil {
			t.Fatal(err)
		}
		wantBytes(t, "encrypted by the service", decrypted.Plaintext, err, plaintext)
		if decrypted.Reencrypted != nil {
			t.Errorf("without a rotation there is a new ciphertext %x", decrypted.Reencrypted)
		}

		decrypted, err = manager.DecryptWithAssociatedData(ctx, key.uri(), ciphertext, []byte("another context"))
		wantError(t, err, scwkms.CodeInvalidArgument, "decrypt", key.ID)
		if decrypted != nil {
			t.Error("there is a result with the error")
		}
	}
}

// A ciphertext of older key material is returned anew, with the same associated data.
func TestDecryptionAfterARotation(t *testing.T) {
	manager := open(t)
	ctx := t.Context()
	key := createOnService(t, "aes_256_gcm", nil)
	plaintext, associated := []byte("a plaintext"), []byte("context")
	old, err := manager.EncryptWithAssociatedData(ctx, key.uri(), plaintext, associated)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := manager.RotateKey(ctx, key.uri()); err != nil || info.RotationCount == 0 || info.RotatedAt.IsZero() {
		t.Fatalf("%+v, %v", info, err)
	}
	decrypted, err := manager.DecryptWithAssociatedData(ctx, key.uri(), old, associated)
	if err != nil {
		t.Fatal(err)
	}
	wantBytes(t, "the old ciphertext", decrypted.Plaintext, nil, plaintext)
	if decrypted.Reencrypted == nil || bytes.Equal(decrypted.Reencrypted, old) {
		t.Fatalf("the new ciphertext is %x", decrypted.Reencrypted)
	}
	renewed := payload{Ciphertext: decrypted.Reencrypted, AssociatedData: associated}
	wantBytes(t, "the new ciphertext", onService(t, key, "decrypt", renewed).Plaintext, nil, plaintext)
	again, err := manager.DecryptWithAssociatedData(ctx, key.uri(), decrypted.Reencrypted, associated)
	if err != nil || again.Reencrypted != nil {
		t.Errorf("the new ciphertext is renewed again: %v, %v", again, err)
	}
}

// A data key encrypts data with Go's AES-GCM. The service decrypts the data key.
func TestDataKeys(t *testing.T) {
	manager := open(t)
	ctx := t.Context()
	key := keyOf(t, "aes_256_gcm")
	dataKey, err := manager.GenerateDataKey(ctx, key.uri())
	if err != nil {
		t.Fatal(err)
	}
	nonce, message := make([]byte, 12), []byte("a message")
	sealed := gcm(t, dataKey.Plaintext).Seal(nil, nonce, message, nil)
	stored := onService(t, key, "decrypt", payload{Ciphertext: dataKey.Ciphertext}).Plaintext
	if len(stored) != 32 {
		t.Errorf("the data key has %d bytes", len(stored))
	}
	opened, err := gcm(t, stored).Open(nil, nonce, sealed, nil)
	wantBytes(t, "the message", opened, err, message)

	ciphertext, err := manager.GenerateDataKeyWithoutPlaintext(ctx, key.uri())
	if err != nil {
		t.Fatal(err)
	}
	another, err := manager.Decrypt(ctx, key.uri(), ciphertext)
	if err != nil || len(another) != 32 || bytes.Equal(another, dataKey.Plaintext) {
		t.Errorf("the second data key has %d bytes, %v", len(another), err)
	}
}

// A response without the data key itself is complete only if the caller did not request it.
func TestADataKeyThatIsNotRequestedIsNotExpected(t *testing.T) {
	manager := open(t)
	key := keyOf(t, "aes_256_gcm")
	service.In(t).Fail("GenerateDataKey", 2, fault{"kind": "status", "status": 200, "body": map[string]any{
		"key_id": key.ID, "algorithm": "aes_256_gcm", "ciphertext": "eA==", "plaintext": nil, "created_at": "2026-11-27T00:00:00Z",
	}})
	ciphertext, err := manager.GenerateDataKeyWithoutPlaintext(t.Context(), key.uri())
	wantBytes(t, "the encrypted data key", ciphertext, err, []byte("x"))
	dataKey, err := manager.GenerateDataKey(t.Context(), key.uri())
	wantError(t, err, scwkms.CodeProtocol, "data key")
	if dataKey != nil {
		t.Error("there is a result with the error")
	}
}

func gcm(t *testing.T, key []byte) cipher.AEAD {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	return aead
}

func TestWrapping(t *testing.T) {
	manager := open(t)
	ctx := t.Context()
	plaintext := make([]byte, 2048)
	for _, algorithm := range []string{"ml_kem_768", "ml_kem_1024"} {
		key := keyOf(t, algorithm)
		for _, associated := range [][]byte{nil, []byte("context")} {
			wrapped, err := manager.Wrap(ctx, key.uri(), plaintext, associated)
			got := onService(t, key, "unwrap", payload{Ciphertext: wrapped, AssociatedData: associated}).Plaintext
			wantBytes(t, "wrapped by the package", got, err, plaintext)

			wrapped = onService(t, key, "wrap", payload{Plaintext: plaintext, AssociatedData: associated}).Ciphertext
			got, err = manager.Unwrap(ctx, key.uri(), wrapped, associated)
			wantBytes(t, "wrapped by the service", got, err, plaintext)

			_, err = manager.Unwrap(ctx, key.uri(), wrapped, []byte("another context"))
			wantError(t, err, scwkms.CodeInvalidArgument, "unwrap", key.ID)
		}
	}
}

// Arguments that do not fit the key are errors before the operation's request.
func TestEncryptionWithArgumentsThatDoNotFitTheKey(t *testing.T) {
	manager := open(t)
	ctx := t.Context()
	rsa, aes, kem := keyOf(t, "rsa_oaep_2048_sha256").uri(), keyOf(t, "aes_256_gcm").uri(), keyOf(t, "ml_kem_768").uri()
	signing := keyOf(t, "ec_p256_sha256").uri()
	for _, key := range []string{rsa, aes, kem, signing} {
		if _, err := manager.GetKey(ctx, key); err != nil {
			t.Fatal(err)
		}
	}
	data := []byte("x")
	wantNoRequests(t, func() {
		for _, err := range []error{
			failureOf(manager.Encrypt(ctx, signing, data)),
			failureOf(manager.Decrypt(ctx, kem, data)),
			failureOf(manager.EncryptWithAssociatedData(ctx, rsa, data, data)),
			failureOf(manager.DecryptWithAssociatedData(ctx, rsa, make([]byte, 256), data)),
			failureOf(manager.GenerateDataKey(ctx, rsa)),
			failureOf(manager.GenerateDataKeyWithoutPlaintext(ctx, kem)),
			failureOf(manager.Wrap(ctx, aes, data, nil)),
			failureOf(manager.Unwrap(ctx, signing, data, nil)),
		} {
			wantError(t, err, scwkms.CodeUnsupported)
		}
		for _, err := range []error{
			failureOf(manager.Encrypt(ctx, aes, nil)),
			failureOf(manager.Encrypt(ctx, rsa, make([]byte, 191))),
			failureOf(manager.Decrypt(ctx, rsa, make([]byte, 255))),
			failureOf(manager.EncryptWithAssociatedData(ctx, aes, make([]byte, 65536), data)),
			failureOf(manager.DecryptWithAssociatedData(ctx, aes, nil, data)),
			failureOf(manager.Wrap(ctx, kem, make([]byte, 2049), nil)),
			failureOf(manager.Unwrap(ctx, kem, nil, nil)),
		} {
			wantError(t, err, scwkms.CodeInvalidArgument)
		}
	})
}

// Programs print results when they debug.
func TestNoPlaintextIsPrinted(t *testing.T) {
	const secret = "a secret plaintext"
	for _, value := range []any{
		scwkms.DataKey{Plaintext: []byte(secret)}, &scwkms.DataKey{Plaintext: []byte(secret)},
		scwkms.Decrypted{Plaintext: []byte(secret)}, &scwkms.Decrypted{Plaintext: []byte(secret)},
	} {
		var output strings.Builder
		for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			fmt.Fprintf(&output, format+"\n", value)
		}
		slog.New(slog.NewTextHandler(&output, nil)).Info("", "value", value)
		slog.New(slog.NewJSONHandler(&output, nil)).Info("", "value", value)
		for _, form := range []string{"%s", "%x", "%X", "%d", "%q"} {
			text := strings.Trim(fmt.Sprintf(form, []byte(secret)), "[]\"")
			if strings.Contains(output.String(), text) {
				t.Errorf("%T is printed with its plaintext: %s", value, output.String())
			}
		}
		if strings.Contains(output.String(), "YSBzZWNyZXQ") { // base64
			t.Errorf("%T is printed with its plaintext: %s", value, output.String())
		}
		if !strings.Contains(output.String(), "18 secret bytes") {
			t.Errorf("%T is printed without the plaintext's length: %s", value, output.String())
		}
	}
}
