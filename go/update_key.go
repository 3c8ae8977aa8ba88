package scwkms

import (
	"context"
	"time"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// KeyUpdate are changes of a key's attributes. The zero value of a field means that the attribute remains
// as it is.
type KeyUpdate struct {
	// Name points to the new name, which must not be empty.
	Name *string
	// Description points to the new description. An empty one removes it.
	Description *string
	// Tags replace all others. A slice that is empty, but not nil, removes all tags.
	Tags []string
	// RotationPeriod is the new time between two rotations by the service: whole seconds, at least 24
	// hours. Only symmetric keys rotate. The service cannot remove a rotation policy.
	RotationPeriod time.Duration
	// NextRotationAt is the time of the next rotation. It requires a RotationPeriod, and is one period
	// from now if it is the zero time.
	NextRotationAt time.Time
}

// UpdateKey changes a key's name, description, tags or rotation policy, and returns the key's new
// metadata. A key that is named by its name is looked up again. An update that changes nothing is an
// error, and nothing is sent.
func (k *KMS) UpdateKey(ctx context.Context, key string, update KeyUpdate) (*KeyInfo, error) {
	changes, err := newKeyUpdate(update)
	if err != nil {
		return nil, err
	}
	return performForKey(ctx, k.client, func(call capi.Call) (capi.Operation, *capi.Error) {
		return capi.UpdateKeyAsync(call, key, changes)
	})
}

func newKeyUpdate(update KeyUpdate) (changes capi.KeyUpdate, err error) {
	period := update.RotationPeriod
	if period < 0 || period%time.Second != 0 {
		return changes, invalidf("update key: the rotation period %s is not a positive number of whole seconds", period)
	}
	changes = capi.KeyUpdate{
		Name:           update.Name,
		Description:    update.Description,
		Tags:           update.Tags,
		RotationPeriod: uint64(period / time.Second),
	}
	if !update.NextRotationAt.IsZero() {
		next := update.NextRotationAt.Format(time.RFC3339Nano)
		changes.NextRotationAt = &next
	}
	return changes, nil
}
