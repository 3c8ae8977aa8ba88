package sdk

import (
	"slices"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

func TestAKeyLivesInOneRegion(t *testing.T) {
	t.Parallel()
	s := private(t)
	var want []string
	for _, region := range s.Regions() {
		name := "in-" + region.String()
		want = append(want, name)
		k := s.create(t, "ec_p256_sha256", func(q *km.CreateKeyRequest) { q.Region, q.Name = region, &name })
		if k.Region != region {
			t.Errorf("asked for %s, got %s", region, k.Region)
		}
		for _, other := range s.Regions() {
			_, err := try(s.GetKey, &km.GetKeyRequest{Region: other, KeyID: k.ID})
			if other == region && err != nil {
				t.Error(err)
			} else if other != region {
				as[*scw.ResourceNotFoundError](t, "asked for in "+other.String(), err)
			}
		}
		same(t, "listed in "+region.String(), s.list(t, func(q *km.ListKeysRequest) { q.Region = region }), []string{name})
	}
	// The SDK gathers the regions in no fixed order.
	got := call(t, s.ListKeys, &km.ListKeysRequest{OrganizationID: &s.OrganizationID}, scw.WithRegions(s.Regions()...), scw.WithAllPages())
	var gathered []string
	for _, k := range got.Keys {
		gathered = append(gathered, k.Name)
	}
	slices.Sort(gathered)
	slices.Sort(want)
	same(t, "all regions", gathered, want)
}

func TestARegionWithoutTheService(t *testing.T) {
	t.Parallel()
	s := shared(t)
	_, err := try(s.ListKeys, &km.ListKeysRequest{Region: "us-nyc"})
	if got := statusOf(err); got != 404 {
		t.Errorf("want 404, got %d: %v", got, err)
	}
}
