package capi

// The constants have the numbers of scwkms.h, which never change. Without cgo the header cannot be
// used, so the numbers are repeated here.

// The algorithms of keys that this module signs or decrypts with. Other keys have other numbers.
const (
	AlgorithmUnspecified        uint32 = 0
	AlgorithmECP256SHA256       uint32 = 1
	AlgorithmECP384SHA384       uint32 = 2
	AlgorithmRSAPSS2048SHA256   uint32 = 3
	AlgorithmRSAPSS3072SHA256   uint32 = 4
	AlgorithmRSAPSS4096SHA256   uint32 = 5
	AlgorithmRSAPKCS12048SHA256 uint32 = 6
	AlgorithmRSAPKCS13072SHA256 uint32 = 7
	AlgorithmRSAPKCS14096SHA256 uint32 = 8
	AlgorithmRSAOAEP2048SHA256  uint32 = 9
	AlgorithmRSAOAEP3072SHA256  uint32 = 10
	AlgorithmRSAOAEP4096SHA256  uint32 = 11
	AlgorithmMLDSA44            uint32 = 13
	AlgorithmMLDSA65            uint32 = 14
	AlgorithmMLDSA87            uint32 = 15
)

// The ways to wrap key material for its import.
const (
	WrappingRSAOAEP2048SHA256       uint32 = 1
	WrappingRSAOAEP3072SHA256       uint32 = 2
	WrappingRSAOAEP4096SHA256       uint32 = 3
	WrappingRSAAESKeyWrap2048SHA256 uint32 = 4
	WrappingRSAAESKeyWrap3072SHA256 uint32 = 5
	WrappingRSAAESKeyWrap4096SHA256 uint32 = 6
)

// The protection levels that a new key can be requested with.
const (
	ProtectionLevelUnspecified uint32 = 0
	ProtectionLevelSoftware    uint32 = 1
	ProtectionLevelHSM         uint32 = 2
)

// The values of Error.Code. There is no code for success: a function that succeeds returns no Error.
const (
	ErrorInvalidArgument  int32 = 1
	ErrorInvalidHandle    int32 = 2
	ErrorConfiguration    int32 = 3
	ErrorAuthentication   int32 = 4
	ErrorPermissionDenied int32 = 5
	ErrorNotFound         int32 = 6
	ErrorAlreadyExists    int32 = 7
	ErrorUnsupported      int32 = 8
	ErrorKeyState         int32 = 9
	ErrorRateLimited      int32 = 10
	ErrorUnavailable      int32 = 11
	ErrorTimeout          int32 = 12
	ErrorNetwork          int32 = 13
	ErrorProtocol         int32 = 14
	ErrorIntegrity        int32 = 15
	ErrorCancelled        int32 = 16
	ErrorInternal         int32 = 17
)

// The values of Event.Kind.
const (
	EventOperation        uint32 = 1
	EventWarning          uint32 = 2
	EventConnectionOpened uint32 = 3
	EventConnectionFailed uint32 = 4
	EventConnectionClosed uint32 = 5
	EventPaced            uint32 = 6
	EventRateLimited      uint32 = 7
)
