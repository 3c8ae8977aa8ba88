package scwkms

import (
	"context"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// NewKey creates a key of any algorithm and returns its metadata. CreateKeyContext only creates keys that
// sign, and RSA keys that decrypt.
//
// The name is a plain name, for an EC P-256 key, or a URI with parameters; see the package's
// documentation. A creation is repeated only if the first request was certainly not processed. If this is
// unknown, the error says so.
func (k *KMS) NewKey(ctx context.Context, name string) (*KeyInfo, error) {
	return performForKey(ctx, k.client, func(call capi.Call) (capi.Operation, *capi.Error) {
		return capi.CreateKeyAsync(call, name, capi.AlgorithmUnspecified, capi.ProtectionLevelUnspecified)
	})
}

// GetKey returns a key's metadata, with its public key if it has one. The key manager fetches a key
// once, and later returns the metadata from memory: it shows the key as it was when it was fetched, or
// when this key manager last changed it.
func (k *KMS) GetKey(ctx context.Context, key string) (*KeyInfo, error) {
	return performForKey(ctx, k.client, func(call capi.Call) (capi.Operation, *capi.Error) {
		return capi.GetKeyAsync(call, key)
	})
}

// FindKeys returns the current metadata of keys, ordered by name. Unlike SearchKeysContext, it finds keys
// of all algorithms, and does not fetch their public keys. Keys that are scheduled for deletion are left
// out. It is no error if no key is found.
//
// The query is empty for all keys of the client's region, or a URI with any of name (exact), usage,
// algorithm, tags (all of them), region and project-id. A list of over 32 MiB in the service's responses,
// about 50,000 keys, is an error.
func (k *KMS) FindKeys(ctx context.Context, query string) ([]*KeyInfo, error) {
	found, err := performOne(ctx, k.client, func(call capi.Call) (capi.Operation, *capi.Error) {
		return capi.FindKeysAsync(call, query)
	}, capi.WaitKeyList)
	if err != nil {
		return nil, err
	}
	keys := make([]*KeyInfo, len(found))
	for i := range found {
		if keys[i], err = newKeyInfo(found[i]); err != nil {
			return nil, err
		}
	}
	return keys, nil
}
