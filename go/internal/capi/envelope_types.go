package capi

// DataKeyLimits are the limits of a cached data key; 0 means the default of the library.
type DataKeyLimits struct {
	MaxAgeMS    uint64
	MaxMessages uint64
	MaxBytes    uint64
}

// EnvelopeMaxHeaderLen is the length of the longest header of a message.
const EnvelopeMaxHeaderLen = 1153
