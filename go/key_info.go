package scwkms

import (
	"crypto"
	"math"
	"time"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// KeyInfo is a key's metadata. A text is empty if the service did not send it, and a time is then the
// zero time. The service may introduce usages, algorithms, states, origins and protection levels for
// which this package has no constant.
type KeyInfo struct {
	// URI refers to the key in all methods: scwkms:key-id=ID;region=REGION.
	URI string
	// ID is the key's UUID.
	ID string
	// Region is the key's region, such as "fr-par".
	Region string
	// ProjectID is the UUID of the key's project.
	ProjectID string
	// Name is the key's name. Several keys may have the same name.
	Name        string
	Description string
	Tags        []string
	Usage       KeyUsage
	// Algorithm is the algorithm's name as the service writes it, such as "ec_p256_sha256".
	Algorithm       string
	State           KeyState
	Origin          KeyOrigin
	ProtectionLevel ProtectionLevel
	// Protected tells whether the key is protected against deletion.
	Protected bool
	// Locked tells whether the service has locked the key.
	Locked    bool
	CreatedAt time.Time
	// UpdatedAt is the time of the last change.
	UpdatedAt time.Time
	// DeletionRequestedAt is the time at which the deletion was requested.
	DeletionRequestedAt time.Time
	// RotatedAt is the time of the last rotation.
	RotatedAt time.Time
	// RotationCount tells how often the key was rotated.
	RotationCount uint64
	// RotationPeriod is the time between two rotations by the service, or 0 if the key has no rotation
	// policy.
	RotationPeriod time.Duration
	// NextRotationAt is the time of the next rotation by the service.
	NextRotationAt time.Time
	// PublicKey is an *ecdsa.PublicKey, an *rsa.PublicKey or, since Go 1.27, an *mldsa.PublicKey. It is
	// nil for other keys. Only GetKey sets it, since it costs a request.
	PublicKey crypto.PublicKey
}

// KeyUsage tells which operations a key is for.
type KeyUsage string

// The usages of keys.
const (
	// UsageSigning keys sign digests.
	UsageSigning KeyUsage = "asymmetric_signing"
	// UsageEncryption keys are RSA-OAEP keys, which encrypt and decrypt.
	UsageEncryption KeyUsage = "asymmetric_encryption"
	// UsageSymmetricEncryption keys are AES-256-GCM keys, which encrypt, decrypt and generate data keys.
	UsageSymmetricEncryption KeyUsage = "symmetric_encryption"
	// UsageKeyEncapsulation keys are ML-KEM keys, which wrap and unwrap.
	UsageKeyEncapsulation KeyUsage = "key_encapsulation"
)

// KeyState tells whether a key can be used.
type KeyState string

// The states of keys.
const (
	// StateEnabled is the only state in which a key can be used.
	StateEnabled KeyState = "enabled"
	// StateDisabled is the state after DisableKey.
	StateDisabled KeyState = "disabled"
	// StatePendingKeyMaterial is the state of a key of OriginExternal until key material is imported.
	StatePendingKeyMaterial KeyState = "pending_key_material"
	// StateScheduledForDeletion is the state after DeleteKey, until the key is restored or deleted.
	StateScheduledForDeletion KeyState = "scheduled_for_deletion"
)

// KeyOrigin tells where a key's material was generated.
type KeyOrigin string

// The origins of key material.
const (
	// OriginScalewayKMS means that the service generates the key material.
	OriginScalewayKMS KeyOrigin = "scaleway_kms"
	// OriginExternal is the origin of keys whose material is imported.
	OriginExternal KeyOrigin = "external"
)

// ProtectionLevel tells where the operations of a key are executed.
type ProtectionLevel string

// The protection levels.
const (
	// ProtectionSoftware means that operations are executed in software.
	ProtectionSoftware ProtectionLevel = "software"
	// ProtectionHSM means a hardware security module.
	ProtectionHSM ProtectionLevel = "hsm"
)

func newKeyInfo(k *capi.Key) (*KeyInfo, error) {
	public, err := parsePublicKey(k)
	if err != nil {
		return nil, err
	}
	return &KeyInfo{
		URI:                 k.URI,
		ID:                  k.ID,
		Region:              k.Region,
		ProjectID:           k.ProjectID,
		Name:                k.Name,
		Description:         k.Description,
		Tags:                k.Tags,
		Usage:               KeyUsage(k.Usage),
		Algorithm:           k.AlgorithmName,
		State:               KeyState(k.State),
		Origin:              KeyOrigin(k.Origin),
		ProtectionLevel:     ProtectionLevel(k.ProtectionLevel),
		Protected:           k.Protected,
		Locked:              k.Locked,
		CreatedAt:           parseTime(k.CreatedAt),
		UpdatedAt:           parseTime(k.UpdatedAt),
		DeletionRequestedAt: parseTime(k.DeletionRequestedAt),
		RotatedAt:           parseTime(k.RotatedAt),
		RotationCount:       k.RotationCount,
		RotationPeriod:      seconds(k.RotationPeriod),
		NextRotationAt:      parseTime(k.NextRotationAt),
		PublicKey:           public,
	}, nil
}

// parseTime returns the zero time for a text that is not a time: a malformed attribute must not turn a
// change that succeeded into an error.
func parseTime(text string) time.Time {
	parsed, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return parsed
}

// seconds returns a number of seconds as a duration, which has a maximum of 292 years.
func seconds(number uint64) time.Duration {
	return time.Duration(min(number, math.MaxInt64/uint64(time.Second))) * time.Second
}
