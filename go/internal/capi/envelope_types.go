package capi

import "unsafe"

// Encryptor is an encryption of the library. The zero value is none.
type Encryptor struct{ pointer unsafe.Pointer }

// Decryptor is a decryption of the library. The zero value is none.
type Decryptor struct{ pointer unsafe.Pointer }

// DataKeyCache is a cache of data keys. The zero value is none.
type DataKeyCache struct{ pointer unsafe.Pointer }

// DataKeyLimits are the limits of a cached data key; 0 means the default of the library.
type DataKeyLimits struct {
	MaxAgeMS    uint64
	MaxMessages uint64
	MaxBytes    uint64
}

// EnvelopeMaxHeaderLen is the length of the longest header of a message.
const EnvelopeMaxHeaderLen = 1153
