//go:build cgo && !noscwkms

package scwkms_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"testing"
	"time"

	scwkms "github.com/scwkms/scwkms/go"
)

// operationCall is a call of a method that takes a context first. It succeeds once.
type operationCall struct {
	run func(context.Context) error
	// requests are the operations of the service to which the call sends a request.
	requests []string
}

// failureOf returns the error of a method.
func failureOf[T any](_ T, err error) error { return err }

// operationCalls are calls of all methods that take a context first, by their names.
func operationCalls(t *testing.T, manager *scwkms.KMS) map[string]operationCall {
	t.Helper()
	calls := metadataCalls(t, manager)
	maps.Copy(calls, changeCalls(t, manager))
	maps.Copy(calls, cryptographyCalls(t, manager))
	maps.Copy(calls, materialCalls(t, manager))
	return calls
}

func metadataCalls(t *testing.T, manager *scwkms.KMS) map[string]operationCall {
	t.Helper()
	name, fetched, verifying := freshName(t), createOnService(t, "ec_p256_sha256", nil), createOnService(t, "ec_p256_sha256", nil)
	digest := make([]byte, 32)
	signature := signByService(t, verifying, digest)
	return map[string]operationCall{
		"NewKey": {func(ctx context.Context) error {
			return failureOf(manager.NewKey(ctx, "scwkms:algorithm=aes_256_gcm;unprotected=true;name="+name))
		}, []string{"CreateKey"}},
		"GetKey": {func(ctx context.Context) error {
			return failureOf(manager.GetKey(ctx, fetched.uri()))
		}, []string{"GetKey", "GetPublicKey"}},
		"FindKeys": {func(ctx context.Context) error {
			return failureOf(manager.FindKeys(ctx, "scwkms:name="+fetched.Name+"-2"))
		}, []string{"ListKeys"}},
		"ListRotations": {func(ctx context.Context) error {
			return failureOf(manager.ListRotations(ctx, fetched.uri()))
		}, []string{"ListKeyRotations"}},
		"ListAlgorithms": {func(ctx context.Context) error {
			return failureOf(manager.ListAlgorithms(ctx, ""))
		}, []string{"ListAlgorithms"}},
		"Verify": {func(ctx context.Context) error {
			return manager.Verify(ctx, verifying.uri(), digest, signature)
		}, []string{"GetKey", "GetPublicKey"}},
	}
}

func changeCalls(t *testing.T, manager *scwkms.KMS) map[string]operationCall {
	t.Helper()
	change := func(method func(context.Context, string) (*scwkms.KeyInfo, error), request string, key serviceKey) operationCall {
		return operationCall{func(ctx context.Context) error { return failureOf(method(ctx, key.uri())) }, []string{request}}
	}
	fresh := func() serviceKey { return createOnService(t, "aes_256_gcm", nil) }
	updated, deleted := fresh(), fresh()
	service.In(t).KeyManager(http.MethodDelete, deleted.Region, "/keys/"+deleted.ID, nil, nil)
	return map[string]operationCall{
		"RotateKey":    change(manager.RotateKey, "RotateKey", fresh()),
		"EnableKey":    change(manager.EnableKey, "EnableKey", fresh()),
		"DisableKey":   change(manager.DisableKey, "DisableKey", fresh()),
		"ProtectKey":   change(manager.ProtectKey, "ProtectKey", fresh()),
		"UnprotectKey": change(manager.UnprotectKey, "UnprotectKey", fresh()),
		"RestoreKey":   change(manager.RestoreKey, "RestoreKey", deleted),
		"UpdateKey": {func(ctx context.Context) error {
			return failureOf(manager.UpdateKey(ctx, updated.uri(), scwkms.KeyUpdate{Tags: []string{"x"}}))
		}, []string{"UpdateKey"}},
	}
}

// cryptographyCalls use keys that the manager has in memory.
func cryptographyCalls(t *testing.T, manager *scwkms.KMS) map[string]operationCall {
	t.Helper()
	loaded := func(algorithm string) serviceKey {
		key := createOnService(t, algorithm, nil)
		if _, err := manager.GetKey(t.Context(), key.uri()); err != nil {
			t.Fatal(err)
		}
		return key
	}
	signing, aes, kem := loaded("ec_p256_sha256"), loaded("aes_256_gcm"), loaded("ml_kem_768")
	digest, data := make([]byte, 32), []byte("x")
	signature := signByService(t, signing, digest)
	plain := onService(t, aes, "encrypt", payload{Plaintext: data}).Ciphertext
	encrypted := onService(t, aes, "encrypt", payload{Plaintext: data, AssociatedData: data}).Ciphertext
	wrapped := onService(t, kem, "wrap", payload{Plaintext: data, AssociatedData: data}).Ciphertext
	return map[string]operationCall{
		"VerifyByService": {func(ctx context.Context) error {
			return manager.VerifyByService(ctx, signing.uri(), digest, signature)
		}, []string{"Verify"}},
		"Encrypt": {func(ctx context.Context) error {
			return failureOf(manager.Encrypt(ctx, aes.uri(), data))
		}, []string{"Encrypt"}},
		"EncryptWithAssociatedData": {func(ctx context.Context) error {
			return failureOf(manager.EncryptWithAssociatedData(ctx, aes.uri(), data, data))
		}, []string{"Encrypt"}},
		"Decrypt": {func(ctx context.Context) error {
			return failureOf(manager.Decrypt(ctx, aes.uri(), plain))
		}, []string{"Decrypt"}},
		"DecryptWithAssociatedData": {func(ctx context.Context) error {
			return failureOf(manager.DecryptWithAssociatedData(ctx, aes.uri(), encrypted, data))
		}, []string{"Decrypt"}},
		"GenerateDataKey": {func(ctx context.Context) error {
			return failureOf(manager.GenerateDataKey(ctx, aes.uri()))
		}, []string{"GenerateDataKey"}},
		"GenerateDataKeyWithoutPlaintext": {func(ctx context.Context) error {
			return failureOf(manager.GenerateDataKeyWithoutPlaintext(ctx, aes.uri()))
		}, []string{"GenerateDataKey"}},
		"Wrap": {func(ctx context.Context) error {
			return failureOf(manager.Wrap(ctx, kem.uri(), data, data))
		}, []string{"WrapKey"}},
		"Unwrap": {func(ctx context.Context) error {
			return failureOf(manager.Unwrap(ctx, kem.uri(), wrapped, data))
		}, []string{"UnwrapKey"}},
	}
}

func materialCalls(t *testing.T, manager *scwkms.KMS) map[string]operationCall {
	t.Helper()
	external := func() serviceKey { return createOnService(t, "aes_256_gcm", map[string]any{"origin": "external"}) }
	empty, imported := external(), external()
	onService(t, imported, "import-key-material", payload{KeyMaterial: []byte("material")})
	return map[string]operationCall{
		"ImportKeyMaterial": {func(ctx context.Context) error {
			return failureOf(manager.ImportKeyMaterial(ctx, empty.uri(), []byte("material"), []byte("salt")))
		}, []string{"ImportKeyMaterial"}},
		"DeleteKeyMaterial": {func(ctx context.Context) error {
			return manager.DeleteKeyMaterial(ctx, imported.uri(), scwkms.NewestRotation)
		}, []string{"DeleteKeyMaterial"}},
		"GetImportParameters": {func(ctx context.Context) error {
			return failureOf(manager.GetImportParameters(ctx, empty.uri(), scwkms.WrappingRSAOAEP2048SHA256))
		}, []string{"GenerateKeyMaterialImportParameters"}},
	}
}

func TestTheRequestsOfOperations(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), maxWait)
	defer cancel()
	for name, call := range operationCalls(t, open(t)) {
		want := map[string]int{}
		for _, request := range call.requests {
			want[request]++
		}
		wantRequests(t, want, func() {
			if err := call.run(ctx); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

// The calls of one manager have a context that is done, and then find the manager closed.
func TestOperationsThatCannotBegin(t *testing.T) {
	manager := open(t)
	calls := operationCalls(t, manager)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	expired, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	wantNoRequests(t, func() {
		for _, call := range calls {
			wantError(t, call.run(cancelled), scwkms.CodeCancelled)
			wantError(t, call.run(expired), scwkms.CodeTimeout)
		}
		if err := manager.Close(); err != nil {
			t.Error(err)
		}
		for _, call := range calls {
			wantError(t, call.run(t.Context()), scwkms.CodeInvalidHandle, "closed")
		}
	})
}

// delayedOperations are calls of all methods. The service delays their requests for longer than the
// client's timeout.
func delayedOperations(t *testing.T) map[string]operationCall {
	t.Helper()
	useOwnService(t)
	calls := operationCalls(t, open(t))
	service.In(t).Fail("*", 1000, fault{"kind": "delay", "milliseconds": 60000})
	service.In(t).ResetStats()
	return calls
}

// startAll starts calls at the same time. It returns channels that receive their errors.
func startAll(ctx context.Context, calls map[string]operationCall) map[string]<-chan error {
	results := map[string]<-chan error{}
	for name, call := range calls {
		results[name] = start(func() error { return call.run(ctx) })
	}
	return results
}

// A context that is cancelled ends the calls of all methods while they wait for the service.
func TestACancelledContextEndsOperations(t *testing.T) {
	errCause := errors.New("the cause")
	calls, requests := delayedOperations(t), 0
	for _, call := range calls {
		requests += len(call.requests)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	results := startAll(ctx, calls)
	waitForRequests(t, requests)
	cancel(errCause)
	for name, result := range results {
		err := <-result
		wantError(t, err, scwkms.CodeCancelled, errCause.Error())
		if !errors.Is(err, errCause) {
			t.Errorf("%s: the cause is not in the chain of %v", name, err)
		}
	}
}

// A context whose deadline is before the client's ends the calls of all methods at its deadline.
func TestAContextsDeadlineEndsOperations(t *testing.T) {
	calls := delayedOperations(t)
	begun := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	for _, result := range startAll(ctx, calls) {
		wantError(t, <-result, scwkms.CodeTimeout)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("the deadline of 300 ms took %s", took)
	}
}

// referenceErrors are the errors of all methods that take a context and a key reference.
func referenceErrors(ctx context.Context, manager *scwkms.KMS, key string) []error {
	data := make([]byte, 32)
	return []error{
		failureOf(manager.GetKey(ctx, key)),
		failureOf(manager.ListRotations(ctx, key)),
		manager.Verify(ctx, key, data, data),
		manager.VerifyByService(ctx, key, data, data),
		failureOf(manager.RotateKey(ctx, key)),
		failureOf(manager.EnableKey(ctx, key)),
		failureOf(manager.DisableKey(ctx, key)),
		failureOf(manager.ProtectKey(ctx, key)),
		failureOf(manager.UnprotectKey(ctx, key)),
		failureOf(manager.RestoreKey(ctx, key)),
		failureOf(manager.UpdateKey(ctx, key, scwkms.KeyUpdate{Tags: []string{}})),
		failureOf(manager.Encrypt(ctx, key, data)),
		failureOf(manager.Decrypt(ctx, key, data)),
		failureOf(manager.EncryptWithAssociatedData(ctx, key, data, data)),
		failureOf(manager.DecryptWithAssociatedData(ctx, key, data, data)),
		failureOf(manager.GenerateDataKey(ctx, key)),
		failureOf(manager.GenerateDataKeyWithoutPlaintext(ctx, key)),
		failureOf(manager.Wrap(ctx, key, data, data)),
		failureOf(manager.Unwrap(ctx, key, data, data)),
		failureOf(manager.ImportKeyMaterial(ctx, key, data, data)),
		manager.DeleteKeyMaterial(ctx, key, scwkms.NewestRotation),
		failureOf(manager.GetImportParameters(ctx, key, scwkms.WrappingRSAOAEP2048SHA256)),
	}
}

// Each method checks the reference or the query before it sends a request.
func TestOperationsWithInvalidReferences(t *testing.T) {
	manager := open(t)
	ctx := t.Context()
	wantNoRequests(t, func() {
		for _, key := range []string{"", "x", "scwkms:key-id=x", noKey + "\x00"} {
			for _, err := range referenceErrors(ctx, manager, key) {
				wantError(t, err, scwkms.CodeInvalidArgument)
			}
		}
		for _, query := range []string{"x", "scwkms:key-id=" + noKey, "scwkms:region=mars", "scwkms:\x00"} {
			wantError(t, failureOf(manager.FindKeys(ctx, query)), scwkms.CodeInvalidArgument)
			wantError(t, failureOf(manager.ListAlgorithms(ctx, query)), scwkms.CodeInvalidArgument)
			wantError(t, failureOf(manager.NewKey(ctx, "scwkms:name=x;"+query)), scwkms.CodeInvalidArgument)
		}
		wantError(t, failureOf(manager.NewKey(ctx, "")), scwkms.CodeInvalidArgument)
	})
}

// Each method finds that the key does not exist.
func TestOperationsOnAKeyThatDoesNotExist(t *testing.T) {
	for _, err := range referenceErrors(t.Context(), open(t), noKey) {
		wantError(t, err, scwkms.CodeNotFound, noKey)
	}
}
