//go:build cgo && !noscwkms

package scwkms_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	scwkms "github.com/scwkms/scwkms/go"
	"github.com/scwkms/scwkms/go/internal/capi"
)

func openC(t *testing.T) capi.Client {
	t.Helper()
	client, failure := capi.Open(clientURI())
	if failure != nil {
		t.Fatal(failure.Message)
	}
	t.Cleanup(func() { capi.Free(client) })
	return client
}

func TestHeaderAndLibraryFit(t *testing.T) {
	if header, library := capi.ABIVersions(); header != library {
		t.Errorf("the header is of version %d, the library of %d", header, library)
	}
	if version := capi.Version(); strings.Count(version, ".") != 2 {
		t.Errorf("the version is %q", version)
	}
}

func TestAlgorithmNumbersAreThoseOfTheHeader(t *testing.T) {
	numbers := header(t, "SCWKMS_ALGORITHM_")
	if len(numbers) < 18 {
		t.Errorf("the header has %d algorithms only", len(numbers))
	}
	for name, number := range numbers {
		want := strings.ToLower(name)
		if number == 0 {
			want = ""
		}
		if got := capi.AlgorithmName(number); got != want {
			t.Errorf("%d is %q, not %q", number, got, want)
		}
	}
	if name := capi.AlgorithmName(1 << 31); name != "" {
		t.Errorf("a number of no algorithm is %q", name)
	}
}

// What the library does beyond Go's interfaces: it encrypts.
func TestEncryption(t *testing.T) {
	client := openC(t)
	for _, algorithm := range []string{"rsa_oaep_2048_sha256", "aes_256_gcm"} {
		key := keyOf(t, algorithm)
		plaintext := []byte("a plaintext \x00 with a zero")
		ciphertext, failure := capi.Encrypt(client, key.uri(), plaintext)
		if failure != nil {
			t.Fatal(failure.Message)
		}
		if bytes.Contains(ciphertext, plaintext) {
			t.Errorf("%s: the ciphertext holds the plaintext", algorithm)
		}
		got, failure := capi.Decrypt(client, key.uri(), ciphertext)
		if failure != nil || !bytes.Equal(got, plaintext) {
			t.Errorf("%s: %q comes back, %+v", algorithm, got, failure)
		}
	}
}

func TestMetadata(t *testing.T) {
	client := openC(t)
	for _, algorithm := range []string{"ec_p256_sha256", "aes_256_gcm", "ml_kem_768"} {
		want := keyOf(t, algorithm)
		key, failure := capi.GetKey(client, want.ID)
		if failure != nil {
			t.Fatal(failure.Message)
		}
		if key.URI != want.uri() || key.ID != want.ID || key.Region != want.Region || key.Name != want.Name ||
			key.ProjectID != service.ProjectID || key.Usage != usageOf(algorithm) || key.AlgorithmName != algorithm ||
			key.State != "enabled" || key.ProtectionLevel != "software" || !strings.Contains(key.CreatedAt, "T") ||
			capi.AlgorithmName(key.Algorithm) != algorithm || key.Protected || key.Locked {
			t.Errorf("%+v is not %+v", key, want)
		}
	}
}

// The expected algorithm goes to the library too, which has its own opinion of the key.
func TestTheLibraryChecksTheExpectedAlgorithm(t *testing.T) {
	client := openC(t)
	key := keyOf(t, "ec_p256_sha256")
	const pss = 3
	_, failure := capi.Sign(client, key.uri(), pss, make([]byte, 32))
	if failure == nil || failure.Code != int32(scwkms.CodeUnsupported) ||
		!strings.Contains(failure.Message, "ec_p256_sha256") || !strings.Contains(failure.Message, "rsa_pss_2048_sha256") {
		t.Errorf("%+v", failure)
	}
}

// Each function with each client that is none, and with texts that C cannot see the whole of.
func TestWhatNoFunctionTakes(t *testing.T) {
	live := openC(t)
	freed, failure := capi.Open(clientURI())
	if failure != nil {
		t.Fatal(failure.Message)
	}
	capi.Free(freed)
	capi.Free(freed)
	calls := map[string]func(capi.Client, string) *capi.Error{
		"PublicKey": func(c capi.Client, text string) *capi.Error { _, _, e := capi.PublicKey(c, text); return e },
		"Sign": func(c capi.Client, text string) *capi.Error {
			_, e := capi.Sign(c, text, 0, make([]byte, 32))
			return e
		},
		"Decrypt":   func(c capi.Client, text string) *capi.Error { _, e := capi.Decrypt(c, text, nil); return e },
		"Encrypt":   func(c capi.Client, text string) *capi.Error { _, e := capi.Encrypt(c, text, []byte("x")); return e },
		"CreateKey": func(c capi.Client, text string) *capi.Error { _, e := capi.CreateKey(c, text, 0, 0); return e },
		"DeleteKey": func(c capi.Client, text string) *capi.Error { return capi.DeleteKey(c, text) },
		"FindKeys":  func(c capi.Client, text string) *capi.Error { _, e := capi.FindKeys(c, text); return e },
		"GetKey":    func(c capi.Client, text string) *capi.Error { _, e := capi.GetKey(c, text); return e },
	}
	sendsNothing(t, func() {
		for name, call := range calls {
			for _, client := range []capi.Client{0, freed, 1, 1 << 63, ^capi.Client(0)} {
				if e := call(client, "scwkms:name=x"); e == nil || e.Code != int32(scwkms.CodeInvalidHandle) {
					t.Errorf("%s with client %d: %+v", name, client, e)
				}
			}
			for _, text := range []string{"scwkms:name=x\x00y", "scwkms:name=\xff"} {
				if e := call(live, text); e == nil || e.Code != int32(scwkms.CodeInvalidArgument) {
					t.Errorf("%s with %q: %+v", name, text, e)
				}
			}
		}
	})
	for _, client := range []capi.Client{0, 1, ^capi.Client(0)} {
		capi.Free(client)
	}
	if _, failure := capi.GetKey(live, keyOf(t, "ec_p256_sha256").uri()); failure != nil {
		t.Errorf("a live client suffers: %s", failure.Message)
	}
}

func TestFindKeysGivesAll(t *testing.T) {
	client := openC(t)
	tag := freshName(t)
	var want []string
	for _, algorithm := range []string{"ec_p256_sha256", "aes_256_gcm", "ml_kem_768"} {
		want = append(want, newKey(t, algorithm, map[string]any{"tags": []string{tag}}).uri())
	}
	found, failure := capi.FindKeys(client, "scwkms:tags="+tag)
	if failure != nil {
		t.Fatal(failure.Message)
	}
	var got []string
	for _, key := range found {
		got = append(got, key.URI)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%v is not %v", got, want)
	}
	none, failure := capi.FindKeys(client, "scwkms:name="+freshName(t))
	if failure != nil || len(none) != 0 {
		t.Errorf("%v, %+v", none, failure)
	}
}
