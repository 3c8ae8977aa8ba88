package scwkms

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"io"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// Signer signs with one key. It implements crypto.Signer and crypto.MessageSigner. Any number of goroutines may use it at the
// same time. It works until its key manager is closed.
type Signer struct {
	client *client
	key    *key
}

var _ crypto.Signer = (*Signer)(nil)

// Public returns the public key: an *ecdsa.PublicKey, an *rsa.PublicKey, or since Go 1.27 an
// *mldsa.PublicKey.
func (s *Signer) Public() crypto.PublicKey {
	return s.key.public
}

// SignatureAlgorithm returns the algorithm of the key's signatures.
func (s *Signer) SignatureAlgorithm() x509.SignatureAlgorithm {
	return s.key.algorithm.x509
}

// Sign calls SignContext with a context that is never done. It does not use the source of
// randomness.
func (s *Signer) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return s.SignContext(context.Background(), digest, opts)
}

// SignContext signs a digest. Unlike Sign, it has no parameter for a source of randomness: the
// service has its own. The signature of an ECDSA key is in ASN.1 DER.
//
// The options must request the key's own algorithm. For all keys, they must name the key's hash. For
// an RSA-PSS key they must be *rsa.PSSOptions whose salt is as long as the hash, or is
// rsa.PSSSaltLengthAuto. For an ECDSA key they may be nil. Other options, and a digest of the wrong
// length, are errors, and nothing is sent. With an ML-DSA key, which signs no digests, it signs a message
// as SignMessageContext does.
func (s *Signer) SignContext(ctx context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if s.key.algorithm.scheme == mlDSA {
		return s.signMLDSA(ctx, digest, opts)
	}
	if err := s.check(digest, opts); err != nil {
		return nil, err
	}
	return withClient(s.client, func(handle capi.Client) ([]byte, error) { return sign(ctx, handle, s.key, digest) })
}

func (s *Signer) check(digest []byte, opts crypto.SignerOpts) error {
	uri, own := s.key.uri, s.key.algorithm
	if err := s.checkOptions(opts); err != nil {
		return err
	}
	if len(digest) != own.hash.Size() {
		return invalidf("sign with key %s: the digest has %d bytes, but a %s digest has %d; the key is %s",
			uri, len(digest), own.hash, own.hash.Size(), own)
	}
	if pss, ok := opts.(*rsa.PSSOptions); ok && !isSupportedSalt(pss.SaltLength, own.hash) {
		return unsupportedf("sign with key %s: a PSS salt of %d bytes was requested, but the service determines the salt; "+
			"request a salt as long as the hash, or rsa.PSSSaltLengthAuto", uri, pss.SaltLength)
	}
	return nil
}

// checkOptions checks whether the options request the key's signature scheme and hash.
func (s *Signer) checkOptions(opts crypto.SignerOpts) error {
	uri, own := s.key.uri, s.key.algorithm
	pss, isPSS := opts.(*rsa.PSSOptions)
	switch {
	case opts == nil && own.scheme == ecdsa:
		return nil
	case opts == nil:
		return invalidf("sign with key %s: the options are nil, but an RSA key requires options, which name its hash; the key is %s", uri, own)
	case isPSS && pss == nil:
		return invalidf("sign with key %s: the PSS options are nil; the key is %s", uri, own)
	}
	requested, hash := requestedScheme(own.scheme, isPSS), opts.HashFunc()
	if requested == own.scheme && hash == own.hash {
		return nil
	}
	return unsupportedf("sign with key %s: a signature by %s was requested, but the key is %s, which signs by %s%s",
		uri, describe(requested, hash), own, describe(own.scheme, own.hash), advice(own.scheme, requested))
}

// requestedScheme returns the scheme that options request from a key. Options other than
// *rsa.PSSOptions request PKCS #1 v1.5 from an RSA key.
func requestedScheme(own scheme, isPSS bool) scheme {
	switch {
	case isPSS:
		return rsaPSS
	case own == rsaPSS:
		return rsaPKCS1
	default:
		return own
	}
}

func isSupportedSalt(length int, hash crypto.Hash) bool {
	return length == rsa.PSSSaltLengthAuto || length == rsa.PSSSaltLengthEqualsHash || length == hash.Size()
}

// describe names a signature algorithm in an error.
func describe(s scheme, hash crypto.Hash) string {
	if hash == 0 {
		return s.String() + " without a hash"
	}
	return s.String() + " with " + hash.String()
}

// advice tells the caller what to do about a scheme that is not the key's.
func advice(own, requested scheme) string {
	switch {
	case own == rsaPSS && requested == rsaPKCS1:
		return `; a certificate template requests RSA-PSS with "signatureAlgorithm": "SHA256-RSAPSS", ` +
			"while CRLs and SSH certificates need an rsa_pkcs1_* or an EC key"
	case own == rsaPKCS1 && requested == rsaPSS:
		return "; an rsa_pss_* key signs by RSA-PSS"
	default:
		return ""
	}
}
