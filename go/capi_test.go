//go:build cgo && !noscwkms

package scwkms_test

import (
	"bytes"
	"crypto/x509"
	"slices"
	"strings"
	"testing"
	"time"

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

// wait takes the result of an operation that was just started, and fails the test if there is none.
func wait[T any](t *testing.T, operation capi.Operation, failure *capi.Error, take func(capi.Operation) (T, *capi.Error)) T {
	t.Helper()
	if failure != nil {
		t.Fatal(failure.Message)
	}
	result, failure := take(operation)
	if failure != nil {
		t.Fatal(failure.Message)
	}
	return result
}

func TestHeaderAndLibraryFit(t *testing.T) {
	if header, library := capi.ABIVersions(); header != library {
		t.Errorf("the header has version %d, the library %d", header, library)
	}
	if version := capi.Version(); strings.Count(version, ".") != 2 {
		t.Errorf("the version is %q", version)
	}
}

func TestAlgorithmNumbersAreThoseOfTheHeader(t *testing.T) {
	numbers := header(t, "SCWKMS_ALGORITHM_")
	if len(numbers) < 18 {
		t.Errorf("the header has only %d algorithms", len(numbers))
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
		t.Errorf("a number that is not an algorithm's is %q", name)
	}
}

func TestTimeoutOfAClient(t *testing.T) {
	client, failure := capi.Open(clientURI("timeout", "1500ms"))
	if failure != nil {
		t.Fatal(failure.Message)
	}
	if got := capi.TimeoutMS(client); got != 1500 {
		t.Errorf("the timeout is %d ms, not 1500", got)
	}
	capi.Free(client)
	if got := capi.TimeoutMS(client); got != 0 {
		t.Errorf("the timeout of a freed client is %d ms", got)
	}
}

// The library encrypts, for which Go's interfaces have no method.
func TestEncryption(t *testing.T) {
	call := capi.Call{Client: openC(t)}
	for _, algorithm := range []string{"rsa_oaep_2048_sha256", "aes_256_gcm"} {
		key := keyOf(t, algorithm)
		plaintext := []byte("a plaintext \x00 with a zero")
		operation, failure := capi.EncryptAsync(call, key.uri(), plaintext)
		ciphertext := wait(t, operation, failure, capi.Wait)
		if bytes.Contains(ciphertext, plaintext) {
			t.Errorf("%s: the ciphertext holds the plaintext", algorithm)
		}
		operation, failure = capi.DecryptAsync(call, key.uri(), ciphertext)
		if got := wait(t, operation, failure, capi.Wait); !bytes.Equal(got, plaintext) {
			t.Errorf("%s: the decrypted plaintext is %q", algorithm, got)
		}
	}
}

func TestPublicKeyWithItsAlgorithm(t *testing.T) {
	key := keyOf(t, "rsa_pss_2048_sha256")
	operation, failure := capi.PublicKeyAsync(capi.Call{Client: openC(t)}, key.uri())
	if failure != nil {
		t.Fatal(failure.Message)
	}
	spki, algorithm, failure := capi.WaitPublicKey(operation)
	if failure != nil {
		t.Fatal(failure.Message)
	}
	if algorithm != capi.AlgorithmRSAPSS2048SHA256 {
		t.Errorf("the algorithm is %d", algorithm)
	}
	public, err := x509.ParsePKIXPublicKey(spki)
	if err != nil {
		t.Fatal(err)
	}
	wantSameKey(t, public, publicKey(t, key))
}

func TestMetadata(t *testing.T) {
	call := capi.Call{Client: openC(t)}
	for _, algorithm := range []string{"ec_p256_sha256", "aes_256_gcm", "ml_kem_768"} {
		want := createOnService(t, algorithm, map[string]any{"tags": []string{"one", "two"}, "description": "a key"})
		operation, failure := capi.GetKeyAsync(call, want.ID)
		key := wait(t, operation, failure, capi.WaitKey)
		if key.URI != want.uri() || key.ID != want.ID || key.Region != want.Region || key.Name != want.Name ||
			key.ProjectID != service.ProjectID || key.Usage != usageOf(algorithm) || key.AlgorithmName != algorithm ||
			key.State != "enabled" || key.ProtectionLevel != "software" || key.Origin != "scaleway_kms" ||
			key.Description != "a key" || !slices.Equal(key.Tags, []string{"one", "two"}) ||
			!strings.Contains(key.CreatedAt, "T") || !strings.Contains(key.UpdatedAt, "T") || key.DeletionRequestedAt != "" ||
			capi.AlgorithmName(key.Algorithm) != algorithm || key.Protected || key.Locked {
			t.Errorf("%+v is not %+v", key, want)
		}
		if hasPublicKey := algorithm == "ec_p256_sha256"; (key.PublicKey != nil) != hasPublicKey {
			t.Errorf("%s: the public key is %x", algorithm, key.PublicKey)
		}
	}
}

func TestMetadataOfARotatedAndDeletedKey(t *testing.T) {
	key := createOnService(t, "aes_256_gcm", nil)
	service.In(t).KeyManager("POST", key.Region, "/keys/"+key.ID+"/rotate", map[string]any{}, nil)
	service.In(t).KeyManager("DELETE", key.Region, "/keys/"+key.ID, nil, nil)
	operation, failure := capi.GetKeyAsync(capi.Call{Client: openC(t)}, key.ID)
	got := wait(t, operation, failure, capi.WaitKey)
	if got.RotationCount == 0 || !strings.Contains(got.RotatedAt, "T") || !strings.Contains(got.DeletionRequestedAt, "T") ||
		got.State != "scheduled_for_deletion" {
		t.Errorf("%+v", got)
	}
}

// The library compares the expected algorithm with the key's.
func TestTheLibraryChecksTheExpectedAlgorithm(t *testing.T) {
	client, key := openC(t), keyOf(t, "ec_p256_sha256")
	_, failure := capi.Sign(client, key.uri(), capi.AlgorithmRSAPSS2048SHA256, make([]byte, 32))
	if failure == nil || failure.Code != capi.ErrorUnsupported ||
		!strings.Contains(failure.Message, "ec_p256_sha256") || !strings.Contains(failure.Message, "rsa_pss_2048_sha256") {
		t.Errorf("%+v", failure)
	}
}

func TestACancelledOperation(t *testing.T) {
	useOwnService(t)
	key := keyOf(t, "ec_p256_sha256")
	service.In(t).Fail("GetKey", 1, fault{"kind": "delay", "milliseconds": 60000})
	service.In(t).ResetStats()
	operation, failure := capi.SignAsync(capi.Call{Client: openC(t)}, key.uri(), capi.AlgorithmUnspecified, make([]byte, 32))
	if failure != nil {
		t.Fatal(failure.Message)
	}
	waitForRequests(t, 1)
	capi.Cancel(operation)
	if _, failure := capi.Wait(operation); failure == nil || failure.Code != capi.ErrorCancelled {
		t.Errorf("%+v", failure)
	}
	capi.Cancel(operation)
	if _, failure := capi.Wait(operation); failure == nil || failure.Code != capi.ErrorInvalidHandle {
		t.Errorf("%+v", failure)
	}
}

func TestFindKeysReturnsAll(t *testing.T) {
	call := capi.Call{Client: openC(t)}
	tag := freshName(t)
	var want []string
	for _, algorithm := range []string{"ec_p256_sha256", "aes_256_gcm", "ml_kem_768"} {
		want = append(want, createOnService(t, algorithm, map[string]any{"tags": []string{tag}}).uri())
	}
	operation, failure := capi.FindKeysAsync(call, "scwkms:tags="+tag)
	var got []string
	for _, key := range wait(t, operation, failure, capi.WaitKeyList) {
		got = append(got, key.URI)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%v is not %v", got, want)
	}
	operation, failure = capi.FindKeysAsync(call, "scwkms:name="+freshName(t))
	if none := wait(t, operation, failure, capi.WaitKeyList); len(none) != 0 {
		t.Errorf("%v", none)
	}
}

// A slot limits the time of its operation and reports its end. The process of this test has no
// dispatcher, which would read the report.
func TestASlotReportsTheEndOfItsOperation(t *testing.T) {
	inOwnProcess(t, func(t *testing.T) {
		slot, ok := capi.NewSlot(7)
		if !ok {
			t.Fatal("no memory")
		}
		service.In(t).Fail("GetKey", 1, fault{"kind": "delay", "milliseconds": 60000})
		begun := time.Now()
		key := keyOf(t, "ec_p256_sha256")
		operation, failure := capi.SignAsync(capi.Call{Client: openC(t), Slot: slot, TimeoutMS: 300}, key.uri(), 0, make([]byte, 32))
		if failure != nil {
			t.Fatal(failure.Message)
		}
		if _, failure := capi.Wait(operation); failure == nil || failure.Code != capi.ErrorTimeout {
			t.Errorf("%+v", failure)
		}
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("the timeout of 300 ms took %s", took)
		}
		numbers := make([]uint32, 2)
		if n := capi.TakeEnded(numbers); n != 1 || numbers[0] != 7 {
			t.Errorf("the ended slots are %v", numbers[:n])
		}
		if n := capi.TakeEnded(numbers); n != 0 {
			t.Errorf("an end is reported twice: %v", numbers[:n])
		}
	})
}
