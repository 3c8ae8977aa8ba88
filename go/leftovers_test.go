//go:build cgo && !noscwkms

package scwkms_test

import (
	"bytes"
	"crypto"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"go.step.sm/crypto/kms/apiv1"
	"go.uber.org/goleak"

	scwkms "github.com/scwkms/scwkms/go"
)

// goroutinesLeft are those that run still, but for the one that waits for the library's
// notifications: it serves the process.
func goroutinesLeft() error {
	service.http.CloseIdleConnections()
	return goleak.Find(goleak.IgnoreAnyFunction("github.com/scwkms/scwkms/go.(*waiting).dispatch"))
}

// libraryThreads is how many of this process's threads are the library's.
func libraryThreads(t *testing.T) (count int) {
	t.Helper()
	names, err := filepath.Glob("/proc/self/task/*/comm")
	if err != nil || len(names) == 0 {
		t.Fatalf("no threads are seen: %v", err)
	}
	for _, name := range names {
		// A thread may end meanwhile.
		if text, err := os.ReadFile(name); err == nil && bytes.HasPrefix(text, []byte("scwkms")) {
			count++
		}
	}
	return count
}

// openFiles is how many files and connections this process has open, but for the tests' own
// connections to the emulator.
func openFiles(t *testing.T) int {
	t.Helper()
	service.http.CloseIdleConnections()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// useAndClose uses a manager in all ways: so many goroutines at once that some calls block and
// others wait as requests, a call that fails, one that misses its deadline, and Close meanwhile.
func useAndClose(t *testing.T, signing, decrypting serviceKey) {
	t.Helper()
	manager := open(t)
	signer, decrypter := signerOf(t, manager, signing.uri()), decrypterOf(t, manager, decrypting.uri())
	ciphertext := encryptWithGo(t, decrypter.Public(), []byte("x"))
	calls := []func() error{
		func() error { _, err := signer.Sign(nil, make([]byte, 32), crypto.SHA256); return err },
		func() error { _, err := decrypter.Decrypt(nil, ciphertext, nil); return err },
		func() error {
			_, err := manager.SearchKeys(&apiv1.SearchKeysRequest{Query: "scwkms:name=" + signing.Name})
			return err
		},
	}
	for _, err := range inParallel(24, 3, func(worker, _ int) error { return calls[worker%len(calls)]() }) {
		if err != nil {
			t.Error(err)
		}
	}
	_, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: noKey})
	refused(t, err, scwkms.CodeNotFound)

	hasty := open(t, "timeout", "500ms")
	late := signerOf(t, hasty, signing.uri())
	service.order(t, "Sign", 80, fault{"kind": "delay", "milliseconds": 60000})
	for _, err := range inParallel(8, 1, func(int, int) error {
		_, err := late.Sign(nil, make([]byte, 32), crypto.SHA256)
		return err
	}) {
		refused(t, err, scwkms.CodeTimeout)
	}
	service.admin(t, "DELETE", "/faults", nil, nil)

	var wg sync.WaitGroup
	for worker := range 24 {
		wg.Go(func() {
			for range 20 {
				if err := calls[worker%len(calls)](); errors.Is(err, scwkms.ErrClosed) {
					return
				} else if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for _, closing := range []*scwkms.KMS{manager, hasty} {
		if err := closing.Close(); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
}

// Whatever managers were used for, they leave no goroutine, thread or open file behind. What stays
// from the first use serves the process: the library's thread, and the goroutine and the pipe by
// which it wakes goroutines.
func TestNothingIsLeftBehind(t *testing.T) {
	inOwnProcess(t, func(t *testing.T) {
		signing, decrypting := keyOf(t, "ec_p256_sha256"), keyOf(t, "rsa_oaep_2048_sha256")
		files := 0
		for round := range 8 {
			useAndClose(t, signing, decrypting)
			if err := goroutinesLeft(); err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
			if got := libraryThreads(t); got != 1 {
				t.Errorf("round %d: the library has %d threads", round, got)
			}
			if got := threads(t); got > mostThreads {
				t.Errorf("round %d: the process has %d threads", round, got)
			}
			if round == 0 {
				// Its own connections are closed by the library's thread, in its own time.
				waitUntil(t, "the end of connections", func() bool { return service.statistics(t).OpenConnections == 1 })
				files = openFiles(t)
			}
			waitUntil(t, "the end of open files", func() bool { return openFiles(t) <= files })
		}
	})
}
