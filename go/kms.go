package scwkms

import (
	"context"
	"crypto"

	"go.step.sm/crypto/kms/apiv1"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// KMS is a key manager with the keys of Scaleway Key Manager. It implements apiv1.KeyManager,
// apiv1.Decrypter, apiv1.KeyDeleter, apiv1.SearchableKeyManager and apiv1.NameValidator. Any number
// of goroutines may use it at the same time.
//
// Each method that contacts the service takes a context. The methods of apiv1's interfaces have none,
// so each of them exists a second time, with a context and a name that ends in Context. A method ends
// promptly when its context is done: it cancels the operation and returns an error, which is
// context.Canceled or context.DeadlineExceeded. After a cancellation, its chain contains the context's
// cause. It is then unknown whether the service performed the operation.
//
// Each method that uses a key takes a key reference, or a request with one; see the package's
// documentation. Byte slices in arguments are only read, and not after the method has returned. Results
// belong to the caller. A plaintext in a result is secret: the library wipes its own copies of it, and
// the caller can wipe the result with clear.
//
// A call takes at most as long as the timeout= of the client's URI, 15 seconds by default. This
// includes all of the call's requests, and all waiting. A call that takes longer fails with an error
// that is context.DeadlineExceeded. While a call waits, it holds no operating system thread; a few
// signatures and decryptions at a time are an exception.
//
// Each error is an *Error, or has one in its chain.
type KMS struct {
	client *client
}

var (
	_ apiv1.KeyManager           = (*KMS)(nil)
	_ apiv1.Decrypter            = (*KMS)(nil)
	_ apiv1.KeyDeleter           = (*KMS)(nil)
	_ apiv1.SearchableKeyManager = (*KMS)(nil)
	_ apiv1.NameValidator        = (*KMS)(nil)
)

// Close closes the key manager with its signers and decrypters. It returns at once, and always nil.
//
// Calls in flight continue until they succeed or their deadline passes, but they do not repeat
// failed requests. Later calls fail with an error that is ErrClosed. Close may be called again.
func (k *KMS) Close() error {
	k.client.close()
	return nil
}

// ValidateName checks the spelling of a key's name or of a client's URI. It sends nothing.
func (k *KMS) ValidateName(name string) error {
	return newError(capi.ValidateName(name))
}

// GetPublicKey calls GetPublicKeyContext with a context that is never done.
func (k *KMS) GetPublicKey(req *apiv1.GetPublicKeyRequest) (crypto.PublicKey, error) {
	return k.GetPublicKeyContext(context.Background(), req)
}

// GetPublicKeyContext returns the public key of a key: an *ecdsa.PublicKey or an *rsa.PublicKey. It
// fetches a key once, and returns it from memory later.
func (k *KMS) GetPublicKeyContext(ctx context.Context, req *apiv1.GetPublicKeyRequest) (crypto.PublicKey, error) {
	if req.Name == "" {
		return nil, invalidf("get public key: the request has no name")
	}
	opened, err := k.open(ctx, req.Name)
	if err != nil {
		return nil, err
	}
	return opened.public, nil
}

// CreateSigner calls CreateSignerContext with a context that is never done.
func (k *KMS) CreateSigner(req *apiv1.CreateSignerRequest) (crypto.Signer, error) {
	signer, err := k.CreateSignerContext(context.Background(), req)
	if err != nil {
		// Not signer: an interface that holds a nil *Signer is not nil.
		return nil, err
	}
	return signer, nil
}

// CreateSignerContext returns a signer for a key, which it fetches if it is not in memory. The
// context only limits this call. A key that cannot sign is an error.
//
// Only SigningKey may be set. It is an error to set Signer, SigningKeyPEM, PublicKey, PublicKeyPEM or
// TokenLabel. A password is ignored, since it is not needed.
func (k *KMS) CreateSignerContext(ctx context.Context, req *apiv1.CreateSignerRequest) (*Signer, error) {
	if req.SigningKey == "" {
		return nil, invalidf("create signer: the request has no signing key")
	}
	if req.Signer != nil || len(req.SigningKeyPEM) > 0 || req.TokenLabel != "" || req.PublicKey != "" || len(req.PublicKeyPEM) > 0 {
		return nil, invalidf("create signer: the request holds more than the name of a key; a signer, PEM, " +
			"a public key or a token's label have no meaning for scwkms")
	}
	opened, err := k.open(ctx, req.SigningKey)
	if err != nil {
		return nil, err
	}
	if !opened.algorithm.signs() {
		return nil, unsupportedf("create signer: key %s is for %s (%s) and cannot sign", opened.uri, opened.usage, opened.algorithm)
	}
	return &Signer{client: k.client, key: opened}, nil
}

// CreateDecrypter calls CreateDecrypterContext with a context that is never done.
func (k *KMS) CreateDecrypter(req *apiv1.CreateDecrypterRequest) (crypto.Decrypter, error) {
	decrypter, err := k.CreateDecrypterContext(context.Background(), req)
	if err != nil {
		// Not decrypter: an interface that holds a nil *Decrypter is not nil.
		return nil, err
	}
	return decrypter, nil
}

// CreateDecrypterContext returns a decrypter for a key, which it fetches if it is not in memory. The
// context only limits this call. A key that cannot decrypt is an error.
//
// Only DecryptionKey may be set. It is an error to set Decrypter or DecryptionKeyPEM. A password is
// ignored, since it is not needed.
func (k *KMS) CreateDecrypterContext(ctx context.Context, req *apiv1.CreateDecrypterRequest) (*Decrypter, error) {
	if req.DecryptionKey == "" {
		return nil, invalidf("create decrypter: the request has no decryption key")
	}
	if req.Decrypter != nil || len(req.DecryptionKeyPEM) > 0 {
		return nil, invalidf("create decrypter: the request holds more than the name of a key; a decrypter or PEM " +
			"have no meaning for scwkms")
	}
	opened, err := k.open(ctx, req.DecryptionKey)
	if err != nil {
		return nil, err
	}
	if opened.algorithm.signs() {
		return nil, unsupportedf("create decrypter: key %s is for %s (%s) and cannot decrypt", opened.uri, opened.usage, opened.algorithm)
	}
	return &Decrypter{client: k.client, key: opened}, nil
}

// DeleteKey calls DeleteKeyContext with a context that is never done.
func (k *KMS) DeleteKey(req *apiv1.DeleteKeyRequest) error {
	return k.DeleteKeyContext(context.Background(), req)
}

// DeleteKeyContext schedules a key for deletion. For 7 days, RestoreKey restores it. A key that is
// protected against deletion is an error; UnprotectKey removes the protection.
func (k *KMS) DeleteKeyContext(ctx context.Context, req *apiv1.DeleteKeyRequest) error {
	if req.Name == "" {
		return invalidf("delete key: the request has no name")
	}
	return performWithoutResult(ctx, k.client, func(call capi.Call) (capi.Operation, *capi.Error) {
		return capi.DeleteKeyAsync(call, req.Name)
	})
}

func (k *KMS) open(ctx context.Context, name string) (*key, error) {
	return withClient(k.client, func(handle capi.Client) (*key, error) { return openKey(ctx, handle, name) })
}
