//go:build cgo && !noscwkms

package scwkms_test

import (
	"errors"
	"fmt"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// atOnce is how many calls that block the package makes at a time.
const atOnce = 4

// However many keys are created, deleted and looked for at once, it takes a few threads, and none
// of the calls fails.
func TestRareCallsTakeFewThreads(t *testing.T) {
	inOwnProcess(t, func(t *testing.T) {
		const calls = 200
		manager := open(t)
		made := make([]string, calls)
		late := fault{"kind": "delay", "milliseconds": 20}
		for _, test := range []struct {
			name, operation string
			call            func(n int) error
		}{
			{"CreateKey", "CreateKey", func(n int) error {
				created, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: fmt.Sprintf("scwkms:unprotected=true;name=many-%d", n)})
				if err == nil {
					made[n] = created.Name
				}
				return err
			}},
			{"SearchKeys", "ListKeys", func(n int) error {
				found, err := manager.SearchKeys(&apiv1.SearchKeysRequest{Query: fmt.Sprintf("scwkms:name=many-%d", n)})
				if err == nil && (len(found.Results) != 1 || found.Results[0].Name != made[n]) {
					return fmt.Errorf("found %v, not %s", found.Results, made[n])
				}
				return err
			}},
			{"DeleteKey", "DeleteKey", func(n int) error {
				return manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: made[n]})
			}},
		} {
			service.order(t, test.operation, calls, late)
			for _, err := range inParallel(calls, 1, func(worker, _ int) error { return test.call(worker) }) {
				if err != nil {
					t.Fatalf("%s: %v", test.name, err)
				}
			}
			if got := threads(t); got > mostThreads {
				t.Errorf("%s: %d calls take %d threads", test.name, calls, got)
			}
		}
	})
}

// deletions deletes so many keys at once. It gives the outcomes in the order in which the calls end.
func deletions(t *testing.T, manager *scwkms.KMS, count int) <-chan error {
	t.Helper()
	outcomes := make(chan error, count)
	for range count {
		key := newKey(t, "ec_p256_sha256", nil)
		go func() { outcomes <- manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key.uri()}) }()
	}
	return outcomes
}

// Close ends the calls that wait for their turn, and lets those under way finish.
func TestCloseEndsCallsThatWaitForTheirTurn(t *testing.T) {
	const waiting = 20
	manager := open(t)
	service.order(t, "DeleteKey", atOnce, fault{"kind": "delay", "milliseconds": 4000})
	service.resetStatistics(t)
	outcomes := deletions(t, manager, atOnce+waiting)
	waitUntil(t, "as many requests as are made at once", func() bool {
		return service.statistics(t).Operations["DeleteKey"] >= atOnce
	})
	if err := manager.Close(); err != nil {
		t.Error(err)
	}
	for range waiting {
		// The first to end are those that wait: the others are held back.
		if err := <-outcomes; !errors.Is(err, scwkms.ErrClosed) {
			t.Errorf("a call that waited: %v", err)
		}
	}
	for range atOnce {
		if err := <-outcomes; err != nil {
			t.Errorf("a call under way: %v", err)
		}
	}
	if got := service.statistics(t).Operations["DeleteKey"]; got != atOnce {
		t.Errorf("%d keys were deleted", got)
	}
}

// A service that hangs costs one deadline, not one for each turn; and when it is back, so are we.
func TestAServiceThatHangsIsNotWaitedForTurnByTurn(t *testing.T) {
	const calls = 40
	manager := open(t, "timeout", "3s")
	service.order(t, "DeleteKey", calls, fault{"kind": "delay", "milliseconds": 60000})
	service.resetStatistics(t)
	outcomes := deletions(t, manager, calls)
	unmade := 0
	for range calls {
		err := <-outcomes
		if e := refused(t, err, scwkms.CodeTimeout); e.Message == turnNeverCame {
			unmade++
		}
	}
	if unmade != calls-atOnce {
		t.Errorf("%d of %d calls were not made", unmade, calls)
	}
	service.admin(t, "DELETE", "/faults", nil, nil)
	if err := <-deletions(t, manager, 1); err != nil {
		t.Error(err)
	}
}

const turnNeverCame = "the service did not answer an earlier call before its deadline; " +
	"this one waited for its turn and was not made"
