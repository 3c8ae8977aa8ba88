//go:build cgo && !noscwkms

package scwkms_test

import (
	"crypto"
	"crypto/rsa"
	"net/http"
	"slices"
	"strings"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// create creates a key and compares the response with the key that the service has.
func create(t *testing.T, manager *scwkms.KMS, request apiv1.CreateKeyRequest) serviceKey {
	t.Helper()
	created, err := manager.CreateKey(&request)
	if err != nil {
		t.Fatal(err)
	}
	key := describe(t, created.Name)
	if created.Name != key.uri() {
		t.Errorf("the name is %s, not %s", created.Name, key.uri())
	}
	if created.PrivateKey != nil {
		t.Error("there is a private key")
	}
	signingKey := ""
	if usageOf(key.algorithm()) == "asymmetric_signing" {
		signingKey = created.Name
	}
	if created.CreateSignerRequest.SigningKey != signingKey {
		t.Errorf("the signer's request names %q, not %q", created.CreateSignerRequest.SigningKey, signingKey)
	}
	wantSameKey(t, created.PublicKey, publicKey(t, key))
	return key
}

func TestCreateKeyMapsSignatureAlgorithms(t *testing.T) {
	manager := open(t, "timeout", "60s")
	for _, test := range []struct {
		name      string
		algorithm apiv1.SignatureAlgorithm
		bits      int
		want      string
	}{
		{"unspecified", apiv1.UnspecifiedSignAlgorithm, 0, "ec_p256_sha256"},
		{"P-256", apiv1.ECDSAWithSHA256, 0, "ec_p256_sha256"},
		// step-kms-plugin sends its default of 3072 bits along with every algorithm.
		{"P-384 with bits", apiv1.ECDSAWithSHA384, 3072, "ec_p384_sha384"},
		{"RSA of 2048 bits", apiv1.SHA256WithRSA, 2048, "rsa_pkcs1_2048_sha256"},
		{"RSA", apiv1.SHA256WithRSA, 0, "rsa_pkcs1_3072_sha256"},
		{"RSA of 4096 bits", apiv1.SHA256WithRSA, 4096, "rsa_pkcs1_4096_sha256"},
		{"RSA-PSS of 2048 bits", apiv1.SHA256WithRSAPSS, 2048, "rsa_pss_2048_sha256"},
		{"RSA-PSS", apiv1.SHA256WithRSAPSS, 0, "rsa_pss_3072_sha256"},
		{"RSA-PSS of 3072 bits", apiv1.SHA256WithRSAPSS, 3072, "rsa_pss_3072_sha256"},
		{"RSA-PSS of 4096 bits", apiv1.SHA256WithRSAPSS, 4096, "rsa_pss_4096_sha256"},
	} {
		t.Run(test.name, func(t *testing.T) {
			key := create(t, manager, apiv1.CreateKeyRequest{
				Name: freshName(t), SignatureAlgorithm: test.algorithm, Bits: test.bits,
			})
			if key.algorithm() != test.want {
				t.Errorf("the key is %s, not %s", key.algorithm(), test.want)
			}
			if !key.Protected {
				t.Error("the key is not protected against deletion")
			}
		})
	}
}

func TestCreateKeyRefusesUnsupportedAlgorithms(t *testing.T) {
	manager := open(t)
	for _, test := range []struct {
		request apiv1.CreateKeyRequest
		word    string
	}{
		{apiv1.CreateKeyRequest{SignatureAlgorithm: apiv1.SHA384WithRSA}, "SHA384-RSA"},
		{apiv1.CreateKeyRequest{SignatureAlgorithm: apiv1.SHA512WithRSA}, "SHA512-RSA"},
		{apiv1.CreateKeyRequest{SignatureAlgorithm: apiv1.SHA384WithRSAPSS}, "SHA384-RSAPSS"},
		{apiv1.CreateKeyRequest{SignatureAlgorithm: apiv1.SHA512WithRSAPSS}, "SHA512-RSAPSS"},
		{apiv1.CreateKeyRequest{SignatureAlgorithm: apiv1.ECDSAWithSHA512}, "ECDSA-SHA512"},
		{apiv1.CreateKeyRequest{SignatureAlgorithm: apiv1.PureEd25519}, "Ed25519"},
		{apiv1.CreateKeyRequest{SignatureAlgorithm: -1}, "-1"},
		{apiv1.CreateKeyRequest{SignatureAlgorithm: apiv1.SHA256WithRSA, Bits: 1024}, "1024"},
		{apiv1.CreateKeyRequest{SignatureAlgorithm: apiv1.SHA256WithRSA, Bits: 2049}, "2049"},
		{apiv1.CreateKeyRequest{SignatureAlgorithm: apiv1.SHA256WithRSAPSS, Bits: 8192}, "8192"},
		{apiv1.CreateKeyRequest{SignatureAlgorithm: apiv1.SHA256WithRSAPSS, Bits: -3072}, "-3072"},
		{apiv1.CreateKeyRequest{ProtectionLevel: apiv1.HSM + 1}, "protection level"},
		{apiv1.CreateKeyRequest{Name: "scwkms:name=x;algorithm=ec_p521_sha512"}, "ec_p521_sha512"},
		// Keys that the service has, but that callers of apiv1 cannot use.
		{apiv1.CreateKeyRequest{Name: "scwkms:name=x;algorithm=aes_256_gcm"}, "aes_256_gcm"},
		{apiv1.CreateKeyRequest{Name: "scwkms:name=x;algorithm=ml_kem_768"}, "ml_kem_768"},
		{apiv1.CreateKeyRequest{Name: "scwkms:name=x?algorithm=EC_SECP256K1_SHA256"}, "ec_secp256k1_sha256"},
	} {
		if test.request.Name == "" {
			test.request.Name = "x"
		}
		wantNoRequests(t, func() {
			created, err := manager.CreateKey(&test.request)
			wantError(t, err, scwkms.CodeUnsupported, "create", test.word)
			if created != nil {
				t.Error("a response was returned with the error")
			}
		})
	}
}

func TestCreateKeyRefusesMalformedNames(t *testing.T) {
	manager := open(t)
	for name, word := range map[string]string{
		"scwkms:":                            "no name",
		"scwkms:unprotected=true":            "no name",
		"scwkms:key-id=" + noKey:             "no id yet",
		noKey:                                "id",
		"scwkms:name=x;unprotected=perhaps":  "unprotected",
		"scwkms:name=x;protection-level=tin": "protection-level",
		"scwkms:name=x;tag=y":                "tags",
		"scwkms:name=x;region=mars":          "region",
		"scwkms:name=x;project-id=mine":      "UUID",
		"scwkms:name=%zz":                    "%",
		"a\x00b":                             "NUL",
		"\xff":                               "UTF-8",
	} {
		wantNoRequests(t, func() {
			_, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: name})
			wantError(t, err, scwkms.CodeInvalidArgument, word)
		})
	}
}

func TestCreateKeyUsesTheURIsParameters(t *testing.T) {
	name := freshName(t)
	key := create(t, open(t), apiv1.CreateKeyRequest{
		Name: "scwkms:name=" + name + "+%26+more;unprotected=true;tags=a,b;description=the+root;region=nl-ams;algorithm=ec_p384_sha384",
	})
	if key.Name != name+" & more" || key.Protected || !slices.Equal(key.Tags, []string{"a", "b"}) ||
		key.Description != "the root" || key.Region != "nl-ams" || key.algorithm() != "ec_p384_sha384" {
		t.Errorf("the key is %+v", key)
	}
	// In a URI for client and key, the key only uses the region of the client's parameters.
	key = create(t, open(t), apiv1.CreateKeyRequest{Name: clientURI("name", name, "region", "pl-waw")})
	if key.Name != name || key.Region != "pl-waw" {
		t.Errorf("the key is %+v", key)
	}
}

func TestCreateKeyMapsProtectionLevels(t *testing.T) {
	manager := open(t)
	for _, test := range []struct {
		uri   string
		level apiv1.ProtectionLevel
		want  string
	}{
		{"", apiv1.UnspecifiedProtectionLevel, "software"},
		{"", apiv1.Software, "software"},
		{"", apiv1.HSM, "hsm"},
		{";protection-level=hsm", apiv1.UnspecifiedProtectionLevel, "hsm"},
		{";protection-level=hsm", apiv1.HSM, "hsm"},
	} {
		key := create(t, manager, apiv1.CreateKeyRequest{Name: "scwkms:name=" + freshName(t) + test.uri, ProtectionLevel: test.level})
		if key.ProtectionLevel != test.want {
			t.Errorf("%v with %q gives %s, not %s", test.level, test.uri, key.ProtectionLevel, test.want)
		}
	}
}

func TestCreateKeyUsesTheURIsAlgorithm(t *testing.T) {
	manager := open(t)
	named := func(algorithm string) string { return "scwkms:name=" + freshName(t) + ";algorithm=" + algorithm }
	for _, test := range []struct {
		uri   string
		asked apiv1.SignatureAlgorithm
		want  string
	}{
		{named("ec_p384_sha384"), apiv1.UnspecifiedSignAlgorithm, "ec_p384_sha384"},
		{named("EC_P384_SHA384"), apiv1.ECDSAWithSHA384, "ec_p384_sha384"},
		{named("rsa_pkcs1_3072_sha256"), apiv1.SHA256WithRSA, "rsa_pkcs1_3072_sha256"},
		// apiv1 cannot express encryption, and step-kms-plugin always sets a signature algorithm.
		{named("rsa_oaep_2048_sha256"), apiv1.UnspecifiedSignAlgorithm, "rsa_oaep_2048_sha256"},
		{named("RSA_OAEP_2048_SHA256"), apiv1.ECDSAWithSHA256, "rsa_oaep_2048_sha256"},
	} {
		key := create(t, manager, apiv1.CreateKeyRequest{Name: test.uri, SignatureAlgorithm: test.asked, Bits: 3072})
		if key.algorithm() != test.want {
			t.Errorf("%s with %s gives %s", test.uri, test.asked, key.algorithm())
		}
	}
	for asked, words := range map[apiv1.SignatureAlgorithm][]string{
		apiv1.ECDSAWithSHA256:  {"ec_p384_sha384", "ec_p256_sha256"},
		apiv1.SHA256WithRSAPSS: {"ec_p384_sha384", "rsa_pss_3072_sha256"},
	} {
		wantNoRequests(t, func() {
			_, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: named("ec_p384_sha384"), SignatureAlgorithm: asked})
			wantError(t, err, scwkms.CodeInvalidArgument, words...)
		})
	}
}

func TestCreateKeyReturnsADecryptionKeysPublicKey(t *testing.T) {
	created, err := open(t).CreateKey(&apiv1.CreateKeyRequest{Name: "scwkms:name=" + freshName(t) + ";algorithm=rsa_oaep_3072_sha256"})
	if err != nil {
		t.Fatal(err)
	}
	if public, ok := created.PublicKey.(*rsa.PublicKey); !ok || public.N.BitLen() != 3072 {
		t.Errorf("the public key is a %T", created.PublicKey)
	}
}

func TestTheRequestsOfCreateKey(t *testing.T) {
	manager := open(t)
	var created *apiv1.CreateKeyResponse
	wantRequests(t, map[string]int{"CreateKey": 1, "GetPublicKey": 1}, func() {
		var err error
		if created, err = manager.CreateKey(&apiv1.CreateKeyRequest{Name: freshName(t)}); err != nil {
			t.Fatal(err)
		}
	})
	var signer crypto.Signer
	wantNoRequests(t, func() {
		var err error
		if signer, err = manager.CreateSigner(&created.CreateSignerRequest); err != nil {
			t.Fatal(err)
		}
	})
	wantSameKey(t, signer.Public(), created.PublicKey)
}

// The error contains the name of the new key, so that the caller can use or delete it.
func TestANewKeyWhosePublicKeyCannotBeRead(t *testing.T) {
	manager := open(t)
	service.In(t).Fail("GetPublicKey", 1, fault{"kind": "status", "status": 403})
	name := freshName(t)
	_, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: name})
	wantError(t, err, scwkms.CodePermissionDenied, "the key was created")
	_, rest, _ := strings.Cut(err.Error(), "scwkms:key-id=")
	uri, _, _ := strings.Cut(rest, ",")
	if key := describe(t, "scwkms:key-id="+uri); key.Name != name {
		t.Errorf("the error names %q: %v", key.Name, err)
	}
}

// A creation whose response is lost is not repeated: that could create a second key.
func TestALostCreationIsNotRepeated(t *testing.T) {
	manager := open(t)
	name := freshName(t)
	service.In(t).Fail("CreateKey", 1, fault{"kind": "reset", "when": "after"})
	wantRequests(t, map[string]int{"CreateKey": 1}, func() {
		_, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: name})
		wantError(t, err, scwkms.CodeNetwork, name, "may have been created")
	})
	var list struct {
		Keys []serviceKey `json:"keys"`
	}
	service.In(t).KeyManager(http.MethodGet, service.Region, "/keys?project_id="+service.ProjectID+"&name="+name, nil, &list)
	if len(list.Keys) != 1 {
		t.Errorf("there are %d keys of that name", len(list.Keys))
	}
}

func TestANameInUse(t *testing.T) {
	service.In(t).Fail("CreateKey", 1, fault{"kind": "status", "status": 409, "body": map[string]string{
		"type": "already_exists", "message": "resource already exists", "resource": "key", "resource_id": noKey,
	}})
	_, err := open(t).CreateKey(&apiv1.CreateKeyRequest{Name: freshName(t)})
	wantError(t, err, scwkms.CodeAlreadyExists, "create key", "already exists")
}
