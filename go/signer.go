//go:build cgo && !noscwkms

package scwkms

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"io"
)

// Signer signs with one key. Any number of goroutines may use it at once.
type Signer struct {
	client *client
	key    *key
}

var _ crypto.Signer = (*Signer)(nil)

// Public returns the key's public half.
func (s *Signer) Public() crypto.PublicKey {
	return s.key.public
}

// SignatureAlgorithm is the one that the key signs with.
func (s *Signer) SignatureAlgorithm() x509.SignatureAlgorithm {
	return s.key.algorithm.x509
}

// Sign signs a digest. The options must ask for what the key does: its hash, and *rsa.PSSOptions
// (with a salt as long as the hash, or PSSSaltLengthAuto) for an RSA-PSS key and only for such a
// key. Whatever else they ask for is refused before a request is sent. The source of randomness is
// not used. ECDSA signatures are in ASN.1 DER.
func (s *Signer) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if err := s.check(digest, opts); err != nil {
		return nil, err
	}
	return s.client.sign(s.key, digest)
}

func (s *Signer) check(digest []byte, opts crypto.SignerOpts) error {
	uri, own := s.key.uri, s.key.algorithm
	if opts == nil {
		return invalidf("sign with key %s: no options are given, so the hash is unknown; the key is %s", uri, own)
	}
	pss, asksPSS := opts.(*rsa.PSSOptions)
	if asksPSS && pss == nil {
		return invalidf("sign with key %s: the PSS options are nil; the key is %s", uri, own)
	}
	hash := opts.HashFunc()
	asked := own.scheme
	switch {
	case asksPSS:
		asked = rsaPSS
	case own.scheme == rsaPSS:
		asked = rsaPKCS1
	}
	if asked != own.scheme || hash != own.hash {
		return unsupportedf("sign with key %s: a signature by %s is asked for, but the key is %s, which signs by %s%s",
			uri, describe(asked, hash), own, describe(own.scheme, own.hash), advice(own.scheme, asked))
	}
	if len(digest) != hash.Size() {
		return invalidf("sign with key %s: the digest has %d bytes, but a %s digest has %d; the key is %s",
			uri, len(digest), hash, hash.Size(), own)
	}
	if asksPSS {
		switch pss.SaltLength {
		case rsa.PSSSaltLengthAuto, rsa.PSSSaltLengthEqualsHash, hash.Size():
		default:
			return unsupportedf("sign with key %s: a PSS salt of %d bytes is asked for, but the service picks the salt; "+
				"ask for one as long as the hash, or for any", uri, pss.SaltLength)
		}
	}
	return nil
}

// describe names a signature algorithm for an error.
func describe(s scheme, hash crypto.Hash) string {
	if hash == 0 {
		return s.String() + " without a hash"
	}
	return s.String() + " with " + hash.String()
}

// advice is what the caller can do about a scheme that is not the key's.
func advice(own, asked scheme) string {
	switch {
	case own == rsaPSS && asked == rsaPKCS1:
		return `; a certificate template asks for that with "signatureAlgorithm": "SHA256-RSAPSS", ` +
			"while CRLs and SSH certificates need an rsa_pkcs1_* or an EC key"
	case own == rsaPKCS1 && asked == rsaPSS:
		return "; an rsa_pss_* key signs by RSA-PSS"
	default:
		return ""
	}
}
