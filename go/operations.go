package scwkms

import (
	"context"
	"crypto"
	"crypto/x509"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// key is an open key.
type key struct {
	uri       string
	usage     string
	algorithm algorithm
	public    crypto.PublicKey
}

// openKey fetches a key with its public key, unless the library has it in its cache.
func openKey(ctx context.Context, handle capi.Client, name string) (*key, error) {
	fetched, err := perform(ctx, handle,
		func(call capi.Call) (capi.Operation, *capi.Error) { return capi.GetKeyAsync(call, name) },
		capi.WaitKey)
	if err != nil {
		return nil, err
	}
	return newKey(fetched)
}

func newKey(fetched *capi.Key) (*key, error) {
	known, ok := algorithms[fetched.Algorithm]
	if !ok || fetched.PublicKey == nil {
		return nil, unsupportedf("open key %s: this package does not use keys for %s with algorithm %s",
			fetched.URI, fetched.Usage, fetched.AlgorithmName)
	}
	public, err := parsePublicKey(fetched)
	if err != nil {
		return nil, err
	}
	return &key{uri: fetched.URI, usage: fetched.Usage, algorithm: known, public: public}, nil
}

// parsePublicKey returns a key's public key, or nil if it has none.
func parsePublicKey(fetched *capi.Key) (crypto.PublicKey, error) {
	if fetched.PublicKey == nil {
		return nil, nil
	}
	public, err := x509.ParsePKIXPublicKey(fetched.PublicKey)
	if err != nil {
		return nil, errorf(CodeProtocol, "open key %s: its public key is malformed: %v", fetched.URI, err)
	}
	return public, nil
}

// performOne performs the only operation of a call.
func performOne[T any](
	ctx context.Context,
	c *client,
	start func(capi.Call) (capi.Operation, *capi.Error),
	take func(capi.Operation) (T, *capi.Error),
) (T, error) {
	return withClient(c, func(handle capi.Client) (T, error) { return perform(ctx, handle, start, take) })
}

// performForKey performs the only operation of a call. The operation's result is a key.
func performForKey(
	ctx context.Context, c *client, start func(capi.Call) (capi.Operation, *capi.Error),
) (*KeyInfo, error) {
	found, err := performOne(ctx, c, start, capi.WaitKey)
	if err != nil {
		return nil, err
	}
	return newKeyInfo(found)
}

// performWithoutResult performs the only operation of a call. The operation only succeeds or fails.
func performWithoutResult(
	ctx context.Context, c *client, start func(capi.Call) (capi.Operation, *capi.Error),
) error {
	_, err := performOne(ctx, c, start, func(operation capi.Operation) (struct{}, *capi.Error) {
		return struct{}{}, capi.WaitDone(operation)
	})
	return err
}

func sign(ctx context.Context, handle capi.Client, k *key, digest []byte) ([]byte, error) {
	return performOrBlock(ctx, handle,
		func() ([]byte, *capi.Error) { return capi.Sign(handle, k.uri, k.algorithm.code, digest) },
		func(call capi.Call) (capi.Operation, *capi.Error) {
			return capi.SignAsync(call, k.uri, k.algorithm.code, digest)
		})
}

func decrypt(ctx context.Context, c *client, name string, ciphertext []byte) ([]byte, error) {
	return withClient(c, func(handle capi.Client) ([]byte, error) {
		return performOrBlock(ctx, handle,
			func() ([]byte, *capi.Error) { return capi.Decrypt(handle, name, ciphertext) },
			func(call capi.Call) (capi.Operation, *capi.Error) {
				return capi.DecryptAsync(call, name, ciphertext)
			})
	})
}

func createKey(ctx context.Context, handle capi.Client, name string, algorithm, level uint32) (*capi.Key, error) {
	return perform(ctx, handle,
		func(call capi.Call) (capi.Operation, *capi.Error) {
			return capi.CreateKeyAsync(call, name, algorithm, level)
		},
		capi.WaitKey)
}

func findKeys(ctx context.Context, handle capi.Client, query string) ([]*capi.Key, error) {
	return perform(ctx, handle,
		func(call capi.Call) (capi.Operation, *capi.Error) { return capi.FindKeysAsync(call, query) },
		capi.WaitKeyList)
}
