package scwkms

import (
	"context"
	"time"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// KeyRotation is one of the versions of a key's material. A time is the zero time if the service did not
// send it.
type KeyRotation struct {
	// Index is the number of the rotation.
	Index  uint32
	Status RotationStatus
	// Manual tells whether the key was rotated by a request, not by its rotation policy.
	Manual    bool
	CreatedAt time.Time
	// UpdatedAt is the time of the last change.
	UpdatedAt time.Time
	// DeletedAt is the time at which the key material was deleted.
	DeletedAt time.Time
}

// RotationStatus tells whether the key material of a rotation exists. The service may introduce further
// values.
type RotationStatus string

// The statuses of rotations.
const (
	// RotationEnabled means that the key material exists.
	RotationEnabled RotationStatus = "enabled"
	// RotationDeleted means that the key material was deleted.
	RotationDeleted RotationStatus = "deleted"
)

// ListRotations returns the rotations of a key, the oldest first. An asymmetric key has one. A key that is
// named by its name is looked up again.
func (k *KMS) ListRotations(ctx context.Context, key string) ([]KeyRotation, error) {
	list, err := performOne(ctx, k.client, func(call capi.Call) (capi.Operation, *capi.Error) {
		return capi.ListRotationsAsync(call, key)
	}, capi.WaitRotationList)
	if err != nil {
		return nil, err
	}
	rotations := make([]KeyRotation, len(list))
	for i, r := range list {
		rotations[i] = newKeyRotation(r)
	}
	return rotations, nil
}

func newKeyRotation(r capi.Rotation) KeyRotation {
	return KeyRotation{
		Index:     r.Index,
		Status:    RotationStatus(r.Status),
		Manual:    r.Manual,
		CreatedAt: parseTime(r.CreatedAt),
		UpdatedAt: parseTime(r.UpdatedAt),
		DeletedAt: parseTime(r.DeletedAt),
	}
}
