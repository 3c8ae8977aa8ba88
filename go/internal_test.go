//go:build cgo && !noscwkms

package scwkms

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"go.step.sm/crypto/kms/apiv1"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// A program whose header and library differ still starts, and learns why it cannot open a manager.
func TestAHeaderOfAnotherVersionThanTheLibrary(t *testing.T) {
	abiVersions = func() (header, library uint32) { return 7, 8 }
	defer func() { abiVersions = capi.ABIVersions }()
	_, err := New(context.Background(), apiv1.Options{})
	if !errors.Is(err, &Error{Code: CodeInternal}) {
		t.Fatalf("the error is %v", err)
	}
	for _, word := range []string{"version 7 of scwkms.h", "version 8", "same release", "build"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q is not in: %v", word, err)
		}
	}
	open, ok := apiv1.LoadKeyManagerNewFunc(Scheme)
	if !ok {
		t.Fatal("scwkms is not registered")
	}
	if manager, err := open(context.Background(), apiv1.Options{}); manager != nil || !errors.Is(err, &Error{Code: CodeInternal}) {
		t.Errorf("the registered function returns %v and %v", manager, err)
	}
}

// The remaining time of a context becomes an operation's timeout.
func TestRemainingMS(t *testing.T) {
	if got := remainingMS(t.Context()); got != 0 {
		t.Errorf("%d ms without a deadline", got)
	}
	for after, want := range map[time.Duration][2]uint32{
		-time.Second:         {1, 1},
		time.Microsecond:     {1, 1},
		time.Hour:            {3_500_000, 3_600_000},
		100 * 24 * time.Hour: {math.MaxUint32, math.MaxUint32},
		math.MaxInt64:        {math.MaxUint32, math.MaxUint32},
	} {
		ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(after))
		if got := remainingMS(ctx); got < want[0] || got > want[1] {
			t.Errorf("%d ms until a deadline after %s", got, after)
		}
		cancel()
	}
}

// A malformed time, or a period that no duration can express, is no error.
func TestAttributesThatGoCannotExpress(t *testing.T) {
	info, err := newKeyInfo(&capi.Key{CreatedAt: "yesterday", UpdatedAt: "2026-11-27T01:02:03.5+01:00", RotationPeriod: math.MaxUint64})
	if err != nil {
		t.Fatal(err)
	}
	if !info.CreatedAt.IsZero() || !info.UpdatedAt.Equal(time.Date(2026, 11, 27, 0, 2, 3, 500_000_000, time.UTC)) {
		t.Errorf("%+v", info)
	}
	if years := info.RotationPeriod / (365 * 24 * time.Hour); years != 292 {
		t.Errorf("the period has %d years", years)
	}
	if _, err := newKeyInfo(&capi.Key{URI: "the key", Algorithm: capi.AlgorithmECP256SHA256, PublicKey: []byte("x")}); !errors.Is(err, &Error{Code: CodeProtocol}) {
		t.Errorf("a malformed public key: %v", err)
	}
}
