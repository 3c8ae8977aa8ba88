//go:build cgo && !noscwkms

package scwkms_test

import (
	"crypto"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// A write to a connection that the service has closed raises SIGPIPE. On a thread that is not Go's,
// the signal ends the program. The library must prevent it on its own threads.
func TestConnectionsThatTheServiceClosesRaiseNoSignal(t *testing.T) {
	raised := make(chan os.Signal, 1)
	signal.Notify(raised, syscall.SIGPIPE)
	defer signal.Stop(raised)
	key := keyOf(t, "ec_p256_sha256")
	for range 100 {
		manager, err := scwkms.New(t.Context(), apiv1.Options{URI: clientURI()})
		if err != nil {
			t.Fatal(err)
		}
		signer := signerOf(t, manager, key.uri())
		service.In(t).Fail("Sign", 1, fault{"kind": "close"})
		if _, err := signer.Sign(nil, make([]byte, 32), crypto.SHA256); err != nil {
			t.Error(err)
		}
		// The client writes to a connection that the service has closed, or is closing.
		if err := manager.Close(); err != nil {
			t.Error(err)
		}
	}
	select {
	case <-raised:
		t.Error("SIGPIPE was raised")
	default:
	}
}
