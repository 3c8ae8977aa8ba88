//go:build cgo && !noscwkms

package scwkms_test

import (
	"crypto"
	"strings"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// maxAttempts is how often a request that fails is sent.
const maxAttempts = 4

// Faults of the response to a signature: the number of requests, and the error.
func TestFaultsOfASignature(t *testing.T) {
	algorithm := signingAlgorithms[0]
	key := keyOf(t, algorithm.name)
	manager := open(t)
	signer := signerOf(t, manager, key.uri())
	for _, test := range []struct {
		name     string
		fault    fault
		requests int
		code     scwkms.Code
		status   int
		words    []string
	}{
		{"bad request", fault{"kind": "status", "status": 400}, 1, scwkms.CodeInvalidArgument, 400, nil},
		{"unauthorized", fault{"kind": "status", "status": 401}, 1, scwkms.CodeAuthentication, 401, []string{"secret key"}},
		{"forbidden", fault{"kind": "status", "status": 403}, 1, scwkms.CodePermissionDenied, 403, []string{"IAM"}},
		{"not found", fault{"kind": "status", "status": 404}, 1, scwkms.CodeNotFound, 404, []string{"region"}},
		{"request timeout", fault{"kind": "status", "status": 408}, maxAttempts, scwkms.CodeTimeout, 408, []string{"4 attempts"}},
		{"conflict", fault{"kind": "status", "status": 409}, 1, scwkms.CodeKeyState, 409, nil},
		{"gone", fault{"kind": "status", "status": 410}, 1, scwkms.CodeNotFound, 410, nil},
		{"precondition failed", fault{"kind": "status", "status": 412}, 1, scwkms.CodeKeyState, 412, nil},
		{"locked", fault{"kind": "status", "status": 423}, 1, scwkms.CodeKeyState, 423, nil},
		{"too many requests", fault{"kind": "status", "status": 429, "retry_after": "3600"}, 1, scwkms.CodeRateLimited, 429, []string{"rate limit"}},
		{"quota", fault{"kind": "status", "status": 403, "body": map[string]any{"type": "quotas_exceeded", "message": "quota(s) exceeded"}},
			1, scwkms.CodeRateLimited, 403, []string{"quota"}},
		{"internal error", fault{"kind": "status", "status": 500}, maxAttempts, scwkms.CodeUnavailable, 500, []string{"4 attempts"}},
		{"not implemented", fault{"kind": "status", "status": 501}, 1, scwkms.CodeUnavailable, 501, nil},
		{"bad gateway", fault{"kind": "html", "status": 502}, maxAttempts, scwkms.CodeUnavailable, 502, []string{"4 attempts"}},
		{"unavailable", fault{"kind": "status", "status": 503}, maxAttempts, scwkms.CodeUnavailable, 503, []string{"4 attempts"}},
		{"gateway timeout", fault{"kind": "status", "status": 504}, maxAttempts, scwkms.CodeUnavailable, 504, []string{"4 attempts"}},
		{"reset before", fault{"kind": "reset", "when": "before"}, maxAttempts, scwkms.CodeNetwork, 0, []string{"4 attempts"}},
		{"reset after", fault{"kind": "reset", "when": "after"}, maxAttempts, scwkms.CodeNetwork, 0, []string{"4 attempts"}},
		{"reset during", fault{"kind": "reset", "when": "during"}, maxAttempts, scwkms.CodeNetwork, 200, []string{"incomplete"}},
		{"truncated", fault{"kind": "truncate"}, maxAttempts, scwkms.CodeNetwork, 200, []string{"incomplete"}},
		{"redirect", fault{"kind": "redirect", "location": "https://127.0.0.1:1/"}, 1, scwkms.CodeProtocol, 307, []string{"redirect", "api-url"}},
		{"created", fault{"kind": "status", "status": 201, "body": map[string]any{}}, 1, scwkms.CodeProtocol, 201, nil},
		{"no content", fault{"kind": "status", "status": 204}, 1, scwkms.CodeProtocol, 204, nil},
		{"empty object", fault{"kind": "status", "status": 200, "body": map[string]any{}}, 1, scwkms.CodeProtocol, 200, []string{"field"}},
		{"page of a proxy", fault{"kind": "html"}, 1, scwkms.CodeProtocol, 200, []string{"not JSON"}},
		{"other media type", fault{"kind": "media_type", "value": "text/plain"}, 1, scwkms.CodeProtocol, 200, []string{"not JSON"}},
		// It may begin with a digit, which is JSON, but not a response.
		{"garbage", fault{"kind": "garbage"}, 1, scwkms.CodeProtocol, 200, []string{"the service's response"}},
		{"oversized", fault{"kind": "oversized", "bytes": 2 << 20}, 1, scwkms.CodeProtocol, 200, []string{"1 MiB"}},
		{"endless", fault{"kind": "endless"}, 1, scwkms.CodeProtocol, 200, []string{"1 MiB"}},
		{"another key's response", fault{"kind": "key_id"}, 1, scwkms.CodeIntegrity, 0, []string{"another key"}},
		{"a flipped bit", fault{"kind": "flip"}, 1, scwkms.CodeIntegrity, 0, []string{"not a signature"}},
		{"another key's signature", fault{"kind": "other_key"}, 1, scwkms.CodeIntegrity, 0, []string{"not a signature"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			service.In(t).Fail("Sign", test.requests, test.fault)
			wantRequests(t, map[string]int{"Sign": test.requests}, func() {
				signature, err := signer.Sign(nil, digestOf(algorithm.hash, t.Name()), algorithm.hash)
				e := wantError(t, err, test.code, append(test.words, "sign with key "+key.ID)...)
				if signature != nil {
					t.Error("a signature was returned with the error")
				}
				if e.HTTPStatus != test.status {
					t.Errorf("the error's HTTP status is %d, not %d", e.HTTPStatus, test.status)
				}
				if requests := service.In(t).Requests(); test.status >= 400 && e.RequestID != requests[len(requests)-1].RequestID {
					t.Errorf("the error's request id is %q, not that of %+v", e.RequestID, requests)
				}
			})
			signOnce(t, signer)
		})
	}
}

// A fault that does not last costs one more request.
func TestFaultsThatDoNotLast(t *testing.T) {
	algorithm := signingAlgorithms[1]
	key := keyOf(t, algorithm.name)
	signer := signerOf(t, open(t), key.uri())
	for name, passing := range map[string]fault{
		"unavailable":       {"kind": "status", "status": 503},
		"asked to wait":     {"kind": "status", "status": 503, "retry_after": "0"},
		"too many requests": {"kind": "status", "status": 429, "retry_after": "0"},
		"reset before":      {"kind": "reset", "when": "before"},
		"reset after":       {"kind": "reset", "when": "after"},
		"reset during":      {"kind": "reset", "when": "during"},
		"truncated":         {"kind": "truncate"},
	} {
		t.Run(name, func(t *testing.T) {
			service.In(t).Fail("Sign", 1, passing)
			wantRequests(t, map[string]int{"Sign": 2}, func() {
				digest := digestOf(algorithm.hash, t.Name())
				signature, err := signer.Sign(nil, digest, algorithm.hash)
				if err != nil {
					t.Fatal(err)
				}
				verify(t, algorithm, signer.Public(), digest, signature)
			})
		})
	}
}

// Other forms of a correct response are not faults.
func TestOtherFormsOfCorrectResponses(t *testing.T) {
	for _, algorithm := range signingAlgorithms[:2] {
		key := keyOf(t, algorithm.name)
		service.In(t).Fail("GetPublicKey", 1, fault{"kind": "pem", "label": "PUBLIC KEY"})
		signer := signerOf(t, open(t), key.uri())
		wantSameKey(t, signer.Public(), publicKey(t, key))
		for _, form := range []fault{
			{"kind": "raw_ecdsa"},
			{"kind": "media_type", "value": "application/json; charset=utf-8"},
			{"kind": "oversized", "bytes": 1 << 19},
			{"kind": "close"},
		} {
			service.In(t).Fail("Sign", 1, form)
			wantRequests(t, map[string]int{"Sign": 1}, func() {
				digest := digestOf(algorithm.hash, t.Name())
				signature, err := signer.Sign(nil, digest, algorithm.hash)
				if err != nil {
					t.Fatalf("%v: %v", form, err)
				}
				verify(t, algorithm, signer.Public(), digest, signature)
			})
		}
	}
}

// A signature that is not the key's is never returned, for any algorithm.
func TestNoWrongSignatureIsReturned(t *testing.T) {
	manager := open(t)
	for _, algorithm := range signingAlgorithms {
		if algorithm.bits > 3072 {
			// Generating another key of 4096 bits takes seconds, and tests nothing more.
			continue
		}
		signer := signerOf(t, manager, keyOf(t, algorithm.name).uri())
		for _, kind := range []string{"flip", "other_key", "key_id"} {
			service.In(t).Fail("Sign", 1, fault{"kind": kind})
			signature, err := signer.Sign(nil, digestOf(algorithm.hash, kind), options(algorithm.scheme, algorithm.hash))
			wantError(t, err, scwkms.CodeIntegrity)
			if signature != nil {
				t.Errorf("%s, %s: there is a signature", algorithm.name, kind)
			}
		}
	}
}

func TestFaultsOfADecryption(t *testing.T) {
	key := keyOf(t, "rsa_oaep_2048_sha256")
	decrypter := decrypterOf(t, open(t), key.uri())
	ciphertext := encryptWithGo(t, decrypter.Public(), []byte("a canary as plaintext"))
	for _, test := range []struct {
		fault    fault
		requests int
		code     scwkms.Code
	}{
		{fault{"kind": "key_id"}, 1, scwkms.CodeIntegrity},
		{fault{"kind": "media_type", "value": "text/plain"}, 1, scwkms.CodeProtocol},
		{fault{"kind": "garbage"}, 1, scwkms.CodeProtocol},
		{fault{"kind": "status", "status": 200, "body": map[string]any{"key_id": key.ID, "plaintext": "a canary as plaintext"}}, 1, scwkms.CodeProtocol},
		{fault{"kind": "truncate"}, maxAttempts, scwkms.CodeNetwork},
		{fault{"kind": "status", "status": 503}, maxAttempts, scwkms.CodeUnavailable},
	} {
		service.In(t).Fail("Decrypt", test.requests, test.fault)
		wantRequests(t, map[string]int{"Decrypt": test.requests}, func() {
			plaintext, err := decrypter.Decrypt(nil, ciphertext, nil)
			wantError(t, err, test.code, "decrypt with key "+key.ID)
			wantNoSecret(t, err, "canary")
			if plaintext != nil {
				t.Error("a plaintext was returned with the error")
			}
		})
	}
}

func TestFaultsOfAKey(t *testing.T) {
	key := keyOf(t, "ec_p256_sha256")
	other := keyOf(t, "ec_p384_sha384")
	for _, test := range []struct {
		name, operation string
		fault           fault
		code            scwkms.Code
	}{
		{"another key's metadata", "GetKey", fault{"kind": "key_id"}, scwkms.CodeIntegrity},
		{"malformed metadata", "GetKey", fault{"kind": "status", "status": 200, "body": map[string]any{"id": key.ID}}, scwkms.CodeProtocol},
		{"half a public key", "GetPublicKey", fault{"kind": "bad_pem"}, scwkms.CodeProtocol},
		{"no PEM", "GetPublicKey", fault{"kind": "status", "status": 200, "body": map[string]any{"pem": "x"}}, scwkms.CodeProtocol},
		{"a label of another kind", "GetPublicKey", fault{"kind": "pem", "label": "CERTIFICATE"}, scwkms.CodeProtocol},
		{"another algorithm's public key", "GetPublicKey",
			fault{"kind": "status", "status": 200, "body": map[string]any{"pem": string(publicPEM(t, publicKey(t, other)))}}, scwkms.CodeProtocol},
	} {
		t.Run(test.name, func(t *testing.T) {
			manager := open(t)
			service.In(t).Fail(test.operation, 1, test.fault)
			signer, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: key.uri()})
			wantError(t, err, test.code, key.ID)
			if signer != nil {
				t.Error("a signer was returned with the error")
			}
			signOnce(t, signerOf(t, manager, key.uri()))
		})
	}
}

// A public key of another key with the same algorithm is noticed when a signature does not verify.
func TestAPublicKeyOfAnotherKey(t *testing.T) {
	key, other := keyOf(t, "ec_p256_sha256"), createOnService(t, "ec_p256_sha256", nil)
	service.In(t).Fail("GetPublicKey", 1, fault{"kind": "status", "status": 200,
		"body": map[string]any{"pem": string(publicPEM(t, publicKey(t, other)))}})
	signer := signerOf(t, open(t), key.uri())
	_, err := signer.Sign(nil, make([]byte, 32), crypto.SHA256)
	wantError(t, err, scwkms.CodeIntegrity, "not a signature")
}

func TestStatesInWhichAKeyDoesNotSign(t *testing.T) {
	manager := open(t)
	for _, state := range []string{"disabled", "locked", "scheduled_for_deletion"} {
		t.Run(state, func(t *testing.T) {
			key := createOnService(t, "ec_p256_sha256", nil)
			signer := signerOf(t, manager, key.uri())
			service.In(t).SetKeyState(key.ID, state)
			wantRequests(t, map[string]int{"Sign": 1}, func() {
				_, err := signer.Sign(nil, make([]byte, 32), crypto.SHA256)
				wantError(t, err, scwkms.CodeKeyState, key.ID)
			})
			// Such a key can still be opened: its public key verifies certificates.
			wantSameKey(t, signerOf(t, open(t), key.uri()).Public(), signer.Public())
		})
	}
}

func TestDeadline(t *testing.T) {
	key := keyOf(t, "ec_p256_sha256")
	manager := open(t, "timeout", "700ms")
	signer := signerOf(t, manager, key.uri())
	service.In(t).Fail("Sign", maxAttempts, fault{"kind": "delay", "milliseconds": 60_000})
	_, err := signer.Sign(nil, make([]byte, 32), crypto.SHA256)
	wantError(t, err, scwkms.CodeTimeout, key.ID, "700ms", "timeout=")
	service.In(t).Fail("GetKey", maxAttempts, fault{"kind": "delay", "milliseconds": 60_000})
	_, err = open(t, "timeout", "700ms").CreateSigner(&apiv1.CreateSignerRequest{SigningKey: key.uri()})
	wantError(t, err, scwkms.CodeTimeout, key.ID, "700ms", "timeout=")
}

func TestAServiceThatDoesNotListen(t *testing.T) {
	manager := open(t, "api-url", "https://127.0.0.1:1")
	_, err := manager.GetPublicKey(&apiv1.GetPublicKeyRequest{Name: noKey})
	wantError(t, err, scwkms.CodeNetwork, "cannot connect", "127.0.0.1:1")
}

func TestAnUntrustedAuthority(t *testing.T) {
	// A trust store with another authority.
	t.Setenv("SSL_CERT_FILE", certificateFile(t, "another authority"))
	t.Setenv("SCWKMS_CA_FILE", "")
	manager := open(t, "ca-file", "")
	wantNoRequests(t, func() {
		_, err := manager.GetPublicKey(&apiv1.GetPublicKeyRequest{Name: noKey})
		wantError(t, err, scwkms.CodeNetwork, "certificate", "ca-file")
	})
}

func TestUnknownCredentials(t *testing.T) {
	const secret = "99999999-9999-4999-8999-999999999999"
	_, err := open(t, "secret-key", secret).GetPublicKey(&apiv1.GetPublicKeyRequest{Name: keyOf(t, "ec_p256_sha256").uri()})
	wantError(t, err, scwkms.CodeAuthentication, "secret key")
	wantNoSecret(t, err, secret)
}

// The service fails at random, under load. Each call returns a signature that verifies, or an error
// of a class that fits.
func TestRandomFaults(t *testing.T) {
	algorithm := signingAlgorithms[0]
	key := keyOf(t, algorithm.name)
	signer := signerOf(t, open(t), key.uri())
	service.In(t).FailRandomly("Sign", 0.05,
		fault{"kind": "status", "status": 503}, fault{"kind": "reset", "when": "after"}, fault{"kind": "flip"}, fault{"kind": "garbage"})
	good := 0
	for _, err := range inParallel(8, 25, func(worker, n int) error {
		digest := digestOf(algorithm.hash, strings.Repeat("x", worker*25+n))
		signature, err := signer.Sign(nil, digest, algorithm.hash)
		if err != nil {
			return err
		}
		return verifyWithGo(algorithm, signer.Public(), digest, signature)
	}) {
		switch e, ok := err.(*scwkms.Error); {
		case err == nil:
			good++
		case !ok:
			t.Error(err)
		case e.Code != scwkms.CodeIntegrity && e.Code != scwkms.CodeProtocol && e.Code != scwkms.CodeNetwork && e.Code != scwkms.CodeUnavailable:
			t.Errorf("code %d: %v", e.Code, e)
		}
	}
	if good < 100 {
		t.Errorf("only %d of 200 calls succeeded", good)
	}
	// After the faults, the signer works as before.
	service.In(t).ClearFaults()
	signOnce(t, signer)
}
