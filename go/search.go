//go:build cgo && !noscwkms

package scwkms

import (
	"sync"
	"sync/atomic"

	"go.step.sm/crypto/kms/apiv1"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// searchParallel is how many public keys are fetched at a time.
const searchParallel = 8

// SearchKeys finds keys by a URI with any of name (exact), usage, algorithm, tags (all of them),
// region and project-id. Keys that have no public half (symmetric ones, for example) or one that
// this package does not read are left out, since callers print the public keys.
func (k *KMS) SearchKeys(req *apiv1.SearchKeysRequest) (*apiv1.SearchKeysResponse, error) {
	found, err := k.client.find(req.Query)
	if err != nil {
		return nil, err
	}
	opened := make([]*key, len(found))
	failures := make([]error, len(found))
	var (
		wg     sync.WaitGroup
		failed atomic.Bool
	)
	limit := make(chan struct{}, searchParallel)
	for i, candidate := range found {
		if _, ok := algorithms[candidate.Algorithm]; !ok {
			continue
		}
		limit <- struct{}{}
		if failed.Load() {
			// Each key has a deadline of its own, so an outage would be waited for key by key.
			break
		}
		wg.Go(func() {
			defer func() { <-limit }()
			opened[i], failures[i] = k.client.open(candidate.URI)
			if failures[i] != nil && !hasNoPublicKey(failures[i]) {
				failed.Store(true)
			}
		})
	}
	wg.Wait()

	resp := &apiv1.SearchKeysResponse{Results: []apiv1.SearchKeyResult{}}
	for i, candidate := range found {
		switch {
		case opened[i] != nil:
			resp.Results = append(resp.Results, searchResult(candidate, opened[i]))
		case failures[i] != nil && !hasNoPublicKey(failures[i]):
			return nil, failures[i]
		}
	}
	return resp, nil
}

func searchResult(found *capi.Key, opened *key) apiv1.SearchKeyResult {
	result := apiv1.SearchKeyResult{Name: found.URI, PublicKey: opened.public}
	if opened.algorithm.signs() {
		result.CreateSignerRequest = apiv1.CreateSignerRequest{SigningKey: found.URI}
	}
	return result
}
