//go:build cgo && !noscwkms

package scwkms_test

import (
	"bytes"
	"crypto"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.step.sm/crypto/kms/apiv1"
	"go.uber.org/goleak"

	scwkms "github.com/scwkms/scwkms/go"
)

// checkGoroutines returns an error if goroutines are still running. The dispatcher's goroutine is
// allowed: it serves the process.
func checkGoroutines() error {
	service.Client().CloseIdleConnections()
	return goleak.Find(goleak.IgnoreAnyFunction("github.com/scwkms/scwkms/go.(*dispatcher).dispatch"))
}

// countLibraryThreads returns the number of threads of this process that are the library's.
func countLibraryThreads(t *testing.T) (count int) {
	t.Helper()
	names, err := filepath.Glob("/proc/self/task/*/comm")
	if err != nil || len(names) == 0 {
		t.Fatalf("cannot list the threads: %v", err)
	}
	for _, name := range names {
		// A thread may end after it was listed.
		if text, err := os.ReadFile(name); err == nil && bytes.HasPrefix(text, []byte("scwkms")) {
			count++
		}
	}
	return count
}

// countOpenFiles returns the number of open files and connections of this process, without the
// tests' own connections to the emulator.
func countOpenFiles(t *testing.T) int {
	t.Helper()
	service.Client().CloseIdleConnections()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// useAndClose uses a manager in many ways: so many goroutines that some calls block and others are
// asynchronous, a call that fails, calls that miss their deadline, and Close during calls.
func useAndClose(t *testing.T, signing, decrypting serviceKey) {
	t.Helper()
	manager := open(t)
	signer, decrypter := signerOf(t, manager, signing.uri()), decrypterOf(t, manager, decrypting.uri())
	ciphertext := encryptWithGo(t, decrypter.Public(), []byte("x"))
	calls := []func(message string) error{
		func(message string) error { return signAndVerify(signer, signingAlgorithms[0], message) },
		func(string) error { _, err := decrypter.Decrypt(nil, ciphertext, nil); return err },
		func(string) error {
			_, err := manager.SearchKeys(&apiv1.SearchKeysRequest{Query: "scwkms:name=" + signing.Name})
			return err
		},
	}
	for _, err := range inParallel(24, 3, func(worker, n int) error { return calls[worker%len(calls)](fmt.Sprint(worker, n)) }) {
		if err != nil {
			t.Error(err)
		}
	}
	_, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: noKey})
	wantError(t, err, scwkms.CodeNotFound)
	closeDuringCalls(t, calls, manager, missDeadlines(t, signing))
}

// missDeadlines returns a manager whose calls have missed their deadlines.
func missDeadlines(t *testing.T, key serviceKey) *scwkms.KMS {
	t.Helper()
	manager := open(t, "timeout", "500ms")
	signer := signerOf(t, manager, key.uri())
	service.In(t).Fail("Sign", 80, fault{"kind": "delay", "milliseconds": 60000})
	for _, err := range inParallel(8, 1, func(int, int) error {
		_, err := signer.Sign(nil, make([]byte, 32), crypto.SHA256)
		return err
	}) {
		wantError(t, err, scwkms.CodeTimeout)
	}
	service.In(t).ClearFaults()
	return manager
}

// Used and closed managers leave no goroutine, thread or open file. The process keeps what the first
// use creates for all managers: the dispatcher's goroutine and pipe.
func TestManagersLeakNothing(t *testing.T) {
	inOwnProcess(t, func(t *testing.T) {
		signing, decrypting := keyOf(t, "ec_p256_sha256"), keyOf(t, "rsa_oaep_2048_sha256")
		files := 0
		for round := range 8 {
			useAndClose(t, signing, decrypting)
			if err := checkGoroutines(); err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
			// The library's thread closes the connections and ends some time after the last manager was closed.
			waitUntil(t, "the end of the library's thread", func() bool { return countLibraryThreads(t) == 0 })
			if got := countThreads(t); got > maxThreads {
				t.Errorf("round %d: the process has %d threads", round, got)
			}
			if round == 0 {
				waitUntil(t, "the end of connections", func() bool { return service.In(t).Stats().OpenConnections == 1 })
				files = countOpenFiles(t)
			}
			waitUntil(t, "the end of open files", func() bool { return countOpenFiles(t) <= files })
		}
	})
}
