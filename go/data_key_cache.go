package scwkms

import (
	"context"
	"io"
	"runtime"
	"time"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// DataKeyLimits are the limits of a cached data key. After the first limit that it reaches, the next
// message has a new data key.
type DataKeyLimits struct {
	// MaxAge is the time during which a data key is used for new messages, and during which a decrypted
	// data key is kept. 0 means 5 minutes.
	MaxAge time.Duration
	// MaxMessages is the number of messages that are encrypted with a data key. 0 means 65536.
	MaxMessages uint64
	// MaxBytes is the number of bytes of plaintext after which a data key is not used for a new message.
	// 0 means 1 TiB.
	MaxBytes uint64
}

// DataKeyCache encrypts and decrypts many messages with few requests: it uses a data key for several
// messages, each of which has a derived key of its own. Any number of goroutines may use it at the same
// time. Its data keys are wiped when it is unreachable.
type DataKeyCache struct {
	client *client
	cache  capi.DataKeyCache
}

// NewDataKeyCache creates an empty cache. It sends nothing.
func (k *KMS) NewDataKeyCache(limits DataKeyLimits) (*DataKeyCache, error) {
	cache, err := withClient(k.client, func(handle capi.Client) (capi.DataKeyCache, error) {
		cache, failure := capi.NewDataKeyCache(handle, capi.DataKeyLimits{
			MaxAgeMS:    milliseconds(limits.MaxAge),
			MaxMessages: limits.MaxMessages,
			MaxBytes:    limits.MaxBytes,
		})
		return cache, newError(failure)
	})
	if err != nil {
		return nil, err
	}
	c := &DataKeyCache{client: k.client, cache: cache}
	runtime.AddCleanup(c, capi.DataKeyCache.Free, cache)
	return c, nil
}

// milliseconds rounds up, so that a short time is not 0, which means the default.
func milliseconds(d time.Duration) uint64 {
	return uint64(max(d, 0)+time.Millisecond-1) / uint64(time.Millisecond)
}

// handle is the library's cache, or none for a nil cache.
func (c *DataKeyCache) handle() capi.DataKeyCache {
	if c == nil {
		return capi.DataKeyCache{}
	}
	return c.cache
}

// NewEncryptor is KMS.NewEncryptor with a data key of the cache.
func (c *DataKeyCache) NewEncryptor(
	ctx context.Context, w io.Writer, key string, associatedData []byte,
) (*Encryptor, error) {
	return newEncryptor(ctx, c.client, c, w, key, associatedData)
}

// NewDecryptor is KMS.NewDecryptor. It sends no request if the cache has the data key of the message.
func (c *DataKeyCache) NewDecryptor(
	ctx context.Context, r io.Reader, expectedKey string, associatedData []byte,
) (*Decryptor, error) {
	return newDecryptor(ctx, c.client, c, r, expectedKey, associatedData)
}
