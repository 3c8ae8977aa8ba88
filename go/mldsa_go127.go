//go:build go1.27

package scwkms

import (
	"crypto"
	"crypto/mldsa"
	"crypto/x509"

	"go.step.sm/crypto/kms/apiv1"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// mldsaAlgorithms are the ML-DSA algorithms, which Go supports since version 1.27.
var mldsaAlgorithms = []algorithm{
	{capi.AlgorithmMLDSA44, mlDSA, 0, x509.MLDSA44},
	{capi.AlgorithmMLDSA65, mlDSA, 0, x509.MLDSA65},
	{capi.AlgorithmMLDSA87, mlDSA, 0, x509.MLDSA87},
}

// mldsaByRequest are the ML-DSA algorithms by the numbers that apiv1.SignatureAlgorithm has for them
// in versions that are newer than this module requires.
var mldsaByRequest = map[apiv1.SignatureAlgorithm]uint32{
	apiv1.PureEd25519 + 1: capi.AlgorithmMLDSA44,
	apiv1.PureEd25519 + 2: capi.AlgorithmMLDSA65,
	apiv1.PureEd25519 + 3: capi.AlgorithmMLDSA87,
}

// hasMLDSAContext tells whether options request a signature with a context.
func hasMLDSAContext(opts crypto.SignerOpts) bool {
	options, ok := opts.(*mldsa.Options)
	return ok && options != nil && options.Context != ""
}
