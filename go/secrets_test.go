//go:build cgo && !noscwkms

package scwkms_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// wantError searches the errors of all tests for the secret key. This test has the errors that are
// most likely to contain it: it is in the text that is invalid, or in the service's response.
func TestNoErrorHoldsASecret(t *testing.T) {
	manager := open(t)
	secret := service.SecretKey
	full := clientURI()
	key := keyOf(t, "ec_p256_sha256")
	signer := signerOf(t, manager, clientURI("key-id", key.ID))
	decrypter := decrypterOf(t, manager, clientURI("key-id", keyOf(t, "rsa_oaep_2048_sha256").ID))

	var all []error
	for _, uri := range []string{
		full + ";oops",
		full + ";unknown=x",
		full + "%zz",
		full + ";secret-key=" + strings.ToUpper(secret),
		strings.Replace(full, "scwkms:", "scwkms://", 1),
		strings.Replace(full, "scwkms:", "awskms:", 1),
		strings.Replace(full, "scwkms:", "", 1),
		strings.Replace(full, "secret-key=", "secret-kye=", 1),
		full + "\x00",
		full + "\n",
		full + "\xff",
		clientURI("secret-key", secret+"x"),
		clientURI("secret-key", secret+"\n"),
		// The two keys are interchanged.
		clientURI("access-key", secret, "secret-key", service.AccessKey),
	} {
		_, err := scwkms.New(context.Background(), apiv1.Options{URI: uri})
		all = append(all, err)
		if strings.HasPrefix(uri, "scwkms:") {
			all = append(all, keyErrors(manager, uri)...)
		}
	}
	for _, uri := range []string{full, clientURI("key-id", noKey), clientURI("key-id", noKey, "name", "x"), clientURI("name", "missing")} {
		all = append(all, keyErrors(manager, uri)...)
	}
	_, err := signer.Sign(nil, make([]byte, 31), hashOf("ec_p256_sha256"))
	all = append(all, err)
	_, err = decrypter.Decrypt(nil, make([]byte, 31), nil)
	all = append(all, err)
	for _, body := range []any{
		"you sent " + secret,
		map[string]any{"type": "invalid_arguments", "message": secret, "details": []any{map[string]any{"argument_name": secret, "reason": secret}}},
		map[string]any{secret: secret, "resource": secret, "help_message": strings.Repeat(secret, 100)},
	} {
		for _, status := range []int{200, 400, 401, 403, 404, 412} {
			service.In(t).Fail("Sign", 1, fault{"kind": "status", "status": status, "body": body, "content_type": "application/json"})
			_, err := signer.Sign(nil, make([]byte, 32), hashOf("ec_p256_sha256"))
			all = append(all, err)
		}
	}
	service.In(t).Fail("Sign", 1, fault{"kind": "redirect", "location": "https://127.0.0.1:1/?token=" + secret})
	_, err = signer.Sign(nil, make([]byte, 32), hashOf("ec_p256_sha256"))
	all = append(all, err)

	failures := 0
	for _, err := range all {
		if err != nil {
			failures++
			wantNoSecret(t, err, strings.ToUpper(secret))
		}
	}
	if failures < 60 {
		t.Errorf("only %d calls failed, so few errors were checked", failures)
	}
}

// keyErrors returns the errors of all methods that take a key's name or a query.
func keyErrors(manager *scwkms.KMS, text string) []error {
	_, public := manager.GetPublicKey(&apiv1.GetPublicKeyRequest{Name: text})
	_, signer := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: text})
	_, decrypter := manager.CreateDecrypter(&apiv1.CreateDecrypterRequest{DecryptionKey: text})
	_, found := manager.SearchKeys(&apiv1.SearchKeysRequest{Query: text + ";key-id=" + noKey})
	deleted := manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: text})
	list := failureOf(manager.FindKeys(context.Background(), text+";key-id="+noKey))
	algorithms := failureOf(manager.ListAlgorithms(context.Background(), text+";key-id="+noKey))
	others := referenceErrors(context.Background(), manager, text)
	return append(others, public, signer, decrypter, found, deleted, manager.ValidateName(text), list, algorithms)
}

// Programs print managers and signers when they log or debug.
func TestNothingPrintsASecret(t *testing.T) {
	manager := open(t)
	signer := signerOf(t, manager, clientURI("key-id", keyOf(t, "ec_p256_sha256").ID))
	for _, value := range []any{manager, *manager, signer} {
		for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
			if strings.Contains(fmt.Sprintf(format, value), service.SecretKey) {
				t.Errorf("%T with %s holds the secret key", value, format)
			}
		}
	}
}

// The library prints a warning to standard error if certificates are not checked.
func TestWarningsHoldNoSecret(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	program := buildProgram(t, "CGO_ENABLED=1")
	_, signErr := runProgram(t, program, write, clientURI("insecure", "true"), keyOf(t, "ec_p256_sha256").uri())
	if err := errors.Join(signErr, write.Close()); err != nil {
		t.Fatal(err)
	}
	output, err := io.ReadAll(read)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(output), "insecure") || strings.Contains(string(output), service.SecretKey) {
		t.Errorf("the warning is %q", strings.ReplaceAll(string(output), service.SecretKey, "[secret key]"))
	}
}
