//go:build noscwkms

package scwkms

import (
	"context"
	"errors"

	"go.step.sm/crypto/kms/apiv1"
)

func init() {
	apiv1.Register(Scheme, func(context.Context, apiv1.Options) (apiv1.KeyManager, error) {
		return nil, errors.New("scwkms is not in this program: it was left out by the build tag noscwkms; " +
			"build it without that tag")
	})
}
