// The tests make hundreds of calls at once. With the tag scwkms_gc, each call would collect garbage.

//go:build cgo && !noscwkms && !scwkms_gc

package scwkms_test

import (
	"context"
	"crypto"
	"errors"
	"testing"
	"time"

	scwkms "github.com/scwkms/scwkms/go"
)

// maxRefused is how many requests of a burst the service may refuse.
const maxRefused = 15

// limitedSigners gives a test its own emulator, which accepts 50 requests per second. It returns
// signers of one key, each of a manager of its own.
func limitedSigners(t *testing.T, managers int) (signers []*scwkms.Signer) {
	t.Helper()
	useOwnService(t, "--rate-limit", "50")
	key := keyOf(t, "ec_p256_sha256")
	for range managers {
		signers = append(signers, signerOf(t, open(t, "timeout", "15s"), key.uri()).(*scwkms.Signer))
	}
	return signers
}

// signAtOnce makes signatures at the same time, evenly distributed over the signers. It returns all
// errors.
func signAtOnce(ctx context.Context, signers []*scwkms.Signer, count int) []error {
	return inParallel(count, 1, func(worker, _ int) error {
		return signWith(ctx, signers[worker%len(signers)])
	})
}

func signWith(ctx context.Context, signer *scwkms.Signer) error {
	_, err := signer.SignContext(ctx, make([]byte, 32), crypto.SHA256)
	return err
}

// Signatures wait for their turn. All managers with the same credentials share the limit.
func TestABurstAboveTheRateLimit(t *testing.T) {
	skipInShortRun(t, longWaits)
	for name, managers := range map[string]int{"one manager": 1, "two managers": 2} {
		t.Run(name, func(t *testing.T) {
			signers := limitedSigners(t, managers)
			for _, err := range signAtOnce(t.Context(), signers, 300) {
				if err != nil {
					t.Error(err)
				}
			}
			if refused := service.In(t).Stats().RateLimited; refused > maxRefused {
				t.Errorf("the service refused %d requests, more than %d", refused, maxRefused)
			}
		})
	}
}

// Within the deadline of 15 seconds, the service accepts at most 800 of the signatures: 50 in each of
// 16 windows. The others fail because of the limit. None reaches its deadline.
func TestABurstThatDoesNotFitTheDeadline(t *testing.T) {
	skipInShortRun(t, longWaits)
	const signatures, minSigned, maxSigned = 1000, 300, 800
	signed := 0
	for _, err := range signAtOnce(t.Context(), limitedSigners(t, 1), signatures) {
		if err == nil {
			signed++
		} else {
			wantError(t, err, scwkms.CodeRateLimited)
		}
	}
	if signed < minSigned || signed > maxSigned {
		t.Errorf("%d of %d signatures were made, not %d to %d", signed, signatures, minSigned, maxSigned)
	}
}

// A signature whose turn comes after its deadline fails long before the deadline. It waits for its turn
// even if the others are made by another manager.
func TestATurnAfterTheDeadline(t *testing.T) {
	const signatures = 600 // for 12 seconds
	signers := limitedSigners(t, 2)
	burst, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := start(func() []error { return signAtOnce(burst, signers[:1], signatures) })
	// The first 50 requests are sent at once, the others wait.
	waitUntil(t, "60 signatures", func() bool { return service.In(t).Stats().Operations["Sign"] >= 60 })

	short, cancelShort := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancelShort()
	wantError(t, signWith(short, signers[1]), scwkms.CodeRateLimited, "50 requests", "after its deadline")
	if short.Err() != nil {
		t.Error("the error came after the deadline")
	}

	// Signatures that are cancelled give their turns to others.
	cancel()
	for _, err := range <-ended {
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	next, cancelNext := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancelNext()
	if err := signWith(next, signers[1]); err != nil {
		t.Error(err)
	}
}
