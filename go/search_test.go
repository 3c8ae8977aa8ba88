//go:build cgo && !noscwkms

package scwkms_test

import (
	"net/http"
	"slices"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// search returns the results of a query.
func search(t *testing.T, manager *scwkms.KMS, query string) []apiv1.SearchKeyResult {
	t.Helper()
	found, err := manager.SearchKeys(&apiv1.SearchKeysRequest{Query: query})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	if found.Results == nil {
		t.Errorf("%s: the results are nil, not an empty list", query)
	}
	return found.Results
}

// wantFound checks that a query finds these keys, in any order, with all fields that callers use.
func wantFound(t *testing.T, manager *scwkms.KMS, query string, want ...serviceKey) {
	t.Helper()
	expected := map[string]serviceKey{}
	for _, key := range want {
		expected[key.uri()] = key
	}
	for _, result := range search(t, manager, query) {
		key, ok := expected[result.Name]
		if !ok {
			t.Errorf("%s: finds %s", query, result.Name)
			continue
		}
		delete(expected, result.Name)
		wantSameKey(t, result.PublicKey, publicKey(t, key))
		signingKey := ""
		if usageOf(key.algorithm()) == "asymmetric_signing" {
			signingKey = key.uri()
		}
		if result.CreateSignerRequest.SigningKey != signingKey {
			t.Errorf("%s: the signer's request names %q, not %q", query, result.CreateSignerRequest.SigningKey, signingKey)
		}
	}
	for name := range expected {
		t.Errorf("%s: does not find %s", query, name)
	}
}

func TestSearch(t *testing.T) {
	tag := freshName(t)
	tagged := func(algorithm string, more ...string) serviceKey {
		return createOnService(t, algorithm, map[string]any{"tags": append(more, tag)})
	}
	p256, p384 := tagged("ec_p256_sha256", "root"), tagged("ec_p384_sha384", "root", "old")
	rsa, oaep := tagged("rsa_pkcs1_2048_sha256"), tagged("rsa_oaep_2048_sha256")
	// step-kms-plugin would fail at keys without a public key that Go supports.
	tagged("aes_256_gcm")
	tagged("ml_kem_768")
	otherRegion := createOnService(t, "ec_p256_sha256", map[string]any{"tags": []string{tag}, "region": "pl-waw"})
	otherProject := "11111111-2222-4333-8444-555555555555"
	others := createOnService(t, "ec_p256_sha256", map[string]any{"tags": []string{tag}, "project_id": otherProject})
	disabled := tagged("ec_p256_sha256", "idle")
	service.In(t).KeyManager(http.MethodPost, disabled.Region, "/keys/"+disabled.ID+"/disable", map[string]any{}, nil)
	deleted := tagged("ec_p256_sha256", "gone")
	service.In(t).KeyManager(http.MethodDelete, deleted.Region, "/keys/"+deleted.ID, nil, nil)

	manager := open(t)
	tags := "scwkms:tags=" + tag
	for query, want := range map[string][]serviceKey{
		tags:                       {p256, p384, rsa, oaep, disabled},
		tags + ",root":             {p256, p384},
		tags + ",root,old":         {p384},
		tags + ",new":              {},
		"scwkms:name=" + p256.Name: {p256},
		"scwkms:name=" + p256.Name[:len(p256.Name)-1]: {},
		tags + ";name=" + p384.Name:                   {p384},
		tags + ";usage=asymmetric_signing":            {p256, p384, rsa, disabled},
		tags + ";usage=asymmetric_encryption":         {oaep},
		tags + ";usage=symmetric_encryption":          {},
		tags + ";algorithm=rsa_pkcs1_2048_sha256":     {rsa},
		tags + ";algorithm=aes_256_gcm":               {},
		tags + ";region=pl-waw":                       {otherRegion},
		tags + ";project-id=" + otherProject:          {others},
		tags + "?usage=asymmetric_encryption":         {oaep},
		// step-kms-plugin passes the client's URI if there is no query.
		clientURI("tags", tag): {p256, p384, rsa, oaep, disabled},
	} {
		wantFound(t, manager, query, want...)
	}
}

// There are more keys than the service returns on a page. Each key is fetched once.
func TestSearchReadsAllPages(t *testing.T) {
	const keys = 105
	tag := freshName(t)
	for range keys {
		createOnService(t, "ec_p256_sha256", map[string]any{"tags": []string{tag}})
	}
	manager := open(t)
	wantRequests(t, map[string]int{"ListKeys": 2, "GetPublicKey": keys}, func() {
		results := search(t, manager, "scwkms:tags="+tag)
		names := map[string]bool{}
		for _, result := range results {
			names[result.Name] = true
		}
		if len(results) != keys || len(names) != keys {
			t.Errorf("%d results of %d keys, not %d", len(results), len(names), keys)
		}
	})
	wantRequests(t, map[string]int{"ListKeys": 2}, func() { search(t, manager, "scwkms:tags="+tag) })
}

// An empty query, as step-kms-plugin may send it, finds all keys of the client's project.
func TestSearchWithoutTerms(t *testing.T) {
	key := keyOf(t, "ec_p256_sha256")
	manager := open(t)
	for _, query := range []string{"", "scwkms:"} {
		if !slices.ContainsFunc(search(t, manager, query), func(r apiv1.SearchKeyResult) bool { return r.Name == key.uri() }) {
			t.Errorf("%q does not find %s", query, key.uri())
		}
	}
}

func TestSearchRefusesMalformedQueries(t *testing.T) {
	manager := open(t)
	for query, word := range map[string]string{
		"my-root":                            "scwkms:",
		"awskms:":                            "awskms",
		"scwkms:label=x":                     "label",
		"scwkms:usage=signing":               "asymmetric_signing",
		"scwkms:region=mars":                 "region",
		"scwkms:project-id=mine":             "UUID",
		"scwkms:key-id=" + noKey:             "query",
		"scwkms:name=x\x00":                  "NUL",
		"scwkms:tags=%zz":                    "%",
		"scwkms:name=x;name=y;tags=z":        "twice",
		"scwkms:" + noKey + ";region=fr-par": "query",
	} {
		wantNoRequests(t, func() {
			_, err := manager.SearchKeys(&apiv1.SearchKeysRequest{Query: query})
			wantError(t, err, scwkms.CodeInvalidArgument, word)
		})
	}
	wantNoRequests(t, func() {
		_, err := manager.SearchKeys(&apiv1.SearchKeysRequest{Query: "scwkms:algorithm=ed25519"})
		wantError(t, err, scwkms.CodeUnsupported, "ed25519", "ec_p256_sha256")
	})
}

// A key that cannot be fetched fails the search. Results without it would be misleading.
func TestSearchFailsWhereAKeyCannotBeFetched(t *testing.T) {
	for _, operation := range []string{"ListKeys", "GetPublicKey"} {
		t.Run(operation, func(t *testing.T) {
			useOwnService(t)
			tag := freshName(t)
			for range 3 {
				createOnService(t, "ec_p256_sha256", map[string]any{"tags": []string{tag}})
			}
			service.In(t).Fail(operation, 1, fault{"kind": "status", "status": 403})
			found, err := open(t).SearchKeys(&apiv1.SearchKeysRequest{Query: "scwkms:tags=" + tag})
			wantError(t, err, scwkms.CodePermissionDenied, "403")
			if found != nil {
				t.Error("results were returned with the error")
			}
		})
	}
}

// The first key that cannot be fetched ends a search; the others are not requested.
func TestTheFirstFailureEndsASearch(t *testing.T) {
	const keys = 40
	useOwnService(t)
	tag := freshName(t)
	for range keys {
		createOnService(t, "ec_p256_sha256", map[string]any{"tags": []string{tag}})
	}
	service.In(t).Fail("GetPublicKey", keys, fault{"kind": "status", "status": 403})
	service.In(t).ResetStats()
	_, err := open(t).SearchKeys(&apiv1.SearchKeysRequest{Query: "scwkms:tags=" + tag})
	wantError(t, err, scwkms.CodePermissionDenied, "403")
	if requested := service.In(t).Stats().Operations["GetPublicKey"]; requested > 16 {
		t.Errorf("%d of %d keys were requested", requested, keys)
	}
}
