//go:build cgo && !noscwkms

package capi

/*
#include "capi.h"
*/
import "C"

import "runtime"

// UpdateKeyAsync starts to change a key's attributes. WaitKey takes the key's new metadata.
func UpdateKeyAsync(call Call, key string, update KeyUpdate) (Operation, *Error) {
	copied, failure := newKeyUpdate(update)
	defer copied.free()
	if failure != nil {
		return 0, failure
	}
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_update_key_async(a.client, a.text, &copied.c, a.options, &result.operation, &result.e)
		return result, code
	})
}

// keyUpdate is a KeyUpdate for C. Its texts are C copies.
type keyUpdate struct {
	c     C.scwkms_key_update
	texts []text
	// pinner pins the array of tags, to which c points.
	pinner  runtime.Pinner
	failure *Error
}

// newKeyUpdate copies an update for C. The result must be freed, also if there is a failure.
func newKeyUpdate(update KeyUpdate) (*keyUpdate, *Error) {
	u := &keyUpdate{}
	u.c.size = C.sizeof_scwkms_key_update
	u.c.name = u.optional("name", update.Name)
	u.c.description = u.optional("description", update.Description)
	u.c.rotation_period = C.uint64_t(update.RotationPeriod)
	u.c.next_rotation_at = u.optional("next rotation", update.NextRotationAt)
	if update.Tags != nil {
		u.setTags(update.Tags)
	}
	return u, u.failure
}

// setTags copies the tags. The array has one more element than there are tags, since the pointer to
// an empty array would be NULL, which means that the tags do not change.
func (u *keyUpdate) setTags(tags []string) {
	array := make([]*C.char, len(tags)+1)
	for i := range tags {
		array[i] = u.optional("tags", &tags[i])
	}
	u.pinner.Pin(&array[0])
	u.c.tags = &array[0]
	u.c.tag_count = C.size_t(len(tags))
}

// optional copies a text. It returns NULL for nil, and after a failure.
func (u *keyUpdate) optional(field string, value *string) *C.char {
	if value == nil || u.failure != nil {
		return nil
	}
	copied, failure := newText(field, *value)
	if failure != nil {
		u.failure = failure
		return nil
	}
	u.texts = append(u.texts, copied)
	return copied.c
}

func (u *keyUpdate) free() {
	u.pinner.Unpin()
	for _, copied := range u.texts {
		copied.free()
	}
}
