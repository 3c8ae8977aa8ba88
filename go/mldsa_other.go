//go:build !go1.27

package scwkms

import (
	"crypto"

	"go.step.sm/crypto/kms/apiv1"
)

// Go has no ML-DSA before version 1.27. KMS.SignMessage signs with such keys nevertheless.
var (
	mldsaAlgorithms []algorithm
	mldsaByRequest  map[apiv1.SignatureAlgorithm]uint32
)

func hasMLDSAContext(crypto.SignerOpts) bool { return false }
