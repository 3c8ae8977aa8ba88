package scwkms

import (
	"context"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// ImportKeyMaterial imports key material into a key of OriginExternal, and returns the key's new
// metadata. NewKey creates such a key with origin=external in the URI.
//
// The service derives the key from the material, at least 1 byte, and the salt, which may be empty. Each
// import is a rotation. It is repeated only if the first request was certainly not processed. If this is
// unknown, the error says so. A key of another origin is an error with CodeInvalidArgument.
func (k *KMS) ImportKeyMaterial(ctx context.Context, key string, material, salt []byte) (*KeyInfo, error) {
	return performForKey(ctx, k.client, func(call capi.Call) (capi.Operation, *capi.Error) {
		return capi.ImportKeyMaterialAsync(call, key, material, salt)
	})
}

// NewestRotation is the rotation index of the newest key material in DeleteKeyMaterial.
const NewestRotation = -1

// DeleteKeyMaterial deletes the imported key material of a rotation at once: ciphertexts of it can no
// longer be decrypted. The rotation index is that of ListRotations, or NewestRotation.
//
// It is repeated only if the first request was certainly not processed. If this is unknown, the error
// says so. A key that is not of OriginExternal is an error with CodeInvalidArgument.
func (k *KMS) DeleteKeyMaterial(ctx context.Context, key string, rotationIndex int64) error {
	return performWithoutResult(ctx, k.client, func(call capi.Call) (capi.Operation, *capi.Error) {
		return capi.DeleteKeyMaterialAsync(call, key, rotationIndex)
	})
}

// WrappingAlgorithm is the way in which key material is encrypted for its import.
type WrappingAlgorithm uint32

// Key material is encrypted by RSA-OAEP, or by AES Key Wrap with a key that RSA-OAEP encrypts.
const (
	WrappingRSAOAEP2048SHA256       = WrappingAlgorithm(capi.WrappingRSAOAEP2048SHA256)
	WrappingRSAOAEP3072SHA256       = WrappingAlgorithm(capi.WrappingRSAOAEP3072SHA256)
	WrappingRSAOAEP4096SHA256       = WrappingAlgorithm(capi.WrappingRSAOAEP4096SHA256)
	WrappingRSAAESKeyWrap2048SHA256 = WrappingAlgorithm(capi.WrappingRSAAESKeyWrap2048SHA256)
	WrappingRSAAESKeyWrap3072SHA256 = WrappingAlgorithm(capi.WrappingRSAAESKeyWrap3072SHA256)
	WrappingRSAAESKeyWrap4096SHA256 = WrappingAlgorithm(capi.WrappingRSAAESKeyWrap4096SHA256)
)

// ImportParameters are the parameters for an import of encrypted key material.
type ImportParameters struct {
	// PublicKey is the public key that encrypts the key material, as the service encodes it.
	PublicKey []byte
	// ImportToken authorises the import.
	ImportToken []byte
}

// GetImportParameters returns the public key and the token for an import of encrypted key material into a
// key of OriginExternal. In its version v1alpha1 the service has no request that takes the token:
// ImportKeyMaterial imports material that is not encrypted by the caller.
func (k *KMS) GetImportParameters(
	ctx context.Context, key string, wrapping WrappingAlgorithm,
) (*ImportParameters, error) {
	parameters, err := performOne(ctx, k.client, func(call capi.Call) (capi.Operation, *capi.Error) {
		return capi.GetImportParametersAsync(call, key, uint32(wrapping))
	}, capi.WaitImportParameters)
	return (*ImportParameters)(parameters), err
}
