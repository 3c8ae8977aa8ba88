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

// populated is an emulator with five known keys: made in the order c, a, e, b, d, changed last in the order
// e, d, c, b, a.
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
		call(t, s.UpdateKey, &km.UpdateKeyRequest{KeyID: ids[name], Description: scw.StringPtr("changed")})
	}
	return s, project
}

func TestListingInEveryOrder(t *testing.T) {
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
		same(t, string(order), s.list(t, func(q *km.ListKeysRequest) { q.OrderBy = order }), want[order])
	}
	same(t, "by default", s.list(t, nil), want[km.ListKeysRequestOrderByNameAsc])
	_, err := try(s.ListKeys, &km.ListKeysRequest{OrganizationID: &s.OrganizationID, OrderBy: "colour_asc"})
	argument(t, "no such order", err, "order_by", "constraint")
}

func TestListingByEveryFilter(t *testing.T) {
	t.Parallel()
	s, project := populated(t)
	for _, c := range []struct {
		what string
		edit func(*km.ListKeysRequest)
		want []string
	}{
		{"a name", func(q *km.ListKeysRequest) { q.Name = scw.StringPtr("b") }, []string{"b"}},
		{"a name that is none", func(q *km.ListKeysRequest) { q.Name = scw.StringPtr("f") }, []string{}},
		{"a tag", func(q *km.ListKeysRequest) { q.Tags = []string{"red"} }, []string{"a", "e"}},
		{"two tags", func(q *km.ListKeysRequest) { q.Tags = []string{"red", "blue"} }, []string{"e"}},
		{"a project", func(q *km.ListKeysRequest) { q.ProjectID = &project }, []string{"b", "e"}},
		{"the default project", func(q *km.ListKeysRequest) { q.ProjectID = &s.ProjectID }, []string{"a", "c", "d"}},
		{"a project that is none", func(q *km.ListKeysRequest) { q.ProjectID = scw.StringPtr(uuid()) }, []string{}},
		{"the organization", func(q *km.ListKeysRequest) { q.OrganizationID = &s.OrganizationID }, []string{"a", "b", "c", "d", "e"}},
		{"an organization that is none", func(q *km.ListKeysRequest) { q.OrganizationID = scw.StringPtr(uuid()) }, []string{}},
		{"symmetric encryption", func(q *km.ListKeysRequest) { q.Usage = km.ListKeysRequestUsageSymmetricEncryption }, []string{"c"}},
		{"asymmetric encryption", func(q *km.ListKeysRequest) { q.Usage = km.ListKeysRequestUsageAsymmetricEncryption }, []string{"b"}},
		{"asymmetric signing", func(q *km.ListKeysRequest) { q.Usage = km.ListKeysRequestUsageAsymmetricSigning }, []string{"a", "d"}},
		{"key encapsulation", func(q *km.ListKeysRequest) { q.Usage = km.ListKeysRequestUsageKeyEncapsulation }, []string{"e"}},
		{"no usage", func(q *km.ListKeysRequest) { q.Usage = km.ListKeysRequestUsageUnknownUsage }, []string{"a", "b", "c", "d", "e"}},
		{"software", func(q *km.ListKeysRequest) { q.ProtectionLevel = km.KeyProtectionLevelSoftware }, []string{"b", "c", "d", "e"}},
		{"hsm", func(q *km.ListKeysRequest) { q.ProtectionLevel = km.KeyProtectionLevelHsm }, []string{"a"}},
		{"no level", func(q *km.ListKeysRequest) { q.ProtectionLevel = km.KeyProtectionLevelUnknownProtectionLevel }, []string{"a", "b", "c", "d", "e"}},
		{"several", func(q *km.ListKeysRequest) { q.ProjectID, q.Tags = &project, []string{"blue"} }, []string{"b", "e"}},
	} {
		same(t, c.what, s.list(t, c.edit), c.want)
	}
}

// The SDK documents that one of the two must be given.
func TestListingNeedsAProjectOrTheOrganization(t *testing.T) {
	t.Parallel()
	s := shared(t)
	_, err := try(s.ListKeys, &km.ListKeysRequest{})
	argument(t, "neither", err, "project_id", "required")
}

func TestListingDeletedKeys(t *testing.T) {
	t.Parallel()
	s, _ := populated(t)
	a := call(t, s.ListKeys, &km.ListKeysRequest{OrganizationID: &s.OrganizationID, Name: scw.StringPtr("d")})
	do(t, s.DeleteKey, &km.DeleteKeyRequest{KeyID: a.Keys[0].ID})
	deleted := func(q *km.ListKeysRequest) { q.ScheduledForDeletion = true }
	same(t, "by default", s.list(t, nil), []string{"a", "b", "c", "e"})
	same(t, "deleted", s.list(t, deleted), []string{"d"})
	call(t, s.RestoreKey, &km.RestoreKeyRequest{KeyID: a.Keys[0].ID})
	same(t, "restored", s.list(t, nil), []string{"a", "b", "c", "d", "e"})
	same(t, "none deleted", s.list(t, deleted), []string{})
}

func TestListingPages(t *testing.T) {
	t.Parallel()
	s, _ := populated(t)
	for page, want := range map[int32][]string{1: {"a", "b"}, 2: {"c", "d"}, 3: {"e"}, 4: {}} {
		q := &km.ListKeysRequest{OrganizationID: &s.OrganizationID, Page: &page, PageSize: scw.Uint32Ptr(2)}
		if total := call(t, s.ListKeys, q).TotalCount; total != 5 {
			t.Errorf("page %d counts %d in total", page, total)
		}
		same(t, fmt.Sprint("page ", page), s.list(t, func(r *km.ListKeysRequest) { *r = *q }), want)
	}
	same(t, "all pages", s.list(t, func(q *km.ListKeysRequest) { q.PageSize = scw.Uint32Ptr(2) }, scw.WithAllPages()),
		[]string{"a", "b", "c", "d", "e"})
	_, err := try(s.ListKeys, &km.ListKeysRequest{OrganizationID: &s.OrganizationID, Page: scw.Int32Ptr(0)})
	argument(t, "page 0", err, "page", "constraint")
	_, err = try(s.ListKeys, &km.ListKeysRequest{OrganizationID: &s.OrganizationID, Page: scw.Int32Ptr(-1)})
	argument(t, "page -1", err, "page", "constraint")
	// As many as no page holds.
	_, err = try(s.ListKeys, &km.ListKeysRequest{OrganizationID: &s.OrganizationID, PageSize: scw.Uint32Ptr(100000)})
	argument(t, "huge pages", err, "page_size", "constraint")
}

func TestListingManyKeys(t *testing.T) {
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
	if n := len(first.Keys); first.TotalCount != 230 || n == 0 || n >= 230 {
		t.Errorf("a page of unasked size holds %d of %d", n, first.TotalCount)
	}
	same(t, "all pages", s.list(t, func(q *km.ListKeysRequest) { q.Page = scw.Int32Ptr(1) }, scw.WithAllPages()), want)
}
