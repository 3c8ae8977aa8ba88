package scwkms

import (
	"context"
	"crypto"
	"crypto/rsa"
	"io"
)

// Decrypter decrypts with one key. It implements crypto.Decrypter. Any number of goroutines may use
// it at the same time. It works until its key manager is closed.
type Decrypter struct {
	client *client
	key    *key
}

var _ crypto.Decrypter = (*Decrypter)(nil)

// Public returns the public key, an *rsa.PublicKey.
func (d *Decrypter) Public() crypto.PublicKey {
	return d.key.public
}

// Decrypt calls DecryptContext with a context that is never done. It does not use the source of
// randomness.
func (d *Decrypter) Decrypt(_ io.Reader, ciphertext []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	return d.DecryptContext(context.Background(), ciphertext, opts)
}

// DecryptContext decrypts an RSA-OAEP ciphertext. Unlike Decrypt, it has no parameter for a source
// of randomness, which it does not need.
//
// The ciphertext must be made with SHA-256, as the hash and for MGF1, and without a label. The
// options are nil, or *rsa.OAEPOptions that say the same; a hash of 0 stands for SHA-256. Other
// options are errors, and nothing is sent.
func (d *Decrypter) DecryptContext(ctx context.Context, ciphertext []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	if err := d.check(opts); err != nil {
		return nil, err
	}
	return decrypt(ctx, d.client, d.key.name, ciphertext)
}

func (d *Decrypter) check(opts crypto.DecrypterOpts) error {
	uri, own := d.key.uri, d.key.algorithm
	switch o := opts.(type) {
	case nil:
		return nil
	case *rsa.OAEPOptions:
		if o == nil {
			return nil
		}
		return d.checkOAEP(o)
	case *rsa.PKCS1v15DecryptOptions:
		return unsupportedf("decrypt with key %s: PKCS #1 v1.5 decryption was requested, but the key is %s", uri, own)
	default:
		return unsupportedf("decrypt with key %s: options of type %T are not supported; the key is %s", uri, opts, own)
	}
}

func (d *Decrypter) checkOAEP(o *rsa.OAEPOptions) error {
	uri, own := d.key.uri, d.key.algorithm
	switch {
	case o.Hash != 0 && o.Hash != own.hash:
		return unsupportedf("decrypt with key %s: RSA-OAEP with %s was requested, but the key is %s; encrypt with SHA-256", uri, o.Hash, own)
	case o.MGFHash != 0 && o.MGFHash != own.hash:
		return unsupportedf("decrypt with key %s: RSA-OAEP with MGF1 of %s was requested, but the key is %s; encrypt with SHA-256 for MGF1", uri, o.MGFHash, own)
	case len(o.Label) > 0:
		return unsupportedf("decrypt with key %s: the ciphertext has a label, which Scaleway Key Manager does not support; "+
			"encrypt without one (--no-label with step-kms-plugin)", uri)
	default:
		return nil
	}
}
