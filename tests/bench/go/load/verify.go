package load

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	_ "crypto/sha256" // the hashes of the keys
	_ "crypto/sha512"
	"errors"
)

// hashOf returns a key's hash, and the options for it.
func hashOf(public crypto.PublicKey, pss bool) (crypto.Hash, crypto.SignerOpts) {
	hash := crypto.SHA256
	if key, ok := public.(*ecdsa.PublicKey); ok && key.Params().BitSize == 384 {
		hash = crypto.SHA384
	}
	if pss {
		return hash, &rsa.PSSOptions{Hash: hash, SaltLength: rsa.PSSSaltLengthEqualsHash}
	}
	return hash, hash
}

// verify checks a signature as a careful user of a plain SDK does.
func verify(public crypto.PublicKey, digest, signature []byte, opts crypto.SignerOpts) error {
	switch key := public.(type) {
	case *ecdsa.PublicKey:
		if !ecdsa.VerifyASN1(key, digest, signature) {
			return errors.New("the signature does not verify")
		}
		return nil
	case *rsa.PublicKey:
		if pss, ok := opts.(*rsa.PSSOptions); ok {
			return rsa.VerifyPSS(key, pss.Hash, digest, signature, pss)
		}
		return rsa.VerifyPKCS1v15(key, opts.HashFunc(), digest, signature)
	default:
		return errors.New("the public key is neither ECDSA nor RSA")
	}
}
