package scwkms

import (
	"context"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// Wrap encrypts 1 to 2048 bytes, usually another key, with an ML-KEM key (FIPS 203). The service encrypts.
// Unwrap needs the same associated data, which may be empty. A key of another usage is an error with
// CodeUnsupported.
func (k *KMS) Wrap(ctx context.Context, key string, plaintext, associatedData []byte) ([]byte, error) {
	return performOne(ctx, k.client, func(call capi.Call) (capi.Operation, *capi.Error) {
		return capi.WrapAsync(call, key, plaintext, associatedData)
	}, capi.Wait)
}

// Unwrap decrypts a ciphertext of Wrap, of 1 to 4096 bytes. A ciphertext that was not made with the key
// and this associated data is an error with CodeInvalidArgument.
//
// The plaintext is secret.
func (k *KMS) Unwrap(ctx context.Context, key string, ciphertext, associatedData []byte) ([]byte, error) {
	return performOne(ctx, k.client, func(call capi.Call) (capi.Operation, *capi.Error) {
		return capi.UnwrapAsync(call, key, ciphertext, associatedData)
	}, capi.Wait)
}
