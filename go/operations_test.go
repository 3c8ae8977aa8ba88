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

// runAll starts all calls, and returns their errors when they have ended. All of their requests are
// delayed for longer than the client's timeout. When the requests are in flight, it runs an action.
func runAll(t *testing.T, ctx context.Context, calls map[string]operationCall, action func()) map[string]error {
	t.Helper()
	results, requests := map[string]<-chan error{}, 0
	service.In(t).ResetStats()
	for name, call := range calls {
		results[name] = start(func() error { return call.run(ctx) })
		requests += len(call.requests)
	}
	waitForRequests(t, requests)
	action()
	errs := map[string]error{}
	for name, result := range results {
		errs[name] = <-result
	}
	return errs
}

// A context that is cancelled, or whose deadline passes, ends the calls of all methods.
func TestAContextEndsOperations(t *testing.T) {
	errCause := errors.New("the cause")
	for name, test := range map[string]struct {
		context func() (context.Context, context.CancelFunc)
		code    scwkms.Code
		word    string
	}{
		"cancelled": {func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(t.Context())
			return ctx, func() { cancel(errCause) }
		}, scwkms.CodeCancelled, errCause.Error()},
		"deadline": {func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			// The calls end by the deadline, not by the action.
			t.Cleanup(cancel)
			return ctx, func() {}
		}, scwkms.CodeTimeout, ""},
	} {
		t.Run(name, func(t *testing.T) {
			useOwnService(t)
			calls := operationCalls(t, open(t))
			service.In(t).Fail("*", 1000, fault{"kind": "delay", "milliseconds": 60000})
			ctx, end := test.context()
			for name, err := range runAll(t, ctx, calls, end) {
				e := wantError(t, err, test.code, test.word)
				if test.word != "" && !errors.Is(err, errCause) {
					t.Errorf("%s: the cause is not in the chain of %v", name, e)
				}
			}
		})
	}
}

// Each method checks the reference before it sends a request.
func TestOperationsWithInvalidReferences(t *testing.T) {
	manager := open(t)
	ctx := t.Context()
	data := make([]byte, 32)
	wantNoRequests(t, func() {
		for _, name := range []string{"", "x", "scwkms:key-id=x", noKey + "\x00"} {
			for _, err := range []error{
				failureOf(manager.GetKey(ctx, name)),
				failureOf(manager.FindKeys(ctx, "x"+name)),
				failureOf(manager.ListRotations(ctx, name)),
				failureOf(manager.ListAlgorithms(ctx, "x"+name)),
				manager.Verify(ctx, name, data, data),
				manager.VerifyByService(ctx, name, data, data),
				failureOf(manager.RotateKey(ctx, name)),
				failureOf(manager.EnableKey(ctx, name)),
				failureOf(manager.DisableKey(ctx, name)),
				failureOf(manager.ProtectKey(ctx, name)),
				failureOf(manager.UnprotectKey(ctx, name)),
				failureOf(manager.RestoreKey(ctx, name)),
				failureOf(manager.UpdateKey(ctx, name, scwkms.KeyUpdate{Tags: []string{}})),
				failureOf(manager.Encrypt(ctx, name, data)),
				failureOf(manager.Decrypt(ctx, name, data)),
				failureOf(manager.EncryptWithAssociatedData(ctx, name, data, data)),
				failureOf(manager.DecryptWithAssociatedData(ctx, name, data, data)),
				failureOf(manager.GenerateDataKey(ctx, name)),
				failureOf(manager.GenerateDataKeyWithoutPlaintext(ctx, name)),
				failureOf(manager.Wrap(ctx, name, data, data)),
				failureOf(manager.Unwrap(ctx, name, data, data)),
				failureOf(manager.ImportKeyMaterial(ctx, name, data, data)),
				manager.DeleteKeyMaterial(ctx, name, scwkms.NewestRotation),
				failureOf(manager.GetImportParameters(ctx, name, scwkms.WrappingRSAOAEP2048SHA256)),
			} {
				wantError(t, err, scwkms.CodeInvalidArgument)
			}
		}
		wantError(t, failureOf(manager.NewKey(ctx, "")), scwkms.CodeInvalidArgument)
	})
}
