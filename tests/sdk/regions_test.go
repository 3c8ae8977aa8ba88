package sdk

import (
	"slices"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

func TestEachKeyIsInOneRegion(t *testing.T) {
	t.Parallel()
	s := private(t)
	var want []string
	for _, region := range s.Regions() {
		name := "in-" + region.String()
		want = append(want, name)
		k := s.create(t, "ec_p256_sha256", func(q *km.CreateKeyRequest) { q.Region, q.Name = region, &name })
		if k.Region != region || k.Srn != "srn://key-manager.scw.eu/regions/"+region.String()+"/keys/"+k.ID {
			t.Errorf("created in %s: %+v", region, k)
		}
		for _, other := range s.Regions() {
			_, err := try(s.GetKey, &km.GetKeyRequest{Region: other, KeyID: k.ID})
			if other == region && err != nil {
				t.Error(err)
			} else if other != region {
				asError[*scw.ResourceNotFoundError](t, "GetKey in "+other.String(), err)
			}
		}
		checkEqual(t, "list of "+region.String(), s.list(t, func(q *km.ListKeysRequest) { q.Region = region }), []string{name})
	}
	all := call(t, s.ListKeys, &km.ListKeysRequest{OrganizationID: &s.OrganizationID}, scw.WithRegions(s.Regions()...), scw.WithAllPages())
	var got []string
	for _, k := range all.Keys {
		got = append(got, k.Name)
	}
	// The SDK returns the regions in no fixed order.
	slices.Sort(got)
	slices.Sort(want)
	checkEqual(t, "all regions", got, want)
}
