//go:build cgo && !noscwkms

package capi

/*
#include <scwkms.h>
*/
import "C"

// The algorithms of keys that this module signs or decrypts with. Other keys have other numbers.
const (
	AlgorithmUnspecified        uint32 = C.SCWKMS_ALGORITHM_UNSPECIFIED
	AlgorithmECP256SHA256       uint32 = C.SCWKMS_ALGORITHM_EC_P256_SHA256
	AlgorithmECP384SHA384       uint32 = C.SCWKMS_ALGORITHM_EC_P384_SHA384
	AlgorithmRSAPSS2048SHA256   uint32 = C.SCWKMS_ALGORITHM_RSA_PSS_2048_SHA256
	AlgorithmRSAPSS3072SHA256   uint32 = C.SCWKMS_ALGORITHM_RSA_PSS_3072_SHA256
	AlgorithmRSAPSS4096SHA256   uint32 = C.SCWKMS_ALGORITHM_RSA_PSS_4096_SHA256
	AlgorithmRSAPKCS12048SHA256 uint32 = C.SCWKMS_ALGORITHM_RSA_PKCS1_2048_SHA256
	AlgorithmRSAPKCS13072SHA256 uint32 = C.SCWKMS_ALGORITHM_RSA_PKCS1_3072_SHA256
	AlgorithmRSAPKCS14096SHA256 uint32 = C.SCWKMS_ALGORITHM_RSA_PKCS1_4096_SHA256
	AlgorithmRSAOAEP2048SHA256  uint32 = C.SCWKMS_ALGORITHM_RSA_OAEP_2048_SHA256
	AlgorithmRSAOAEP3072SHA256  uint32 = C.SCWKMS_ALGORITHM_RSA_OAEP_3072_SHA256
	AlgorithmRSAOAEP4096SHA256  uint32 = C.SCWKMS_ALGORITHM_RSA_OAEP_4096_SHA256
)

// The protection levels that a new key can be requested with.
const (
	ProtectionLevelUnspecified uint32 = C.SCWKMS_PROTECTION_LEVEL_UNSPECIFIED
	ProtectionLevelSoftware    uint32 = C.SCWKMS_PROTECTION_LEVEL_SOFTWARE
	ProtectionLevelHSM         uint32 = C.SCWKMS_PROTECTION_LEVEL_HSM
)

// The values of Error.Code. There is no code for success: a function that succeeds returns no Error.
const (
	ErrorInvalidArgument  int32 = C.SCWKMS_ERROR_INVALID_ARGUMENT
	ErrorInvalidHandle    int32 = C.SCWKMS_ERROR_INVALID_HANDLE
	ErrorConfiguration    int32 = C.SCWKMS_ERROR_CONFIGURATION
	ErrorAuthentication   int32 = C.SCWKMS_ERROR_AUTHENTICATION
	ErrorPermissionDenied int32 = C.SCWKMS_ERROR_PERMISSION_DENIED
	ErrorNotFound         int32 = C.SCWKMS_ERROR_NOT_FOUND
	ErrorAlreadyExists    int32 = C.SCWKMS_ERROR_ALREADY_EXISTS
	ErrorUnsupported      int32 = C.SCWKMS_ERROR_UNSUPPORTED
	ErrorKeyState         int32 = C.SCWKMS_ERROR_KEY_STATE
	ErrorRateLimited      int32 = C.SCWKMS_ERROR_RATE_LIMITED
	ErrorUnavailable      int32 = C.SCWKMS_ERROR_UNAVAILABLE
	ErrorTimeout          int32 = C.SCWKMS_ERROR_TIMEOUT
	ErrorNetwork          int32 = C.SCWKMS_ERROR_NETWORK
	ErrorProtocol         int32 = C.SCWKMS_ERROR_PROTOCOL
	ErrorIntegrity        int32 = C.SCWKMS_ERROR_INTEGRITY
	ErrorCancelled        int32 = C.SCWKMS_ERROR_CANCELLED
	ErrorInternal         int32 = C.SCWKMS_ERROR_INTERNAL
)

// AlgorithmName returns the service's name of an algorithm, or "" for AlgorithmUnspecified and for a
// number that is not an algorithm's.
func AlgorithmName(algorithm uint32) string {
	name := C.scwkms_algorithm_name(C.uint32_t(algorithm))
	if name == nil {
		return ""
	}
	return C.GoString(name)
}

// Version returns the library's version, such as "0.1.0".
func Version() string {
	return C.GoString(C.scwkms_version())
}

// ABIVersions returns the versions of the binary interface of the header that this package was
// compiled with, and of the library that it was linked with. Other functions may only be called if
// the two are equal.
func ABIVersions() (header, library uint32) {
	return C.SCWKMS_ABI_VERSION, uint32(C.scwkms_abi_version())
}
