package e2e

import (
	"math"
	"testing"

	"github.com/scwkms/scwkms/tests/e2e/internal/client"
	"github.com/scwkms/scwkms/tests/e2e/internal/stepca"
)

// reload has step-ca read a configuration with one provisioner more, and
// checks that it did.
func reload(t *testing.T, server *stepca.Server, added string) {
	t.Helper()
	if err := server.Reload(func(c *stepca.Config) { c.Provisioners = append(c.Provisioners, added) }); err != nil {
		t.Error(err)
		return
	}
	if err := again(func() error { _, err := client.New(server, added); return err }); err != nil {
		t.Errorf("the configuration was not read again: %v", err)
	}
}

// TestStepCAReloadsUnderLoad has step-ca open the key manager anew and close
// the old one, again and again, with requests in every stage. Whatever step-ca
// took on is answered with a certificate, and whatever was signed arrives.
func TestStepCAReloadsUnderLoad(t *testing.T) {
	const requesters, reloads = 16, 4
	config := authority(t, "ec_p256_sha256", "ec_p256_sha256")
	server := mustStart(t, config)
	signedBefore := requests(t, "Sign")
	load := startLoad(connect(t, server), requesters, math.MaxInt)
	defer load.stop()
	for n := range reloads {
		load.more(requesters)
		// The service is slow for a while: signatures are under way when the
		// key manager is replaced.
		if err := service.Delay("Sign", requesters, 100); err != nil {
			t.Fatal(err)
		}
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
