package scwkms

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"go.step.sm/crypto/kms/apiv1"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// maxOpening is how many keys of a search are fetched at a time.
const maxOpening = 8

// SearchKeys calls SearchKeysContext with a context that is never done.
func (k *KMS) SearchKeys(req *apiv1.SearchKeysRequest) (*apiv1.SearchKeysResponse, error) {
	return k.SearchKeysContext(context.Background(), req)
}

// SearchKeysContext finds keys, and fetches their public keys. The query is a URI with any of name
// (exact), usage, algorithm, tags (all of them), region and project-id. The results do not contain
// keys without a public key, or with one that this package does not support: callers of SearchKeys
// print the public keys.
func (k *KMS) SearchKeysContext(ctx context.Context, req *apiv1.SearchKeysRequest) (*apiv1.SearchKeysResponse, error) {
	return withDeadline(ctx, k.client, func(ctx context.Context, handle capi.Client) (*apiv1.SearchKeysResponse, error) {
		found, err := findKeys(ctx, handle, req.Query)
		if err != nil {
			return nil, err
		}
		opened, err := openKeys(ctx, handle, found)
		if err != nil {
			return nil, err
		}
		return searchKeysResponse(opened), nil
	})
}

// openKeys opens those of the keys that have a supported public key; the others are nil. The first
// failure ends it: after an outage, the remaining keys would fail, too.
func openKeys(ctx context.Context, handle capi.Client, found []*capi.Key) ([]*key, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		opened  = make([]*key, len(found))
		next    atomic.Int64
		once    sync.Once
		failure error
		workers sync.WaitGroup
	)
	for range min(maxOpening, len(found)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(found)); i = next.Add(1) - 1 {
				var err error
				if opened[i], err = openFound(ctx, handle, found[i]); err != nil {
					once.Do(func() { failure = err })
					cancel()
					return
				}
			}
		})
	}
	workers.Wait()
	return opened, failure
}

// openFound opens a key that was found. It returns nil for a key without a supported public key.
func openFound(ctx context.Context, handle capi.Client, found *capi.Key) (*key, error) {
	if _, ok := algorithms[found.Algorithm]; !ok {
		return nil, nil
	}
	opened, err := openKey(ctx, handle, found.URI)
	if err != nil && hasNoPublicKey(err) {
		return nil, nil
	}
	return opened, err
}

// hasNoPublicKey tells whether an error means that there is no public key to fetch. Other errors
// mean that fetching it failed.
func hasNoPublicKey(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case CodeUnsupported, CodeNotFound, CodeKeyState, CodeInvalidArgument:
		return true
	default:
		return false
	}
}

func searchKeysResponse(opened []*key) *apiv1.SearchKeysResponse {
	resp := &apiv1.SearchKeysResponse{Results: []apiv1.SearchKeyResult{}}
	for _, k := range opened {
		if k == nil {
			continue
		}
		result := apiv1.SearchKeyResult{Name: k.uri, PublicKey: k.public}
		if k.algorithm.signs() {
			result.CreateSignerRequest = apiv1.CreateSignerRequest{SigningKey: k.uri}
		}
		resp.Results = append(resp.Results, result)
	}
	return resp
}
