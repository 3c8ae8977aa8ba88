package scwkms

import (
	"context"
	"crypto"
	"io"

	"github.com/scwkms/scwkms/go/internal/capi"
)

var _ crypto.MessageSigner = (*Signer)(nil)

// SignMessage signs a message of any length with any key that signs. With an ECDSA or RSA key, the
// library hashes the message with the key's hash. With an ML-DSA key, the signature is one of pure
// ML-DSA (FIPS 204) with an empty context, and is always verified.
//
// The service does not document what it signs with ML-DSA keys. An error with CodeUnsupported means
// that it does not sign the message by pure ML-DSA.
func (k *KMS) SignMessage(ctx context.Context, name string, message []byte) ([]byte, error) {
	if name == "" {
		return nil, invalidf("sign a message: the name of the key is empty")
	}
	return withClient(k.client, func(handle capi.Client) ([]byte, error) {
		return signMessage(ctx, handle, name, capi.AlgorithmUnspecified, message)
	})
}

// SignMessage calls SignMessageContext with a context that is never done. It implements
// crypto.MessageSigner, and does not use the source of randomness.
func (s *Signer) SignMessage(_ io.Reader, message []byte, opts crypto.SignerOpts) ([]byte, error) {
	return s.SignMessageContext(context.Background(), message, opts)
}

// SignMessageContext signs a message. The options are those of SignContext. For an ML-DSA key they may
// be nil, and must otherwise name no hash and no context.
func (s *Signer) SignMessageContext(ctx context.Context, message []byte, opts crypto.SignerOpts) ([]byte, error) {
	if s.key.algorithm.scheme == mlDSA {
		return s.signMLDSA(ctx, message, opts)
	}
	h := s.key.algorithm.hash.New()
	h.Write(message)
	return s.SignContext(ctx, h.Sum(nil), opts)
}

// signMLDSA signs a message with an ML-DSA key.
func (s *Signer) signMLDSA(ctx context.Context, message []byte, opts crypto.SignerOpts) ([]byte, error) {
	if opts != nil && opts.HashFunc() != 0 {
		return nil, unsupportedf("sign with key %s: the options name a hash, but %s keys sign messages, not digests",
			s.key.uri, s.key.algorithm)
	}
	if hasMLDSAContext(opts) {
		return nil, unsupportedf("sign with key %s: the options have a context, but the service signs with an empty context",
			s.key.uri)
	}
	return withClient(s.client, func(handle capi.Client) ([]byte, error) {
		return signMessage(ctx, handle, s.key.uri, s.key.algorithm.code, message)
	})
}

func signMessage(ctx context.Context, handle capi.Client, name string, algorithm uint32, message []byte) ([]byte, error) {
	return performOrBlock(ctx, handle,
		func() ([]byte, *capi.Error) { return capi.SignMessage(handle, name, algorithm, message) },
		func(call capi.Call) (capi.Operation, *capi.Error) {
			return capi.SignMessageAsync(call, name, algorithm, message)
		})
}
