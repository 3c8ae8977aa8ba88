package scwkms

import (
	"context"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// AlgorithmInfo is an algorithm that the service offers for new keys.
type AlgorithmInfo struct {
	// Name is the algorithm's name as the service writes it, such as "ec_p256_sha256". It is the value of
	// algorithm= in the URI of a new key.
	Name string
	// Usage is the usage of its keys.
	Usage KeyUsage
	// Recommended tells whether the service recommends the algorithm.
	Recommended bool
}

// ListAlgorithms returns the algorithms that the service offers for new keys. The query is empty for all
// algorithms of the client's region, or a URI with usage=asymmetric_signing, region or both.
func (k *KMS) ListAlgorithms(ctx context.Context, query string) ([]AlgorithmInfo, error) {
	list, err := performOne(ctx, k.client, func(call capi.Call) (capi.Operation, *capi.Error) {
		return capi.ListAlgorithmsAsync(call, query)
	}, capi.WaitAlgorithmList)
	if err != nil {
		return nil, err
	}
	offered := make([]AlgorithmInfo, len(list))
	for i, a := range list {
		offered[i] = AlgorithmInfo{Name: a.Name, Usage: KeyUsage(a.Usage), Recommended: a.Recommended}
	}
	return offered, nil
}
