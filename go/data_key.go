package scwkms

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// DataKey is a key for AES-256-GCM that is used outside of Key Manager. Functions of fmt and log/slog do
// not print its plaintext.
type DataKey struct {
	// Plaintext is the data key itself, 32 bytes. It is secret.
	Plaintext []byte
	// Ciphertext is the data key, encrypted with the key in Key Manager. It is stored with the data that
	// the data key encrypts. Decrypt decrypts it.
	Ciphertext []byte
}

// Format implements fmt.Formatter.
func (d DataKey) Format(state fmt.State, _ rune) {
	fmt.Fprintf(state, "scwkms.DataKey{Plaintext: %d secret bytes, Ciphertext: %x}", len(d.Plaintext), d.Ciphertext)
}

// LogValue implements slog.LogValuer.
func (d DataKey) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprint(d))
}

// GenerateDataKey generates a data key for AES-256-GCM. The key must be symmetric. The service does not
// store the data key.
func (k *KMS) GenerateDataKey(ctx context.Context, key string) (*DataKey, error) {
	dataKey, err := k.generateDataKey(ctx, key, true)
	return (*DataKey)(dataKey), err
}

// GenerateDataKeyWithoutPlaintext generates a data key that is not needed at once, and returns only its
// ciphertext. The service does not send the data key itself. Decrypt decrypts the ciphertext later.
func (k *KMS) GenerateDataKeyWithoutPlaintext(ctx context.Context, key string) (ciphertext []byte, err error) {
	dataKey, err := k.generateDataKey(ctx, key, false)
	if err != nil {
		return nil, err
	}
	return dataKey.Ciphertext, nil
}

func (k *KMS) generateDataKey(ctx context.Context, key string, withPlaintext bool) (*capi.DataKey, error) {
	return performOne(ctx, k.client, func(call capi.Call) (capi.Operation, *capi.Error) {
		return capi.GenerateDataKeyAsync(call, key, withPlaintext)
	}, capi.WaitDataKey)
}
