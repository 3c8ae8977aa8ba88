//go:build cgo && !noscwkms

package scwkms

import (
	"crypto"
	"crypto/x509"
	"strings"

	"go.step.sm/crypto/kms/apiv1"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// scheme is how a key's signatures or ciphertexts are made.
type scheme int

const (
	ecdsa scheme = iota + 1
	rsaPSS
	rsaPKCS1
	rsaOAEP
)

func (s scheme) String() string {
	return [...]string{"unknown", "ECDSA", "RSA-PSS", "RSA PKCS #1 v1.5", "RSA-OAEP"}[s]
}

// algorithm is what Go's interfaces need to know of a key's algorithm.
type algorithm struct {
	code   uint32
	scheme scheme
	hash   crypto.Hash
	x509   x509.SignatureAlgorithm
}

// algorithms are those that this package signs or decrypts with, by the C interface's numbers.
var algorithms = map[uint32]algorithm{
	1:  {1, ecdsa, crypto.SHA256, x509.ECDSAWithSHA256},
	2:  {2, ecdsa, crypto.SHA384, x509.ECDSAWithSHA384},
	3:  {3, rsaPSS, crypto.SHA256, x509.SHA256WithRSAPSS},
	4:  {4, rsaPSS, crypto.SHA256, x509.SHA256WithRSAPSS},
	5:  {5, rsaPSS, crypto.SHA256, x509.SHA256WithRSAPSS},
	6:  {6, rsaPKCS1, crypto.SHA256, x509.SHA256WithRSA},
	7:  {7, rsaPKCS1, crypto.SHA256, x509.SHA256WithRSA},
	8:  {8, rsaPKCS1, crypto.SHA256, x509.SHA256WithRSA},
	9:  {9, rsaOAEP, crypto.SHA256, x509.UnknownSignatureAlgorithm},
	10: {10, rsaOAEP, crypto.SHA256, x509.UnknownSignatureAlgorithm},
	11: {11, rsaOAEP, crypto.SHA256, x509.UnknownSignatureAlgorithm},
}

// String is the algorithm's name as the service writes it.
func (a algorithm) String() string {
	return capi.AlgorithmName(a.code)
}

func (a algorithm) signs() bool {
	return a.scheme != rsaOAEP
}

// defaultRSABits is what apiv1 means by 0 bits.
const defaultRSABits = 3072

// newKeyAlgorithm is the number of the algorithm that a request to create a key asks for, 0 where
// it leaves the choice to the name's URI and the library's default.
func newKeyAlgorithm(req *apiv1.CreateKeyRequest) (uint32, error) {
	named := namedAlgorithm(req.Name)
	switch known, ok := byName(named); {
	case named == "":
	case !ok:
		return 0, unsupportedf("create key: this package has no use for a key of algorithm %q; it signs with "+
			"ec_p256_sha256, ec_p384_sha384, rsa_pss_* and rsa_pkcs1_*, and decrypts with rsa_oaep_* keys", named)
	case !known.signs():
		// apiv1 has no way to ask for a decryption key, and callers fill in a signature algorithm
		// of their own, so the URI is what counts.
		return known.code, nil
	}
	switch req.SignatureAlgorithm {
	case apiv1.UnspecifiedSignAlgorithm:
		return 0, nil
	case apiv1.ECDSAWithSHA256:
		return 1, nil
	case apiv1.ECDSAWithSHA384:
		return 2, nil
	case apiv1.SHA256WithRSAPSS:
		return rsaBySize(req, 3)
	case apiv1.SHA256WithRSA:
		return rsaBySize(req, 6)
	default:
		return 0, unsupportedf("create key: Scaleway Key Manager has no keys for %s; it has ECDSA-SHA256, "+
			"ECDSA-SHA384, SHA256-RSA and SHA256-RSAPSS", req.SignatureAlgorithm)
	}
}

// rsaBySize picks one of three algorithms that follow each other by size.
func rsaBySize(req *apiv1.CreateKeyRequest, smallest uint32) (uint32, error) {
	bits := req.Bits
	if bits == 0 {
		bits = defaultRSABits
	}
	switch bits {
	case 2048, 3072, 4096:
		return smallest + uint32(bits-2048)/1024, nil
	default:
		return 0, unsupportedf("create key: Scaleway Key Manager has no %s keys of %d bits; it has 2048, 3072 and 4096",
			req.SignatureAlgorithm, req.Bits)
	}
}

// namedAlgorithm is the algorithm= of a new key's URI, in lower case, or empty.
func namedAlgorithm(name string) string {
	u, err := parseURI(name)
	if err != nil {
		// A plain name, or a URI that the library refuses with a better explanation.
		return ""
	}
	return strings.ToLower(u.Get("algorithm"))
}

func byName(name string) (algorithm, bool) {
	for _, known := range algorithms {
		if known.String() == name {
			return known, true
		}
	}
	return algorithm{}, false
}

// protectionLevel is the C interface's number of a protection level.
func protectionLevel(level apiv1.ProtectionLevel) (uint32, error) {
	switch level {
	case apiv1.UnspecifiedProtectionLevel:
		return 0, nil
	case apiv1.Software:
		return 1, nil
	case apiv1.HSM:
		return 2, nil
	default:
		return 0, unsupportedf("create key: protection level %s is not supported", level)
	}
}
