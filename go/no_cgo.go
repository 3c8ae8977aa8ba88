//go:build !cgo && !noscwkms

package scwkms

import (
	"context"
	"errors"

	"go.step.sm/crypto/kms/apiv1"
)

func init() {
	apiv1.Register(Scheme, func(context.Context, apiv1.Options) (apiv1.KeyManager, error) {
		return nil, errors.New("scwkms is not in this program: it was built without cgo; " +
			"build it with CGO_ENABLED=1, a C compiler and the scwkms static library (`make` builds it)")
	})
}
