//go:build cgo && !noscwkms

package scwkms_test

import (
	"context"
	"crypto"
	"errors"
	"strings"
	"testing"
	"time"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// A contextCall is a call of one Context method, and the operation of one of its requests.
type contextCall struct {
	name, operation string
	call            func(ctx context.Context) error
}

// contextCalls are calls of all Context methods. CreateKeyContext is there twice: for the request
// that creates the key, and for one that fetches its public key.
func contextCalls(t *testing.T, manager *scwkms.KMS) []contextCall {
	t.Helper()
	signer, err := manager.CreateSignerContext(t.Context(), &apiv1.CreateSignerRequest{SigningKey: keyOf(t, "ec_p256_sha256").uri()})
	if err != nil {
		t.Fatal(err)
	}
	decrypter, err := manager.CreateDecrypterContext(t.Context(), &apiv1.CreateDecrypterRequest{DecryptionKey: keyOf(t, "rsa_oaep_2048_sha256").uri()})
	if err != nil {
		t.Fatal(err)
	}
	ciphertext := encryptWithGo(t, decrypter.Public(), []byte("x"))
	signing, decrypting := createOnService(t, "ec_p256_sha256", nil), createOnService(t, "rsa_oaep_2048_sha256", nil)
	createKey := func(ctx context.Context) error {
		_, err := manager.CreateKeyContext(ctx, &apiv1.CreateKeyRequest{Name: "scwkms:unprotected=true;name=" + freshName(t)})
		return err
	}
	return []contextCall{
		{"SignContext", "Sign", func(ctx context.Context) error {
			_, err := signer.SignContext(ctx, make([]byte, 32), crypto.SHA256)
			return err
		}},
		{"DecryptContext", "Decrypt", func(ctx context.Context) error {
			_, err := decrypter.DecryptContext(ctx, ciphertext, nil)
			return err
		}},
		{"GetPublicKeyContext", "GetKey", func(ctx context.Context) error {
			_, err := manager.GetPublicKeyContext(ctx, &apiv1.GetPublicKeyRequest{Name: signing.uri()})
			return err
		}},
		{"CreateSignerContext", "GetKey", func(ctx context.Context) error {
			_, err := manager.CreateSignerContext(ctx, &apiv1.CreateSignerRequest{SigningKey: signing.uri()})
			return err
		}},
		{"CreateDecrypterContext", "GetPublicKey", func(ctx context.Context) error {
			_, err := manager.CreateDecrypterContext(ctx, &apiv1.CreateDecrypterRequest{DecryptionKey: decrypting.uri()})
			return err
		}},
		{"CreateKeyContext", "CreateKey", createKey},
		{"CreateKeyContext, public key", "GetPublicKey", createKey},
		{"DeleteKeyContext", "DeleteKey", func(ctx context.Context) error {
			return manager.DeleteKeyContext(ctx, &apiv1.DeleteKeyRequest{Name: signing.uri()})
		}},
		{"SearchKeysContext", "ListKeys", func(ctx context.Context) error {
			_, err := manager.SearchKeysContext(ctx, &apiv1.SearchKeysRequest{Query: "scwkms:name=" + signing.Name})
			return err
		}},
		{"SearchKeysContext, public key", "GetPublicKey", func(ctx context.Context) error {
			_, err := manager.SearchKeysContext(ctx, &apiv1.SearchKeysRequest{Query: "scwkms:name=" + signing.Name})
			return err
		}},
	}
}

// A context that is cancelled ends the call. Without that, the call would end by its deadline, with
// another error.
func TestACancelledContextEndsACall(t *testing.T) {
	manager := open(t)
	errCause := errors.New("the cause")
	for _, c := range contextCalls(t, manager) {
		t.Run(c.name, func(t *testing.T) {
			service.In(t).Fail(c.operation, 1, fault{"kind": "delay", "milliseconds": 60000})
			service.In(t).ResetStats()
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			result := start(func() error { return c.call(ctx) })
			waitUntil(t, "the request", func() bool { return service.In(t).Stats().Operations[c.operation] > 0 })
			wantStillRunning(t, result)
			cancel(errCause)
			err := <-result
			wantError(t, err, scwkms.CodeCancelled, errCause.Error())
			if !errors.Is(err, errCause) {
				t.Errorf("the cause is not in the chain of %v", err)
			}
		})
	}
}

// A context whose deadline is before the client's ends the call at its deadline.
func TestAContextsDeadlineEndsACall(t *testing.T) {
	manager := open(t, "timeout", "10m")
	for _, c := range contextCalls(t, manager) {
		t.Run(c.name, func(t *testing.T) {
			service.In(t).Fail(c.operation, 1, fault{"kind": "delay", "milliseconds": 600000})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			begun := time.Now()
			wantError(t, c.call(ctx), scwkms.CodeTimeout)
			if took := time.Since(begun); took > maxWait {
				t.Errorf("the deadline of 1 s took %s", took)
			}
		})
	}
}

func TestADoneContextSendsNothing(t *testing.T) {
	manager := open(t)
	calls := contextCalls(t, manager)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	expired, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	wantNoRequests(t, func() {
		for _, c := range calls {
			wantError(t, c.call(cancelled), scwkms.CodeCancelled)
			wantError(t, c.call(expired), scwkms.CodeTimeout)
		}
	})
}

// A context that is not done changes nothing.
func TestContextMethodsSucceed(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), maxWait)
	defer cancel()
	for _, c := range contextCalls(t, open(t)) {
		// The keys are opened by the first call that needs them, and deleted after the others.
		if c.name == "DeleteKeyContext" {
			defer func() {
				if err := c.call(ctx); err != nil {
					t.Errorf("%s: %v", c.name, err)
				}
			}()
			continue
		}
		if err := c.call(ctx); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// timeout= limits a call as a whole, not each of its requests.
func TestTheTimeoutCoversAllRequestsOfACall(t *testing.T) {
	t.Run("CreateKey", func(t *testing.T) {
		manager := open(t, "timeout", "4s")
		for _, operation := range []string{"CreateKey", "GetPublicKey"} {
			service.In(t).Fail(operation, 1, fault{"kind": "delay", "milliseconds": 2500})
		}
		name := freshName(t)
		_, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: name})
		wantError(t, err, scwkms.CodeTimeout, "the key was created", "timeout=")
		_, rest, _ := strings.Cut(err.Error(), "scwkms:key-id=")
		uri, _, _ := strings.Cut(rest, ",")
		if key := describe(t, "scwkms:key-id="+uri); key.Name != name {
			t.Errorf("the error names %q: %v", key.Name, err)
		}
	})
	t.Run("SearchKeys", func(t *testing.T) {
		const keys = 40
		tag := freshName(t)
		for range keys {
			createOnService(t, "ec_p256_sha256", map[string]any{"tags": []string{tag}})
		}
		// 40 requests, 8 at a time, take 5 seconds.
		service.In(t).Fail("GetKey", keys, fault{"kind": "delay", "milliseconds": 1000})
		_, err := open(t, "timeout", "2s").SearchKeys(&apiv1.SearchKeysRequest{Query: "scwkms:tags=" + tag})
		wantError(t, err, scwkms.CodeTimeout, "timeout=")
	})
}
