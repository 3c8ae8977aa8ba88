package sdk

import (
	"net/http"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

// TestRateLimit checks that the SDK reports a request above the limit. The SDK does not repeat it.
func TestRateLimit(t *testing.T) {
	t.Parallel()
	s := private(t)
	id := s.create(t, "ec_p256_sha256").ID
	s.In(t).ResetStats()
	// While the clock is stopped, all requests are in one window.
	s.In(t).Admin(http.MethodPut, "/clock", map[string]any{"running": false}, nil)
	s.In(t).Admin(http.MethodPut, "/rate-limit", map[string]any{"limit": 5, "enforced": true}, nil)
	for range 5 {
		s.sign(t, id, random(32))
	}
	_, err := try(s.Sign, &km.SignRequest{KeyID: id, Digest: random(32)})
	e := asError[*scw.ResponseError](t, "the sixth request", err)
	if e.StatusCode != http.StatusTooManyRequests || len(e.RawBody) != 0 {
		t.Errorf("the sixth request: %d %q", e.StatusCode, e.RawBody)
	}
	if stats := s.In(t).Stats(); stats.Accepted != 5 || stats.RateLimited != 1 {
		t.Errorf("%+v", stats)
	}
	s.In(t).Admin(http.MethodPut, "/clock", map[string]any{"advance_milliseconds": 1000}, nil)
	s.sign(t, id, random(32))
}
