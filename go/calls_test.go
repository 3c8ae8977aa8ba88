//go:build cgo && !noscwkms

package scwkms_test

import (
	"bytes"
	"context"
	"crypto"
	"fmt"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// methodCalls are calls of all methods that contact the service, by the names of the operations in
// apiv1. Each succeeds once. Those that open a key use one that the manager does not have in memory.
func methodCalls(t *testing.T, manager *scwkms.KMS) map[string]func(context.Context) error {
	t.Helper()
	calls := keyCalls(t, manager)
	for name, call := range openingCalls(t, manager) {
		calls[name] = call
	}
	signer := signerOf(t, manager, keyOf(t, "ec_p256_sha256").uri()).(*scwkms.Signer)
	calls["Sign"] = func(ctx context.Context) error {
		_, err := signer.SignContext(ctx, make([]byte, 32), crypto.SHA256)
		return err
	}
	decrypter := decrypterOf(t, manager, keyOf(t, "rsa_oaep_2048_sha256").uri()).(*scwkms.Decrypter)
	ciphertext := encryptWithGo(t, decrypter.Public(), []byte("x"))
	calls["Decrypt"] = func(ctx context.Context) error {
		plaintext, err := decrypter.DecryptContext(ctx, ciphertext, nil)
		if err == nil && !bytes.Equal(plaintext, []byte("x")) {
			return fmt.Errorf("the plaintext is %q", plaintext)
		}
		return err
	}
	return calls
}

// keyCalls are calls that create, find and delete keys.
func keyCalls(t *testing.T, manager *scwkms.KMS) map[string]func(context.Context) error {
	t.Helper()
	name, found, deleted := freshName(t), createOnService(t, "ec_p256_sha256", nil), createOnService(t, "ec_p256_sha256", nil)
	return map[string]func(context.Context) error{
		"CreateKey": func(ctx context.Context) error {
			_, err := manager.CreateKeyContext(ctx, &apiv1.CreateKeyRequest{Name: "scwkms:unprotected=true;name=" + name})
			return err
		},
		"SearchKeys": func(ctx context.Context) error {
			response, err := manager.SearchKeysContext(ctx, &apiv1.SearchKeysRequest{Query: "scwkms:name=" + found.Name})
			if err == nil && (len(response.Results) != 1 || response.Results[0].Name != found.uri()) {
				return fmt.Errorf("found %v, not %s", response.Results, found.uri())
			}
			return err
		},
		"DeleteKey": func(ctx context.Context) error {
			return manager.DeleteKeyContext(ctx, &apiv1.DeleteKeyRequest{Name: deleted.uri()})
		},
	}
}

// openingCalls are calls that open a key. The decryption key is the same for all calls, since
// generating an RSA key is slow.
func openingCalls(t *testing.T, manager *scwkms.KMS) map[string]func(context.Context) error {
	t.Helper()
	opened, signing := createOnService(t, "ec_p256_sha256", nil), createOnService(t, "ec_p256_sha256", nil)
	decrypting := keyOf(t, "rsa_oaep_3072_sha256")
	return map[string]func(context.Context) error{
		"GetPublicKey": func(ctx context.Context) error {
			_, err := manager.GetPublicKeyContext(ctx, &apiv1.GetPublicKeyRequest{Name: opened.uri()})
			return err
		},
		"CreateSigner": func(ctx context.Context) error {
			_, err := manager.CreateSignerContext(ctx, &apiv1.CreateSignerRequest{SigningKey: signing.uri()})
			return err
		},
		"CreateDecrypter": func(ctx context.Context) error {
			_, err := manager.CreateDecrypterContext(ctx, &apiv1.CreateDecrypterRequest{DecryptionKey: decrypting.uri()})
			return err
		},
	}
}

// runDelayed starts the calls of several sets, with a context that is never done. The sets are results
// of methodCalls. The service delays the first requests of each call. When all of these requests are
// in flight, runDelayed runs an action, which must not wait for the calls. It returns the errors of the
// calls, by their names.
func runDelayed(t *testing.T, milliseconds int, sets []map[string]func(context.Context) error, action func()) map[string]error {
	t.Helper()
	n := len(sets)
	requests := map[string]int{
		"Sign": n, "Decrypt": n, "CreateKey": n, "ListKeys": n, "DeleteKey": n,
		// All sets share one decryption key.
		"GetKey": 2*n + 1, "GetPublicKey": 2*n + 1,
	}
	total := 0
	for operation, count := range requests {
		service.In(t).Fail(operation, count, fault{"kind": "delay", "milliseconds": milliseconds})
		total += count
	}
	service.In(t).ResetStats()
	results := map[string]<-chan error{}
	for i, calls := range sets {
		for name, call := range calls {
			results[fmt.Sprintf("%s %d", name, i)] = start(func() error { return call(context.Background()) })
		}
	}
	waitForRequests(t, total)
	action()
	for name, result := range results {
		select {
		case err := <-result:
			t.Errorf("%s ended before the action: %v", name, err)
			results[name] = start(func() error { return err })
		default:
		}
	}
	errs := map[string]error{}
	for name, result := range results {
		errs[name] = <-result
	}
	return errs
}
