package scwkms

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// Encrypt encrypts a plaintext with an RSA-OAEP key (SHA-256, no label) or an AES-256-GCM key (no
// associated data). The service encrypts. A Go program can also encrypt itself, with an RSA key's public
// key and rsa.EncryptOAEP.
//
// The plaintext has 1 to 65535 bytes for AES, and at most 190, 318 or 446 bytes for RSA of 2048, 3072 or
// 4096 bits.
func (k *KMS) Encrypt(ctx context.Context, key string, plaintext []byte) ([]byte, error) {
	return performOne(ctx, k.client, func(call capi.Call) (capi.Operation, *capi.Error) {
		return capi.EncryptAsync(call, key, plaintext)
	}, capi.Wait)
}

// Decrypt decrypts a ciphertext with an RSA-OAEP key (SHA-256, no label) or an AES-256-GCM key (no
// associated data). A ciphertext that was not made with the key is an error with CodeInvalidArgument.
//
// The plaintext is secret.
func (k *KMS) Decrypt(ctx context.Context, key string, ciphertext []byte) ([]byte, error) {
	return decrypt(ctx, k.client, key, ciphertext)
}

// EncryptWithAssociatedData encrypts a plaintext of 1 to 65535 bytes with an AES-256-GCM key. The service
// encrypts. The associated data is authenticated, but is not part of the ciphertext: the decryption needs
// the same associated data. Empty associated data is the same as none.
func (k *KMS) EncryptWithAssociatedData(
	ctx context.Context, key string, plaintext, associatedData []byte,
) ([]byte, error) {
	return performOne(ctx, k.client, func(call capi.Call) (capi.Operation, *capi.Error) {
		return capi.EncryptWithAssociatedDataAsync(call, key, plaintext, associatedData)
	}, capi.Wait)
}

// Decrypted is a decrypted ciphertext. Functions of fmt and log/slog do not print its plaintext.
type Decrypted struct {
	// Plaintext is secret.
	Plaintext []byte
	// Reencrypted is the plaintext encrypted with the key's newest key material, with the same associated
	// data, if the key was rotated since the encryption; otherwise it is nil. Storing it instead of the
	// old ciphertext makes the older key material unnecessary.
	Reencrypted []byte
}

// Format implements fmt.Formatter.
func (d Decrypted) Format(state fmt.State, _ rune) {
	fmt.Fprintf(state, "scwkms.Decrypted{Plaintext: %d secret bytes, Reencrypted: %x}", len(d.Plaintext), d.Reencrypted)
}

// LogValue implements slog.LogValuer.
func (d Decrypted) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprint(d))
}

// DecryptWithAssociatedData decrypts as Decrypt does, with the associated data of the encryption, and
// returns a new ciphertext if the key was rotated since the encryption. Associated data for a key that is
// not symmetric is an error with CodeUnsupported. A ciphertext that was not made with the key and this
// associated data is an error with CodeInvalidArgument.
func (k *KMS) DecryptWithAssociatedData(
	ctx context.Context, key string, ciphertext, associatedData []byte,
) (*Decrypted, error) {
	decrypted, err := performOne(ctx, k.client, func(call capi.Call) (capi.Operation, *capi.Error) {
		return capi.DecryptWithAssociatedDataAsync(call, key, ciphertext, associatedData)
	}, capi.WaitDecrypted)
	return (*Decrypted)(decrypted), err
}
