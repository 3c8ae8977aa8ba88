package scwkms

import (
	"context"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// keyAction is a function of capi that starts a change of a key.
type keyAction func(call capi.Call, key string) (capi.Operation, *capi.Error)

func (k *KMS) actOnKey(ctx context.Context, key string, start keyAction) (*KeyInfo, error) {
	return performForKey(ctx, k.client, func(call capi.Call) (capi.Operation, *capi.Error) {
		return start(call, key)
	})
}

// RotateKey generates new key material for a symmetric key, and returns the key's new metadata.
// Ciphertexts of older key material can still be decrypted.
//
// It is repeated only if the first request was certainly not processed. If this is unknown, the error
// says so. A key that is named by its name is looked up again, as in all methods that change a key.
func (k *KMS) RotateKey(ctx context.Context, key string) (*KeyInfo, error) {
	return k.actOnKey(ctx, key, capi.RotateKeyAsync)
}

// EnableKey enables a disabled key, and returns the key's new metadata. A key that is scheduled for
// deletion or has no key material is an error with CodeKeyState.
func (k *KMS) EnableKey(ctx context.Context, key string) (*KeyInfo, error) {
	return k.actOnKey(ctx, key, capi.EnableKeyAsync)
}

// DisableKey disables a key, and returns the key's new metadata. No cryptographic operation of the key is
// possible until EnableKey. A key that is scheduled for deletion is an error with CodeKeyState.
func (k *KMS) DisableKey(ctx context.Context, key string) (*KeyInfo, error) {
	return k.actOnKey(ctx, key, capi.DisableKeyAsync)
}

// ProtectKey protects a key against deletion, and returns the key's new metadata.
func (k *KMS) ProtectKey(ctx context.Context, key string) (*KeyInfo, error) {
	return k.actOnKey(ctx, key, capi.ProtectKeyAsync)
}

// UnprotectKey removes a key's protection against deletion, and returns the key's new metadata.
func (k *KMS) UnprotectKey(ctx context.Context, key string) (*KeyInfo, error) {
	return k.actOnKey(ctx, key, capi.UnprotectKeyAsync)
}

// RestoreKey restores a key that is scheduled for deletion, with all its rotations, and returns the key's
// new metadata. A key that is not scheduled for deletion is an error with CodeKeyState. It is repeated
// only if the first request was certainly not processed. If this is unknown, the error says so.
func (k *KMS) RestoreKey(ctx context.Context, key string) (*KeyInfo, error) {
	return k.actOnKey(ctx, key, capi.RestoreKeyAsync)
}
