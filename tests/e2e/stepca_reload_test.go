package e2e

import (
	"math"
	"net/http"
	"testing"

	"github.com/scwkms/scwkms/go/scwkmstest"
	"github.com/scwkms/scwkms/tests/e2e/internal/client"
	"github.com/scwkms/scwkms/tests/e2e/internal/stepca"
)

// reload makes step-ca read a configuration with one more provisioner, and checks
// that step-ca uses it.
func reload(t *testing.T, server *stepca.Server, added string) {
	t.Helper()
	if err := server.Reload(func(c *stepca.Config) { c.Provisioners = append(c.Provisioners, added) }); err != nil {
		t.Error(err)
		return
	}
	if err := retry(func() error { _, err := client.New(server, added); return err }); err != nil {
		t.Errorf("step-ca does not use the new configuration: %v", err)
	}
}

// TestStepCAReloadsUnderLoad makes step-ca open a new key manager and close the old
// one several times, while requests are in every stage. Each request that step-ca
// has read gets a certificate, and each signature is in one.
func TestStepCAReloadsUnderLoad(t *testing.T) {
	for _, build := range versions {
		t.Run(build, func(t *testing.T) { checkReloads(t, build) })
	}
}

func checkReloads(t *testing.T, build string) {
	const requesters, reloads = 16, 4
	config := authority(t, "ec_p256_sha256", "ec_p256_sha256")
	server := mustStartBuild(t, build, config)
	signedBefore := requests(t, "Sign")
	load := startLoad(connect(t, server), requesters, math.MaxInt)
	defer load.stop()
	for n := range reloads {
		load.more(requesters)
		// With slow responses, signatures are in flight when the key manager is
		// replaced.
		service.In(t).Fail("Sign", requesters, scwkmstest.Fault{"kind": "delay", "milliseconds": 100})
		reload(t, server, "added-"+string(rune('a'+n)))
	}
	load.more(requesters)
	load.stop()
	if len(load.failed) > 0 {
		t.Errorf("%d requests were lost, the first: %v", len(load.failed), load.failed[0])
	}
	load.check(t, config)
	// Each reload signs a certificate for step-ca itself.
	if signed := requests(t, "Sign") - signedBefore; signed != len(load.issued)+reloads {
		t.Errorf("%d signatures were made, for %d certificates and %d reloads", signed, len(load.issued), reloads)
	}
	report(t, "%d certificates over %d reloads, %d requests cut off before step-ca read them", len(load.issued), reloads, load.cut)
}

// TestStepCAReloadsAtTheRateLimit makes step-ca reload while most of the requests
// wait for their turn, because the service accepts only 50 requests per second. No
// certificate is lost, and the old and the new key manager share the limit.
func TestStepCAReloadsAtTheRateLimit(t *testing.T) {
	const perSecond, requesters, maxRefused = 50, 128, 15
	config := authority(t, "ec_p256_sha256", "ec_p256_sha256")
	limitRate(t, perSecond)
	server := mustStart(t, config)
	service.In(t).FailRandomly("Sign", 1, scwkmstest.Fault{"kind": "delay", "milliseconds": 100})
	service.In(t).ResetStats()
	load := startLoad(connect(t, server), requesters, math.MaxInt)
	defer load.stop()
	load.more(requesters)
	reload(t, server, "added")
	load.more(requesters)
	load.stop()
	for _, err := range load.failed {
		t.Errorf("a request was lost: %v", err)
	}
	load.check(t, config)
	stats := service.In(t).Stats()
	report(t, "%d certificates, %d responses with status 429", len(load.issued), stats.RateLimited)
	if stats.MaxInFlight > requesters/2 {
		t.Errorf("%d signatures were in flight: they did not wait for their turn", stats.MaxInFlight)
	}
	// The reload reads the key, and signs a certificate for step-ca itself.
	if forReload := stats.Accepted - len(load.issued); forReload != 3 {
		t.Errorf("the service accepted %d requests for %d certificates and a reload", stats.Accepted, len(load.issued))
	}
	if stats.RateLimited > maxRefused {
		t.Errorf("the service refused %d requests, more than %d", stats.RateLimited, maxRefused)
	}
}

// limitRate sets the number of requests per second that the service accepts, until
// the test ends.
func limitRate(t *testing.T, perSecond int) {
	t.Helper()
	set := func(limit int) {
		service.In(t).Admin(http.MethodPut, "/rate-limit", map[string]any{"limit": limit}, nil)
	}
	t.Cleanup(func() { set(0) })
	set(perSecond)
}
