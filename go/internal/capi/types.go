package capi

// Client is a client's handle. Zero is never a client.
type Client uint64

// Operation is the handle of an asynchronous operation. Zero is never an operation.
type Operation uint64

// Call is what all asynchronous calls have in common.
type Call struct {
	// Client is the client that performs the operation.
	Client Client
	// Slot is where the operation's end is reported. It belongs to this operation until then.
	Slot Slot
	// TimeoutMS is the operation's timeout in milliseconds. It only counts if it is shorter than the
	// client's timeout; 0 means the client's timeout.
	TimeoutMS uint32
}

// Error is the failure of a call.
type Error struct {
	// Code is one of the constants Error...
	Code int32
	// HTTPStatus is the status of the response that caused the error, or 0 if there was none.
	HTTPStatus int
	// RequestID is the service's X-Request-Id, or "".
	RequestID string
	// Message is one line for people. It holds no credential and no plaintext.
	Message string
}

// Key is a key's metadata. A text is "" if the service did not send it. Times are in RFC 3339.
type Key struct {
	// URI names the key in all functions: scwkms:key-id=ID;region=REGION.
	URI         string
	ID          string
	Region      string
	ProjectID   string
	Name        string
	Description string
	Tags        []string
	// Usage is asymmetric_signing, asymmetric_encryption, symmetric_encryption or key_encapsulation.
	Usage string
	// Algorithm is the algorithm's number, or AlgorithmUnspecified if the library does not know it.
	Algorithm     uint32
	AlgorithmName string
	// State is enabled, disabled, pending_key_material or scheduled_for_deletion.
	State string
	// Origin is scaleway_kms or external.
	Origin string
	// ProtectionLevel is software or hsm.
	ProtectionLevel     string
	CreatedAt           string
	UpdatedAt           string
	RotatedAt           string
	DeletionRequestedAt string
	RotationCount       uint64
	// RotationPeriod is the number of seconds between two rotations by the service, or 0 if the key has
	// no rotation policy.
	RotationPeriod uint64
	NextRotationAt string
	// Protected tells whether the key is protected against deletion.
	Protected bool
	// Locked tells whether the service has locked the key.
	Locked bool
	// PublicKey is the SubjectPublicKeyInfo in DER. It is nil if the key has no public key, and in
	// keys that are not from GetKeyAsync, since other operations do not fetch it.
	PublicKey []byte
}
