package scwkms

import (
	"context"
	"crypto"
	"crypto/x509"
	"strings"

	"go.step.sm/crypto/kms/uri"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// key is an open key.
type key struct {
	// name is what the library calls the key by. It may hold a secret key, as any URI of a client.
	name string
	// uri is the name that errors show.
	uri       string
	usage     string
	algorithm algorithm
	public    crypto.PublicKey
}

// openKey fetches a key with its public key, unless the library has it in its cache.
func openKey(ctx context.Context, handle capi.Client, name string) (*key, error) {
	if u, err := parseURI(name); err == nil && u.Get("public-key") != "" {
		return openKeyOfFile(ctx, handle, name, u)
	}
	fetched, err := perform(ctx, handle,
		func(call capi.Call) (capi.Operation, *capi.Error) { return capi.GetKeyAsync(call, name) },
		capi.WaitKey)
	if err != nil {
		return nil, err
	}
	return newKey(fetched)
}

// publicKey is the public key of a key, as the library returns it.
type publicKey struct {
	spki      []byte
	algorithm uint32
}

// openKeyOfFile opens a key whose public key is in a file. It sends no request if the URI contains
// the key's id. The URI remains the key's name, so that the library verifies its signatures with the
// file.
func openKeyOfFile(ctx context.Context, handle capi.Client, name string, u *uri.URI) (*key, error) {
	read, err := perform(ctx, handle,
		func(call capi.Call) (capi.Operation, *capi.Error) { return capi.PublicKeyAsync(call, name) },
		func(operation capi.Operation) (publicKey, *capi.Error) {
			spki, algorithm, failure := capi.WaitPublicKey(operation)
			return publicKey{spki, algorithm}, failure
		})
	if err != nil {
		return nil, err
	}
	opened, err := newKey(&capi.Key{
		URI:           shownURI(u),
		Usage:         usageOf(read.algorithm),
		Algorithm:     read.algorithm,
		AlgorithmName: capi.AlgorithmName(read.algorithm),
		PublicKey:     read.spki,
	})
	if err != nil {
		return nil, err
	}
	opened.name = name
	return opened, nil
}

// shownURI is the part of a URI that names a key.
func shownURI(u *uri.URI) string {
	shown := []string{}
	// An id can stand in the URI without a name.
	if bare, _, _ := strings.Cut(u.Opaque, ";"); !strings.Contains(bare, "=") {
		shown = append(shown, bare)
	}
	for _, parameter := range []string{"key-id", "name", "region", "public-key"} {
		if value := u.Get(parameter); value != "" {
			shown = append(shown, parameter+"="+value)
		}
	}
	return Scheme + ":" + strings.Join(shown, ";")
}

func usageOf(code uint32) string {
	if algorithms[code].signs() {
		return "asymmetric_signing"
	}
	return "asymmetric_encryption"
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
	return &key{name: fetched.URI, uri: fetched.URI, usage: fetched.Usage, algorithm: known, public: public}, nil
}

// parsePublicKey returns a key's public key, or nil if it has none, or one that Go has no type for.
func parsePublicKey(fetched *capi.Key) (crypto.PublicKey, error) {
	if _, known := algorithms[fetched.Algorithm]; !known || fetched.PublicKey == nil {
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
		func() ([]byte, *capi.Error) { return capi.Sign(handle, k.name, k.algorithm.code, digest) },
		func(call capi.Call) (capi.Operation, *capi.Error) {
			return capi.SignAsync(call, k.name, k.algorithm.code, digest)
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
