package sdk

import (
	"fmt"
	"slices"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

func (s *service) list(t *testing.T, edit func(*km.ListKeysRequest), opts ...scw.RequestOption) []string {
	t.Helper()
	q := &km.ListKeysRequest{OrganizationID: &s.OrganizationID}
	if edit != nil {
		edit(q)
	}
	a := call(t, s.ListKeys, q, opts...)
	if q.PageSize == nil && q.Page == nil && a.TotalCount != uint64(len(a.Keys)) {
		t.Errorf("%d keys and a total of %d", len(a.Keys), a.TotalCount)
	}
	got := []string{}
	for _, k := range a.Keys {
		got = append(got, k.Name)
	}
	return got
}

// populated returns an emulator with five keys. They were created in the order c, a, e, b, d and updated in
// the order e, d, c, b, a.
func populated(t *testing.T) (s *service, project string) {
	t.Helper()
	s, project = private(t), uuid()
	ids := map[string]string{}
	for _, k := range []struct {
		name, algorithm, project string
		level                    km.KeyProtectionLevel
		tags                     []string
	}{
		{"c", "aes_256_gcm", "", "", nil},
		{"a", "ec_p256_sha256", "", km.KeyProtectionLevelHsm, []string{"red"}},
		{"e", "ml_kem_768", project, "", []string{"red", "blue"}},
		{"b", "rsa_oaep_2048_sha256", project, "", []string{"blue"}},
		{"d", "ec_p384_sha384", "", "", []string{"reddish"}},
	} {
		ids[k.name] = s.create(t, k.algorithm, func(q *km.CreateKeyRequest) {
			q.Name, q.Tags, q.ProjectID, q.ProtectionLevel = &k.name, k.tags, k.project, k.level
		}).ID
	}
	for _, name := range []string{"e", "d", "c", "b", "a"} {
		call(t, s.UpdateKey, &km.UpdateKeyRequest{KeyID: ids[name], Description: scw.StringPtr("updated")})
	}
	return s, project
}

func TestListOrders(t *testing.T) {
	t.Parallel()
	s, _ := populated(t)
	want := map[km.ListKeysRequestOrderBy][]string{
		km.ListKeysRequestOrderByNameAsc:       {"a", "b", "c", "d", "e"},
		km.ListKeysRequestOrderByNameDesc:      {"e", "d", "c", "b", "a"},
		km.ListKeysRequestOrderByCreatedAtAsc:  {"c", "a", "e", "b", "d"},
		km.ListKeysRequestOrderByCreatedAtDesc: {"d", "b", "e", "a", "c"},
		km.ListKeysRequestOrderByUpdatedAtAsc:  {"e", "d", "c", "b", "a"},
		km.ListKeysRequestOrderByUpdatedAtDesc: {"a", "b", "c", "d", "e"},
	}
	for _, order := range km.ListKeysRequestOrderBy("").Values() {
		checkEqual(t, string(order), s.list(t, func(q *km.ListKeysRequest) { q.OrderBy = order }), want[order])
	}
	checkEqual(t, "by default", s.list(t, nil), want[km.ListKeysRequestOrderByNameAsc])
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	s, project := populated(t)
	for _, c := range []struct {
		what string
		edit func(*km.ListKeysRequest)
		want []string
	}{
		{"a name", func(q *km.ListKeysRequest) { q.Name = scw.StringPtr("b") }, []string{"b"}},
		{"an unknown name", func(q *km.ListKeysRequest) { q.Name = scw.StringPtr("f") }, []string{}},
		{"a name in upper case", func(q *km.ListKeysRequest) { q.Name = scw.StringPtr("B") }, []string{}},
		{"a tag", func(q *km.ListKeysRequest) { q.Tags = []string{"red"} }, []string{"a", "e"}},
		{"an unknown tag", func(q *km.ListKeysRequest) { q.Tags = []string{"re"} }, []string{}},
		{"two tags", func(q *km.ListKeysRequest) { q.Tags = []string{"red", "blue"} }, []string{"e"}},
		{"a project", func(q *km.ListKeysRequest) { q.ProjectID = &project }, []string{"b", "e"}},
		{"the default project", func(q *km.ListKeysRequest) { q.ProjectID = &s.ProjectID }, []string{"a", "c", "d"}},
		{"an unknown project", func(q *km.ListKeysRequest) { q.ProjectID = scw.StringPtr(uuid()) }, []string{}},
		{"the organization", func(q *km.ListKeysRequest) { q.OrganizationID = &s.OrganizationID }, []string{"a", "b", "c", "d", "e"}},
		{"an unknown organization", func(q *km.ListKeysRequest) { q.OrganizationID = scw.StringPtr(uuid()) }, []string{}},
		{"symmetric encryption", func(q *km.ListKeysRequest) { q.Usage = km.ListKeysRequestUsageSymmetricEncryption }, []string{"c"}},
		{"asymmetric encryption", func(q *km.ListKeysRequest) { q.Usage = km.ListKeysRequestUsageAsymmetricEncryption }, []string{"b"}},
		{"asymmetric signing", func(q *km.ListKeysRequest) { q.Usage = km.ListKeysRequestUsageAsymmetricSigning }, []string{"a", "d"}},
		{"key encapsulation", func(q *km.ListKeysRequest) { q.Usage = km.ListKeysRequestUsageKeyEncapsulation }, []string{"e"}},
		{"any usage", func(q *km.ListKeysRequest) { q.Usage = km.ListKeysRequestUsageUnknownUsage }, []string{"a", "b", "c", "d", "e"}},
		{"software", func(q *km.ListKeysRequest) { q.ProtectionLevel = km.KeyProtectionLevelSoftware }, []string{"b", "c", "d", "e"}},
		{"hsm", func(q *km.ListKeysRequest) { q.ProtectionLevel = km.KeyProtectionLevelHsm }, []string{"a"}},
		{"any level", func(q *km.ListKeysRequest) { q.ProtectionLevel = km.KeyProtectionLevelUnknownProtectionLevel }, []string{"a", "b", "c", "d", "e"}},
		{"two filters", func(q *km.ListKeysRequest) { q.ProjectID, q.Tags = &project, []string{"blue"} }, []string{"b", "e"}},
	} {
		checkEqual(t, c.what, s.list(t, c.edit), c.want)
	}
}

// TestLenientNameFilters covers other behaviours that the service's undocumented filter may have.
func TestLenientNameFilters(t *testing.T) {
	t.Parallel()
	for filter, want := range map[string][]string{
		"exact":       {"root"},
		"prefix":      {"root", "root-2"},
		"ignore-case": {"ROOT", "root"},
	} {
		s := private(t, "--name-filter", filter)
		for _, name := range []string{"root", "root-2", "ROOT", "a-root"} {
			s.create(t, "aes_256_gcm", func(q *km.CreateKeyRequest) { q.Name = &name })
		}
		checkEqual(t, filter, s.list(t, func(q *km.ListKeysRequest) { q.Name = scw.StringPtr("root") }), want)
	}
}

func TestListDeletedKeys(t *testing.T) {
	t.Parallel()
	s, _ := populated(t)
	a := call(t, s.ListKeys, &km.ListKeysRequest{OrganizationID: &s.OrganizationID, Name: scw.StringPtr("d")})
	s.delete(t, a.Keys[0].ID)
	deleted := func(q *km.ListKeysRequest) { q.ScheduledForDeletion = true }
	checkEqual(t, "by default", s.list(t, nil), []string{"a", "b", "c", "e"})
	checkEqual(t, "deleted", s.list(t, deleted), []string{"d"})
	call(t, s.RestoreKey, &km.RestoreKeyRequest{KeyID: a.Keys[0].ID})
	checkEqual(t, "restored", s.list(t, nil), []string{"a", "b", "c", "d", "e"})
	checkEqual(t, "deleted, after the restoration", s.list(t, deleted), []string{})
}

func TestListPages(t *testing.T) {
	t.Parallel()
	s, _ := populated(t)
	for page, want := range map[int32][]string{1: {"a", "b"}, 2: {"c", "d"}, 3: {"e"}, 4: {}} {
		q := &km.ListKeysRequest{OrganizationID: &s.OrganizationID, Page: &page, PageSize: scw.Uint32Ptr(2)}
		if total := call(t, s.ListKeys, q).TotalCount; total != 5 {
			t.Errorf("page %d: a total of %d", page, total)
		}
		checkEqual(t, fmt.Sprint("page ", page), s.list(t, func(r *km.ListKeysRequest) { *r = *q }), want)
	}
	checkEqual(t, "all pages", s.list(t, func(q *km.ListKeysRequest) { q.PageSize = scw.Uint32Ptr(2) }, scw.WithAllPages()),
		[]string{"a", "b", "c", "d", "e"})
}

func TestListManyKeys(t *testing.T) {
	t.Parallel()
	s := private(t)
	var want []string
	for i := range 230 {
		name := fmt.Sprintf("many-%03d", i)
		want = append(want, name)
		s.create(t, "aes_256_gcm", func(q *km.CreateKeyRequest) { q.Name = &name })
	}
	slices.Sort(want)
	first := call(t, s.ListKeys, &km.ListKeysRequest{OrganizationID: &s.OrganizationID})
	if n := len(first.Keys); first.TotalCount != 230 || n != 20 {
		t.Errorf("a page of the default size contains %d of %d keys", n, first.TotalCount)
	}
	checkEqual(t, "a part of a name", s.list(t, func(q *km.ListKeysRequest) { q.Name = scw.StringPtr("many") }), []string{})
	checkEqual(t, "all pages", s.list(t, func(q *km.ListKeysRequest) { q.Page = scw.Int32Ptr(1) }, scw.WithAllPages()), want)
}
