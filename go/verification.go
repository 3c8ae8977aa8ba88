package scwkms

import (
	"context"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// Verify verifies a signature of a digest with the key's public key. It returns nil if the signature is
// valid, and an error with CodeIntegrity if it is not a signature of the digest by the key. Other errors
// mean that the signature was not verified.
//
// The digest must have the length of the key's hash, and the signature the form that SignContext returns:
// ASN.1 DER for an ECDSA key. The key manager fetches the public key once, and then sends no request.
func (k *KMS) Verify(ctx context.Context, key string, digest, signature []byte) error {
	return performWithoutResult(ctx, k.client, func(call capi.Call) (capi.Operation, *capi.Error) {
		return capi.VerifyAsync(call, key, capi.AlgorithmUnspecified, digest, signature)
	})
}

// VerifyByService verifies a signature as Verify does, but by a request to the service. It is needed only
// for algorithms that this package does not verify, such as ec_secp256k1_sha256.
func (k *KMS) VerifyByService(ctx context.Context, key string, digest, signature []byte) error {
	return performWithoutResult(ctx, k.client, func(call capi.Call) (capi.Operation, *capi.Error) {
		return capi.VerifyByServiceAsync(call, key, capi.AlgorithmUnspecified, digest, signature)
	})
}
