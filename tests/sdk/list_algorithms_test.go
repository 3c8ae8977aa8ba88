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
			t.Errorf("%s is in the list twice", a.Name)
		}
		got[a.Name] = a
	}
	return got
}

func TestListAlgorithms(t *testing.T) {
	t.Parallel()
	s := shared(t)
	all := s.algorithms(t)
	checkEqual(t, "all", slices.Sorted(maps.Keys(all)), slices.Sorted(maps.Keys(algorithms)))
	for name, a := range all {
		if a.Usage != algorithms[name].usage {
			t.Errorf("%s: want the usage %s, got %s", name, algorithms[name].usage, a.Usage)
		}
	}
	// The SDK's comments recommend one algorithm of each of these usages.
	for name, want := range map[string]bool{
		"ec_p256_sha256": true, "ec_p384_sha384": false, "rsa_pss_2048_sha256": false, "rsa_pkcs1_4096_sha256": false,
		"rsa_oaep_3072_sha256": true, "rsa_oaep_2048_sha256": false, "rsa_oaep_4096_sha256": false,
	} {
		if a := all[name]; a == nil || a.Recommended != want {
			t.Errorf("%s: want recommended %v: %+v", name, want, a)
		}
	}
}

func TestListAlgorithmsByUsage(t *testing.T) {
	t.Parallel()
	s := shared(t)
	byUsage := sdkAlgorithms()
	for _, usage := range km.ListAlgorithmsRequestUsage("").Values() {
		want, ok := byUsage[usage.String()]
		if !ok {
			// The default of the enumeration selects all usages.
			want = slices.Sorted(maps.Keys(algorithms))
		}
		checkEqual(t, usage.String(), slices.Sorted(maps.Keys(s.algorithms(t, usage))), want)
	}
	want := slices.Concat(byUsage["symmetric_encryption"], byUsage["key_encapsulation"])
	slices.Sort(want)
	got := s.algorithms(t, km.ListAlgorithmsRequestUsageSymmetricEncryption, km.ListAlgorithmsRequestUsageKeyEncapsulation)
	checkEqual(t, "two usages", slices.Sorted(maps.Keys(got)), want)
	_, err := try(s.ListAlgorithms, &km.ListAlgorithmsRequest{Usages: []km.ListAlgorithmsRequestUsage{"unknown"}})
	checkInvalid(t, "an unknown usage", err, "usages", "constraint")
}
