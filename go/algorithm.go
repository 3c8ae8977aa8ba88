package scwkms

import (
	"crypto"
	"crypto/x509"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// scheme is the way in which a key signs or decrypts.
type scheme int

const (
	ecdsa scheme = iota + 1
	rsaPSS
	rsaPKCS1
	rsaOAEP
	mlDSA
)

func (s scheme) String() string {
	return [...]string{"unknown", "ECDSA", "RSA-PSS", "RSA PKCS #1 v1.5", "RSA-OAEP", "ML-DSA"}[s]
}

// algorithm is a key's algorithm in Go's terms.
type algorithm struct {
	code   uint32
	scheme scheme
	hash   crypto.Hash
	x509   x509.SignatureAlgorithm
}

// algorithms are the algorithms that this package signs or decrypts with, by their numbers.
var algorithms = byCode(append(mldsaAlgorithms,
	algorithm{capi.AlgorithmECP256SHA256, ecdsa, crypto.SHA256, x509.ECDSAWithSHA256},
	algorithm{capi.AlgorithmECP384SHA384, ecdsa, crypto.SHA384, x509.ECDSAWithSHA384},
	algorithm{capi.AlgorithmRSAPSS2048SHA256, rsaPSS, crypto.SHA256, x509.SHA256WithRSAPSS},
	algorithm{capi.AlgorithmRSAPSS3072SHA256, rsaPSS, crypto.SHA256, x509.SHA256WithRSAPSS},
	algorithm{capi.AlgorithmRSAPSS4096SHA256, rsaPSS, crypto.SHA256, x509.SHA256WithRSAPSS},
	algorithm{capi.AlgorithmRSAPKCS12048SHA256, rsaPKCS1, crypto.SHA256, x509.SHA256WithRSA},
	algorithm{capi.AlgorithmRSAPKCS13072SHA256, rsaPKCS1, crypto.SHA256, x509.SHA256WithRSA},
	algorithm{capi.AlgorithmRSAPKCS14096SHA256, rsaPKCS1, crypto.SHA256, x509.SHA256WithRSA},
	algorithm{capi.AlgorithmRSAOAEP2048SHA256, rsaOAEP, crypto.SHA256, x509.UnknownSignatureAlgorithm},
	algorithm{capi.AlgorithmRSAOAEP3072SHA256, rsaOAEP, crypto.SHA256, x509.UnknownSignatureAlgorithm},
	algorithm{capi.AlgorithmRSAOAEP4096SHA256, rsaOAEP, crypto.SHA256, x509.UnknownSignatureAlgorithm},
)...)

func byCode(list ...algorithm) map[uint32]algorithm {
	m := make(map[uint32]algorithm, len(list))
	for _, a := range list {
		m[a.code] = a
	}
	return m
}

func algorithmByName(name string) (algorithm, bool) {
	for _, known := range algorithms {
		if known.String() == name {
			return known, true
		}
	}
	return algorithm{}, false
}

// String returns the service's name of the algorithm.
func (a algorithm) String() string {
	return capi.AlgorithmName(a.code)
}

// signs tells whether keys of the algorithm sign. The others decrypt.
func (a algorithm) signs() bool {
	return a.scheme != rsaOAEP
}
