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
	public, err := x509.ParsePKIXPublicKey(fetched.PublicKey)
	if err != nil {
		return nil, errorf(CodeProtocol, "open key %s: its public key is malformed: %v", fetched.URI, err)
	}
	return &key{uri: fetched.URI, usage: fetched.Usage, algorithm: known, public: public}, nil
}

func sign(ctx context.Context, handle capi.Client, k *key, digest []byte) ([]byte, error) {
	return performOrBlock(ctx, handle,
		func() ([]byte, *capi.Error) { return capi.Sign(handle, k.uri, k.algorithm.code, digest) },
		func(call capi.Call) (capi.Operation, *capi.Error) {
			return capi.SignAsync(call, k.uri, k.algorithm.code, digest)
		})
}

func decrypt(ctx context.Context, handle capi.Client, k *key, ciphertext []byte) ([]byte, error) {
	return performOrBlock(ctx, handle,
		func() ([]byte, *capi.Error) { return capi.Decrypt(handle, k.uri, ciphertext) },
		func(call capi.Call) (capi.Operation, *capi.Error) {
			return capi.DecryptAsync(call, k.uri, ciphertext)
		})
}

func createKey(ctx context.Context, handle capi.Client, name string, algorithm, level uint32) (*capi.Key, error) {
	return perform(ctx, handle,
		func(call capi.Call) (capi.Operation, *capi.Error) {
			return capi.CreateKeyAsync(call, name, algorithm, level)
		},
		capi.WaitKey)
}

func deleteKey(ctx context.Context, handle capi.Client, name string) error {
	_, err := perform(ctx, handle,
		func(call capi.Call) (capi.Operation, *capi.Error) { return capi.DeleteKeyAsync(call, name) },
		func(operation capi.Operation) (struct{}, *capi.Error) { return struct{}{}, capi.WaitDone(operation) })
	return err
}

func findKeys(ctx context.Context, handle capi.Client, query string) ([]*capi.Key, error) {
	return perform(ctx, handle,
		func(call capi.Call) (capi.Operation, *capi.Error) { return capi.FindKeysAsync(call, query) },
		capi.WaitKeyList)
}
