package scwkms

import (
	"context"
	"io"
	"runtime"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// NewEncryptor begins the encryption of a message of any length with an AES-256-GCM key. The service
// generates a data key, with which data is encrypted locally: docs/envelope.md describes the format.
// The message, which contains the encrypted data key, is written to w.
//
// The associated data is authenticated but not part of the message. The decryption needs the same
// associated data.
func (k *KMS) NewEncryptor(ctx context.Context, w io.Writer, key string, associatedData []byte) (*Encryptor, error) {
	return newEncryptor(ctx, k.client, nil, w, key, associatedData)
}

// NewDecryptor begins the decryption of a message that it reads from r. The header of the message
// names the key. A message of any other key than the expected one is an error; an expected key of ""
// accepts any symmetric key that the credentials may use.
//
// Data that is not a message is an error with CodeInvalidArgument. A modified header and other
// associated data are errors with CodeIntegrity.
func (k *KMS) NewDecryptor(
	ctx context.Context, r io.Reader, expectedKey string, associatedData []byte,
) (*Decryptor, error) {
	return newDecryptor(ctx, k.client, nil, r, expectedKey, associatedData)
}

// startEnvelope makes a blocking call of the library that returns a value to be freed. It ends when the
// context is done; a value that the call returns later is freed.
func startEnvelope[T interface{ Free() }](
	ctx context.Context, c *client, call func(handle capi.Client) (T, *capi.Error),
) (value T, err error) {
	type result struct {
		value T
		err   error
	}
	results := make(chan result, 1)
	go func() {
		value, err := withClient(c, func(handle capi.Client) (T, error) {
			value, failure := call(handle)
			return value, newError(failure)
		})
		results <- result{value, err}
	}()
	select {
	case r := <-results:
		return r.value, r.err
	case <-ctx.Done():
		go func() {
			if r := <-results; r.err == nil {
				r.value.Free()
			}
		}()
		return value, cancelledError(ctx, &capi.Error{Message: "begin a message"})
	}
}

// Encryptor encrypts a message. It implements io.WriteCloser. Close must be called at the end: without
// the last segment, which Close writes, the message cannot be decrypted. One goroutine uses it at a time.
type Encryptor struct {
	encryptor capi.Encryptor
	w         io.Writer
	cleanup   runtime.Cleanup
	message   []byte
	closed    bool
	err       error
}

var _ io.WriteCloser = (*Encryptor)(nil)

func newEncryptor(
	ctx context.Context, c *client, cache *DataKeyCache, w io.Writer, key string, associatedData []byte,
) (*Encryptor, error) {
	encryptor, err := startEnvelope(ctx, c, func(handle capi.Client) (capi.Encryptor, *capi.Error) {
		defer runtime.KeepAlive(cache)
		return capi.NewEncryptor(handle, cache.handle(), key, associatedData)
	})
	if err != nil {
		return nil, err
	}
	e := &Encryptor{encryptor: encryptor, w: w}
	e.cleanup = runtime.AddCleanup(e, capi.Encryptor.Free, encryptor)
	return e, nil
}

// Write encrypts the next part of the plaintext, and writes complete segments to the writer of the message.
func (e *Encryptor) Write(plaintext []byte) (int, error) {
	defer runtime.KeepAlive(e)
	for rest := plaintext; len(rest) > 0 && e.err == nil; {
		part := rest[:min(len(rest), maxPart)]
		rest = rest[len(part):]
		beforeC()
		e.writeMessage(e.encryptor.Update(e.message[:0], part))
	}
	if e.err != nil {
		return 0, e.err
	}
	return len(plaintext), nil
}

// Close writes the end of the message. It does not close the writer of the message. If a Write failed, it
// writes nothing and returns the error. A second call does nothing and returns nil.
func (e *Encryptor) Close() error {
	if e.closed {
		return nil
	}
	if e.err == nil {
		beforeC()
		e.writeMessage(e.encryptor.Finish(e.message[:0]))
	}
	err := e.err
	e.closed, e.err = true, invalidf("the encryptor is closed")
	e.cleanup.Stop()
	e.encryptor.Free()
	return err
}

// writeMessage writes the result of a call of the library. It keeps the memory for the next call.
func (e *Encryptor) writeMessage(message []byte, failure *capi.Error) {
	e.message = message
	if failure != nil {
		e.err = newError(failure)
	} else if len(message) > 0 {
		_, e.err = e.w.Write(message)
	}
}

// Decryptor decrypts a message. It implements io.ReadCloser. Plaintext is returned after its segment was
// authenticated. io.EOF means that the message is complete; a message that was modified or truncated is an
// error with CodeIntegrity. One goroutine uses it at a time.
type Decryptor struct {
	decryptor capi.Decryptor
	r         io.Reader
	cleanup   runtime.Cleanup
	message   []byte
	plaintext []byte
	// read is how many bytes of plaintext were read.
	read  int
	freed bool
	err   error
}

var _ io.ReadCloser = (*Decryptor)(nil)

// maxPart is how many bytes one call of the library encrypts or decrypts.
const maxPart = 64 << 10

func newDecryptor(
	ctx context.Context, c *client, cache *DataKeyCache, r io.Reader, expectedKey string, associatedData []byte,
) (*Decryptor, error) {
	start := make([]byte, capi.EnvelopeMaxHeaderLen)
	n, err := io.ReadFull(r, start)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	decryptor, err := startEnvelope(ctx, c, func(handle capi.Client) (capi.Decryptor, *capi.Error) {
		defer runtime.KeepAlive(cache)
		return capi.NewDecryptor(handle, cache.handle(), expectedKey, associatedData, start[:n])
	})
	if err != nil {
		return nil, err
	}
	d := &Decryptor{decryptor: decryptor, r: r, message: make([]byte, maxPart)}
	d.cleanup = runtime.AddCleanup(d, capi.Decryptor.Free, decryptor)
	return d, nil
}

// Read reads plaintext.
func (d *Decryptor) Read(p []byte) (int, error) {
	for d.read == len(d.plaintext) && d.err == nil {
		d.decrypt()
	}
	if d.read == len(d.plaintext) {
		return 0, d.err
	}
	n := copy(p, d.plaintext[d.read:])
	d.read += n
	return n, nil
}

// decrypt reads and decrypts the next part of the message.
func (d *Decryptor) decrypt() {
	d.plaintext, d.read = d.plaintext[:0], 0
	n, err := d.r.Read(d.message)
	beforeC()
	if n > 0 {
		d.keep(d.decryptor.Update(d.plaintext, d.message[:n]))
	}
	if err == io.EOF && d.err == nil {
		// An error of the last call comes before io.EOF.
		d.keep(d.decryptor.Finish(d.plaintext))
	}
	if d.err == nil {
		d.err = err
	}
	if d.err != nil {
		d.free()
	}
}

// keep keeps the result of a call of the library, which Read returns.
func (d *Decryptor) keep(plaintext []byte, failure *capi.Error) {
	d.plaintext, d.err = plaintext, newError(failure)
}

// Close frees the memory of the decryption, and overwrites plaintext that was not read. It returns nil.
// It does not close the reader of the message. It is not needed after io.EOF or another error.
func (d *Decryptor) Close() error {
	d.free()
	clear(d.plaintext[:cap(d.plaintext)])
	d.plaintext, d.read = nil, 0
	d.err = invalidf("the decryptor is closed")
	return nil
}

// free frees the library's decryptor. It may be called again.
func (d *Decryptor) free() {
	if !d.freed {
		d.freed = true
		d.cleanup.Stop()
		d.decryptor.Free()
	}
}
