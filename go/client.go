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
// freed once it is closed and its last call has ended, or once nothing refers to it any more: some
// callers never close their managers.
type client struct {
	handle  capi.Client
	cleanup runtime.Cleanup
	queue   *queue

	mutex   sync.Mutex
	callers int
	closed  bool
}

func open(uri string) (*client, error) {
	handle, failure := capi.Open(uri)
	if failure != nil {
		return nil, fromC(failure)
	}
	c := &client{handle: handle, queue: newQueue()}
	c.cleanup = runtime.AddCleanup(c, capi.Free, handle)
	return c, nil
}

// close closes the client. Calls under way finish; those that wait for their turn and later ones get
// CodeInvalidHandle.
func (c *client) close() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !c.closed {
		c.closed = true
		close(c.queue.closed)
		c.freeIfDone()
	}
}

// enter begins a call, unless the client is closed. The caller leaves once it has ended.
func (c *client) enter() (capi.Client, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.closed {
		return 0, closedError()
	}
	c.callers++
	collect()
	return c.handle, nil
}

func (c *client) leave() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.callers--
	c.freeIfDone()
}

func (c *client) freeIfDone() {
	if c.closed && c.callers == 0 {
		c.cleanup.Stop()
		capi.Free(c.handle)
	}
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
	handle, err := c.enter()
	if err != nil {
		return nil, err
	}
	defer c.leave()
	if _, err := perform(
		func() ([]byte, *capi.Error) {
			spki, _, failure := capi.PublicKey(handle, name)
			return spki, failure
		},
		func(number uint32) (capi.Request, *capi.Error) { return capi.PublicKeyAsync(handle, name, number) },
	); err != nil {
		return nil, err
	}
	// The library has the key now, and neither of these asks the service.
	spki, code, failure := capi.PublicKey(handle, name)
	if failure != nil {
		return nil, fromC(failure)
	}
	info, failure := capi.GetKey(handle, name)
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
	handle, err := c.enter()
	if err != nil {
		return nil, err
	}
	defer c.leave()
	return perform(
		func() ([]byte, *capi.Error) { return capi.Sign(handle, k.uri, k.algorithm.code, digest) },
		func(number uint32) (capi.Request, *capi.Error) {
			return capi.SignAsync(handle, k.uri, k.algorithm.code, digest, number)
		},
	)
}

func (c *client) decrypt(k *key, ciphertext []byte) ([]byte, error) {
	handle, err := c.enter()
	if err != nil {
		return nil, err
	}
	defer c.leave()
	return perform(
		func() ([]byte, *capi.Error) { return capi.Decrypt(handle, k.uri, ciphertext) },
		func(number uint32) (capi.Request, *capi.Error) {
			return capi.DecryptAsync(handle, k.uri, ciphertext, number)
		},
	)
}

func (c *client) create(name string, algorithm, level uint32) (created *capi.Key, err error) {
	err = c.inTurn(func(handle capi.Client) (failure *capi.Error) {
		created, failure = capi.CreateKey(handle, name, algorithm, level)
		return failure
	})
	return created, err
}

func (c *client) remove(name string) error {
	return c.inTurn(func(handle capi.Client) *capi.Error { return capi.DeleteKey(handle, name) })
}

func (c *client) find(query string) (found []*capi.Key, err error) {
	err = c.inTurn(func(handle capi.Client) (failure *capi.Error) {
		found, failure = capi.FindKeys(handle, query)
		return failure
	})
	return found, err
}
