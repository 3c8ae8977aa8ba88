package sdk

import (
	"maps"
	"slices"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

func (s *service) algorithms(t *testing.T, usages ...km.ListAlgorithmsRequestUsage) map[string]*km.ListAlgorithmsResponseAlgorithm {
	t.Helper()
	got := map[string]*km.ListAlgorithmsResponseAlgorithm{}
	for _, a := range call(t, s.ListAlgorithms, &km.ListAlgorithmsRequest{Usages: usages}).Algorithms {
		if got[a.Name] != nil {
			t.Errorf("%s is listed twice", a.Name)
		}
		got[a.Name] = a
	}
	return got
}

func TestListingAlgorithms(t *testing.T) {
	t.Parallel()
	s := shared(t)
	all := s.algorithms(t)
	same(t, "all", slices.Sorted(maps.Keys(all)), slices.Sorted(maps.Keys(algorithms)))
	for name, a := range all {
		if a.Usage != algorithms[name].usage {
			t.Errorf("%s: want the usage %s, got %s", name, algorithms[name].usage, a.Usage)
		}
	}
	// The SDK's comments recommend these two, and no other of their usages.
	for name, want := range map[string]bool{
		"ec_p256_sha256": true, "ec_p384_sha384": false, "rsa_pss_2048_sha256": false, "rsa_pkcs1_4096_sha256": false,
		"rsa_oaep_3072_sha256": true, "rsa_oaep_2048_sha256": false, "rsa_oaep_4096_sha256": false,
	} {
		if a := all[name]; a == nil || a.Recommended != want {
			t.Errorf("%s: recommended should be %v: %+v", name, want, a)
		}
	}
}

func TestListingAlgorithmsByUsage(t *testing.T) {
	t.Parallel()
	s := shared(t)
	byUsage := known()
	for _, usage := range km.ListAlgorithmsRequestUsage("").Values() {
		want, some := byUsage[usage.String()]
		if some {
			same(t, usage.String(), slices.Sorted(maps.Keys(s.algorithms(t, usage))), want)
		}
	}
	want := slices.Concat(byUsage["symmetric_encryption"], byUsage["key_encapsulation"])
	slices.Sort(want)
	got := s.algorithms(t, km.ListAlgorithmsRequestUsageSymmetricEncryption, km.ListAlgorithmsRequestUsageKeyEncapsulation)
	same(t, "two usages", slices.Sorted(maps.Keys(got)), want)
	_, err := try(s.ListAlgorithms, &km.ListAlgorithmsRequest{Usages: []km.ListAlgorithmsRequestUsage{"cooking"}})
	argument(t, "no such usage", err, "usages", "constraint")
}
