package sdk

import (
	"net/http"
	"sync"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scwkms/scwkms/go/scwkmstest"
)

// signConcurrently signs with a key in several goroutines. All signatures must be made.
func (s *service) signConcurrently(t *testing.T, id string, goroutines, each int) {
	t.Helper()
	var group sync.WaitGroup
	for range goroutines {
		group.Add(1)
		go func() {
			defer group.Done()
			for range each {
				if _, err := try(s.Sign, &km.SignRequest{KeyID: id, Digest: random(32)}); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	group.Wait()
}

// signRequests returns the Sign requests of each connection.
func (s *service) signRequests(t *testing.T) map[int][]scwkmstest.Request {
	t.Helper()
	connections := map[int][]scwkmstest.Request{}
	for _, r := range s.In(t).Requests() {
		if r.Operation == "Sign" {
			connections[r.Connection] = append(connections[r.Connection], r)
		}
	}
	return connections
}

// maxConcurrent returns the largest number of requests that were in flight at the same time.
func maxConcurrent(requests []scwkmstest.Request) int {
	found := 0
	for _, r := range requests {
		concurrent := 0
		for _, other := range requests {
			if other.Started <= r.Started && r.Started < other.Ended {
				concurrent++
			}
		}
		found = max(found, concurrent)
	}
	return found
}

// TestStreamLimit checks that the SDK's HTTP client uses further connections above the limit of streams.
func TestStreamLimit(t *testing.T) {
	t.Parallel()
	s := private(t, "--max-streams", "3")
	id := s.create(t, "ec_p256_sha256").ID
	s.In(t).Fail("Sign", 12, scwkmstest.Fault{"kind": "delay", "milliseconds": 300})
	s.signConcurrently(t, id, 12, 1)
	connections := s.signRequests(t)
	for number, requests := range connections {
		if n := maxConcurrent(requests); n > 3 {
			t.Errorf("connection %d: %d concurrent requests", number, n)
		}
	}
	if len(connections) < 2 {
		t.Errorf("%d connections", len(connections))
	}
}

// TestGoawayUnderLoad checks that the SDK's HTTP client loses no request when connections close gracefully.
func TestGoawayUnderLoad(t *testing.T) {
	t.Parallel()
	s := private(t, "--latency", "20")
	id := s.create(t, "ec_p256_sha256").ID
	s.In(t).Admin(http.MethodPost, "/faults", map[string]any{
		"operation": "Sign", "times": nil, "every": 10, "fault": scwkmstest.Fault{"kind": "goaway"},
	}, nil)
	s.signConcurrently(t, id, 8, 10)
	if n := len(s.signRequests(t)); n < 4 {
		t.Errorf("%d connections", n)
	}
}
