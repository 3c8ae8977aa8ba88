//go:build cgo && !noscwkms

package scwkms

import (
	"crypto"
	"crypto/rsa"
	"io"
)

// Decrypter decrypts with one key. Any number of goroutines may use it at once.
type Decrypter struct {
	client *client
	key    *key
}

var _ crypto.Decrypter = (*Decrypter)(nil)

// Public returns the key's public half.
func (d *Decrypter) Public() crypto.PublicKey {
	return d.key.public
}

// Decrypt decrypts an RSA-OAEP ciphertext made with SHA-256, for the hash and for MGF1, and without
// a label. Options are nil, or *rsa.OAEPOptions that say the same, where a hash of 0 stands for
// SHA-256. Whatever else they ask for is refused before a request is sent. The source of
// randomness is not used.
func (d *Decrypter) Decrypt(_ io.Reader, ciphertext []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	if err := d.check(opts); err != nil {
		return nil, err
	}
	return d.client.decrypt(d.key, ciphertext)
}

func (d *Decrypter) check(opts crypto.DecrypterOpts) error {
	uri, own := d.key.uri, d.key.algorithm
	switch o := opts.(type) {
	case nil:
		return nil
	case *rsa.OAEPOptions:
		switch {
		case o == nil:
			return nil
		case o.Hash != 0 && o.Hash != own.hash:
			return unsupportedf("decrypt with key %s: RSA-OAEP with %s is asked for, but the key is %s", uri, o.Hash, own)
		case o.MGFHash != 0 && o.MGFHash != own.hash:
			return unsupportedf("decrypt with key %s: RSA-OAEP with MGF1 of %s is asked for, but the key is %s", uri, o.MGFHash, own)
		case len(o.Label) > 0:
			return unsupportedf("decrypt with key %s: the ciphertext has a label, which Scaleway Key Manager does not support; "+
				"encrypt without one (--no-label with step-kms-plugin)", uri)
		}
		return nil
	case *rsa.PKCS1v15DecryptOptions:
		return unsupportedf("decrypt with key %s: PKCS #1 v1.5 decryption is asked for, but the key is %s", uri, own)
	default:
		return unsupportedf("decrypt with key %s: options of type %T are not supported; the key is %s", uri, opts, own)
	}
}
