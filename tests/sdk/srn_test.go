package sdk

import "testing"

// Since October 2026 keys have a resource name. Where an answer lacks it, the SDK makes it of the domain
// that the API tells under /metadata, which it therefore asks for beside its own calls.
func TestKeysHaveTheirResourceName(t *testing.T) {
	t.Parallel()
	s := shared(t)
	a := s.send(t, s.SecretKey, "GET", s.URL+"/metadata", nil)
	checkHeaders(t, a)
	if a.StatusCode != 200 {
		t.Fatalf("GET /metadata: %s %s", a.Status, a.raw)
	}
	m := fields{"platform": "string", "partition": "string", "domain": "string"}.check(t, "metadata", any(a.json))
	values(t, "metadata", m, map[string]any{"platform": "external", "partition": "scw", "domain": "scw.eu"})

	k := s.create(t, "aes_256_gcm")
	want := "srn://key-manager.scw.eu/regions/" + s.Region + "/keys/" + k.ID
	if got := s.get(t, k.ID).Srn; k.Srn != want || got != want {
		t.Errorf("want %s, got %q when made and %q when asked for", want, k.Srn, got)
	}
}
