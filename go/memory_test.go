//go:build cgo && !noscwkms

package scwkms_test

import (
	"bytes"
	"io"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// After a client is closed, C's heap no longer holds the secret key: neither the library's copy, nor
// the copy of the URI that opened the client. (The Go strings of the program are its own.)
func TestCsHeapHoldsNoSecretAfterClose(t *testing.T) {
	inOwnProcess(t, func(t *testing.T) {
		secret := "0123abcd-" + "4567-4def-8123-" + strings.Repeat("5", 12)
		manager, err := scwkms.New(t.Context(), apiv1.Options{URI: clientURI("secret-key", secret)})
		if err != nil {
			t.Fatal(err)
		}
		if !cHeapHolds(t, secret) {
			t.Error("the secret key of an open client is not found: this test looks in the wrong place")
		}
		if err := manager.Close(); err != nil {
			t.Fatal(err)
		}
		if cHeapHolds(t, secret) {
			t.Error("a copy of the secret key was not wiped")
		}
	})
}

// mapping is a line of /proc/self/maps: a private mapping that is readable and writable, and no file's.
var mapping = regexp.MustCompile(`^([0-9a-f]+)-([0-9a-f]+) rw-p \S+ \S+ 0\s*(\S*)$`)

// cHeapHolds tells whether a text is in the memory that C's malloc has received from the kernel.
func cHeapHolds(t *testing.T, text string) bool {
	t.Helper()
	memory, err := os.Open("/proc/self/mem")
	if err != nil {
		t.Fatal(err)
	}
	defer memory.Close()
	for _, r := range cHeap(t) {
		content := make([]byte, r.end-r.start)
		if _, err := memory.ReadAt(content, r.start); err != nil && err != io.EOF {
			t.Fatalf("%x-%x: %v", r.start, r.end, err)
		}
		found := bytes.Contains(content, []byte(text))
		clear(content)
		if found {
			return true
		}
	}
	return false
}

type addressRange struct{ start, end int64 }

// cHeap returns the writable private mappings in which malloc allocates: [heap], and the arenas of
// threads, which glibc aligns to 64 MiB. A mapping of Go's heap may have this alignment, too. Go's heap
// begins at a random address, which is far from the kernel's choices for glibc.
func cHeap(t *testing.T) (ranges []addressRange) {
	t.Helper()
	goHeap := int64(reflect.ValueOf(new([1 << 16]byte)).Pointer()) >> 40
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(maps)) {
		match := mapping.FindStringSubmatch(strings.TrimSpace(line))
		if match == nil {
			continue
		}
		start, startErr := strconv.ParseInt(match[1], 16, 64)
		end, endErr := strconv.ParseInt(match[2], 16, 64)
		if startErr != nil || endErr != nil {
			continue
		}
		arena := match[3] == "" && start%(64<<20) == 0 && start>>40 != goHeap
		if match[3] == "[heap]" || arena {
			ranges = append(ranges, addressRange{start, end})
		}
	}
	if len(ranges) == 0 {
		t.Fatalf("no heap in %s", maps)
	}
	return ranges
}
