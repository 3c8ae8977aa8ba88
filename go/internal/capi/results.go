package capi

// Decrypted is the result of DecryptWithAssociatedDataAsync.
type Decrypted struct {
	Plaintext []byte
	// Reencrypted is the plaintext encrypted with the newest key material. It is nil if the key was not
	// rotated since the encryption.
	Reencrypted []byte
}

// DataKey is a key for AES-256-GCM that is used outside of Key Manager.
type DataKey struct {
	// Plaintext is the data key itself. It is nil if it was not requested.
	Plaintext []byte
	// Ciphertext is the data key, encrypted with the key in Key Manager.
	Ciphertext []byte
}

// ImportParameters are the parameters for an import of wrapped key material.
type ImportParameters struct {
	// PublicKey is the public key that wraps the key material, as the service encodes it.
	PublicKey   []byte
	ImportToken []byte
}

// Rotation is one of the versions of a key's material. Times are in RFC 3339, or "".
type Rotation struct {
	Index uint32
	// Status is enabled or deleted.
	Status string
	// Manual tells whether the key was rotated by a request, not by its rotation policy.
	Manual    bool
	CreatedAt string
	UpdatedAt string
	// DeletedAt is when the key material was deleted.
	DeletedAt string
}

// OfferedAlgorithm is an algorithm that the service offers for new keys.
type OfferedAlgorithm struct {
	Name        string
	Usage       string
	Recommended bool
	// Number is the algorithm's number, or AlgorithmUnspecified if the library does not know it.
	Number uint32
}

// KeyUpdate are changes of a key's attributes. A field that is nil or zero changes nothing.
type KeyUpdate struct {
	Name        *string
	Description *string
	// Tags replace all others. A slice that is empty, but not nil, removes all tags.
	Tags []string
	// RotationPeriod is the number of seconds between two rotations by the service.
	RotationPeriod uint64
	// NextRotationAt is in RFC 3339.
	NextRotationAt *string
}
