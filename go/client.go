//go:build cgo && !noscwkms

package scwkms

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"runtime"
	"sync"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// client is a client of the library, shared by a manager and its signers and decrypters. It is
// freed by close, or once nothing refers to it any more: some callers never close their managers.
type client struct {
	handle  capi.Client
	once    sync.Once
	cleanup runtime.Cleanup
}

func open(uri string) (*client, error) {
	handle, failure := capi.Open(uri)
	if failure != nil {
		return nil, fromC(failure)
	}
	c := &client{handle: handle}
	c.cleanup = runtime.AddCleanup(c, capi.Free, handle)
	return c, nil
}

// close frees the client. Calls under way finish; later ones get CodeInvalidHandle.
func (c *client) close() {
	c.once.Do(func() {
		c.cleanup.Stop()
		capi.Free(c.handle)
	})
}

// number is the client's handle, for calls that keep c alive until they return.
func (c *client) number() capi.Client {
	handle := c.handle
	collect()
	return handle
}

// key is an open key: what the package needs to know of it, from the library's cache.
type key struct {
	uri       string
	usage     string
	algorithm algorithm
	public    crypto.PublicKey
}

// open fetches a key's public half, or finds it in the cache.
func (c *client) open(name string) (*key, error) {
	defer runtime.KeepAlive(c)
	spki, code, failure := capi.PublicKey(c.number(), name)
	if failure != nil {
		return nil, fromC(failure)
	}
	info, failure := capi.GetKey(c.number(), name)
	if failure != nil {
		return nil, fromC(failure)
	}
	known, ok := algorithms[code]
	if !ok {
		return nil, unsupportedf("open key %s: %s is not supported", info.URI, info.AlgorithmName)
	}
	public, err := x509.ParsePKIXPublicKey(spki)
	if err != nil {
		return nil, &Error{Code: CodeProtocol, Message: fmt.Sprintf("open key %s: its public key is malformed: %v", info.URI, err)}
	}
	return &key{uri: info.URI, usage: info.Usage, algorithm: known, public: public}, nil
}

func (c *client) sign(k *key, digest []byte) ([]byte, error) {
	defer runtime.KeepAlive(c)
	signature, failure := capi.Sign(c.number(), k.uri, k.algorithm.code, digest)
	return signature, fromC(failure)
}

func (c *client) decrypt(k *key, ciphertext []byte) ([]byte, error) {
	defer runtime.KeepAlive(c)
	plaintext, failure := capi.Decrypt(c.number(), k.uri, ciphertext)
	return plaintext, fromC(failure)
}

func (c *client) create(name string, algorithm, level uint32) (*capi.Key, error) {
	defer runtime.KeepAlive(c)
	created, failure := capi.CreateKey(c.number(), name, algorithm, level)
	return created, fromC(failure)
}

func (c *client) remove(name string) error {
	defer runtime.KeepAlive(c)
	return fromC(capi.DeleteKey(c.number(), name))
}

func (c *client) find(query string) ([]*capi.Key, error) {
	defer runtime.KeepAlive(c)
	found, failure := capi.FindKeys(c.number(), query)
	return found, fromC(failure)
}
